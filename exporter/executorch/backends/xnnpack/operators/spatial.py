# SPDX-License-Identifier: BSD-3-Clause
"""Convolution, pooling, resizing, batch normalization: operators that want channels last."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import torch
from torch import fx

from executorch.backends.xnnpack.graph_builder import (
    CHANNELS_LAST,
    GraphBuilder,
    Order,
    dims_of,
    natural,
    new_shape,
)
from executorch.backends.xnnpack.operators.elementwise import preferred_order
from executorch.backends.xnnpack.operators.registry import Facts, register
from executorch.backends.xnnpack.serialization import xnnpack_graph_schema as xnn
from executorch.backends.xnnpack.serialization.xnnpack_graph_schema import (
    ALIGN_CORNERS,
    INVALID_ID,
    KEEP_DIMS,
)

aten = torch.ops.aten

_LENGTH_LAST: Order = (0, 2, 1)


def argument(node: fx.Node, name: str) -> Any:
    """An argument by its name in the operator's schema, or the default."""
    schema = node.target._schema
    for index, parameter in enumerate(schema.arguments):
        if parameter.name == name:
            if index < len(node.args):
                return node.args[index]
            return node.kwargs.get(name, parameter.default_value)
    raise KeyError(name)


def pair(values: Sequence[int] | int, rank: int = 2, default: int = 1) -> tuple[int, int]:
    """Height and width of a setting. One-dimensional operators have the height 1."""
    items = [values] if isinstance(values, int) else list(values)
    if rank == 1:
        return default, items[0]
    return (items[0], items[0]) if len(items) == 1 else (items[0], items[1])


# --- convolution ----------------------------------------------------------------------------------


def batch_norm_of(node: fx.Node) -> fx.Node | None:
    """The batch normalization that is the only user of a convolution, and is done with it."""
    if len(node.users) != 1:
        return None
    user = next(iter(node.users))
    is_norm = getattr(user.target, "_op", None) in _BATCH_NORMS
    return user if is_norm and user.args[0] is node else None


_BATCH_NORMS = (aten._native_batch_norm_legit_no_training.default,)


def _check_convolution(facts: Facts, node: fx.Node) -> str | None:
    rank = node.meta["val"].dim()
    if rank not in (3, 4):
        return f"a convolution over {rank - 2} dimensions; 1 and 2 are supported"
    if not facts.is_constant(argument(node, "weight")):
        return "weights that are not constants"
    bias = argument(node, "bias")
    if bias is not None and not facts.is_constant(bias):
        return "a bias that is not a constant"
    if argument(node, "input").meta["val"].dim() != rank:
        return "an input without a batch dimension"
    if any(p < 0 for p in argument(node, "padding")):
        return "negative padding"
    if rank == 3 and new_shape(node.meta["val"].shape) is None:
        return "a one-dimensional convolution in which more than one size varies"
    if argument(node, "transposed"):
        if any(d != 1 for d in argument(node, "dilation")):
            return "a transposed convolution with dilation"
        if rank == 3:
            return "a one-dimensional transposed convolution"
    return None


@register(aten.convolution.default, check=_check_convolution)
def _convolution(builder: GraphBuilder, node: fx.Node) -> None:
    source = argument(node, "input")
    rank = node.meta["val"].dim()
    weight = builder.constant_of(argument(node, "weight"))
    bias_node = argument(node, "bias")
    bias = None if bias_node is None else builder.constant_of(bias_node)
    assert weight is not None
    groups = argument(node, "groups")
    transposed = argument(node, "transposed")
    target = node
    norm = batch_norm_of(node)
    if norm is not None:
        weight, bias = _fold(builder, weight, bias, norm, transposed, groups)
        target = norm
    if rank == 3:
        weight = weight.unsqueeze(2)
    if transposed:
        # [in, out / groups, h, w] to [out, h, w, in / groups]
        inputs, per_group, height, width = weight.shape
        weight = weight.reshape(groups, inputs // groups, per_group, height, width)
        weight = weight.transpose(1, 2).reshape(groups * per_group, -1, height, width)
    out_channels, in_per_group, kernel_height, kernel_width = weight.shape
    depthwise = not transposed and in_per_group == 1 and groups > 1
    # [out, h, w, in / groups], or [1, h, w, out] if each output comes from one input channel
    filters = weight.permute(1, 2, 3, 0) if depthwise else weight.permute(0, 2, 3, 1)

    one_dimensional = rank == 3
    spatial = rank - 2
    value = builder.read(source, _LENGTH_LAST if one_dimensional else CHANNELS_LAST)
    shape = source.meta["val"].shape
    if one_dimensional:
        value = builder.reshape(value, [shape[0], 1, shape[2], shape[1]])
    padding = pair(argument(node, "padding"), spatial, 0)
    stride = pair(argument(node, "stride"), spatial)
    dilation = pair(argument(node, "dilation"), spatial)
    adjustment = pair(argument(node, "output_padding"), spatial, 0) if transposed else (0, 0)
    dtype = node.meta["val"].dtype
    filter_id = builder.constant(filters.to(dtype))
    bias_id = INVALID_ID if bias is None else builder.constant(bias.to(dtype))
    fake = node.meta["val"]
    if one_dimensional:
        batch, channels, length = dims_of(fake.shape)
        result = builder.like(value, [batch, 1, length, channels])
    else:
        result = builder.write(target, CHANNELS_LAST, fake)
    kind: type[xnn.XNNNodeConv] = xnn.XNNConv2d
    if transposed:
        kind = xnn.XNNConvTranspose2d
    elif depthwise:
        kind = xnn.XNNDepthwiseConv2d
    builder.add(
        kind(
            padding_top=padding[0],
            padding_right=padding[1],
            padding_bottom=padding[0],
            padding_left=padding[1],
            kernel_height=kernel_height,
            kernel_width=kernel_width,
            subsampling_height=stride[0],
            subsampling_width=stride[1],
            dilation_height=dilation[0],
            dilation_width=dilation[1],
            group_input_channels=in_per_group,
            group_output_channels=out_channels // groups,
            groups=groups,
            adjustment_height=adjustment[0],
            adjustment_width=adjustment[1],
            input1_id=value,
            filter_id=filter_id,
            bias_id=bias_id,
            output_id=result,
        )
    )
    if one_dimensional:
        result = builder.reshape(result, [fake.shape[0], fake.shape[2], fake.shape[1]])
        builder.alias(target, {_LENGTH_LAST: result})
    if norm is not None:
        for user in norm.users:
            builder.same_as(user, norm)


def _norm_scale(builder: GraphBuilder, norm: fx.Node) -> tuple[torch.Tensor, torch.Tensor]:
    """What batch normalization multiplies each channel by, and then adds."""
    _, weight, bias, mean, variance = (
        None if not isinstance(a, fx.Node) else builder.constant_of(a) for a in norm.args[:5]
    )
    assert mean is not None and variance is not None
    scale = (variance.double() + argument(norm, "eps")).rsqrt()
    if weight is not None:
        scale = scale * weight.double()
    shift = -mean.double() * scale
    return scale, shift if bias is None else shift + bias.double()


def _fold(
    builder: GraphBuilder,
    weight: torch.Tensor,
    bias: torch.Tensor | None,
    norm: fx.Node,
    transposed: bool,
    groups: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    scale, shift = _norm_scale(builder, norm)
    if transposed:
        per_group = weight.shape[1]
        factors = scale.reshape(groups, 1, per_group, 1, 1)
        grouped = weight.double().reshape(groups, -1, per_group, *weight.shape[2:])
        folded = grouped * factors.reshape(groups, 1, per_group, *[1] * (weight.dim() - 2))
        folded = folded.reshape(weight.shape)
    else:
        folded = weight.double() * scale.reshape(-1, *[1] * (weight.dim() - 1))
    return folded, shift if bias is None else shift + bias.double() * scale


def _check_batch_norm(facts: Facts, node: fx.Node) -> str | None:
    for parameter in node.args[1:5]:
        if isinstance(parameter, fx.Node) and not facts.is_constant(parameter):
            return "parameters that are not constants"
    if any(user.target is not operator.getitem or user.args[1] != 0 for user in node.users):
        return "statistics that are used"
    return None


@register(*_BATCH_NORMS, check=_check_batch_norm)
def _batch_norm(builder: GraphBuilder, node: fx.Node) -> None:
    source: fx.Node = node.args[0]  # type: ignore[assignment]
    fake = source.meta["val"]
    order = preferred_order(builder, source)
    value = builder.read(source, order)
    shape = [1] * fake.dim()
    shape[1] = -1
    scale, shift = (
        builder.constant(t.to(fake.dtype).reshape(shape).permute(order))
        for t in _norm_scale(builder, node)
    )
    scaled = builder.binary(xnn.XNNMultiply, value, scale)
    builder.add(xnn.XNNAdd(scaled, shift, builder.write(node, order, fake)))
    for user in node.users:
        builder.same_as(user, node)


# --- pooling --------------------------------------------------------------------------------------


def _window(
    node: fx.Node,
) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]:
    """Kernel, stride, padding, dilation."""
    kernel = pair(argument(node, "kernel_size"))
    stride = argument(node, "stride")
    names = [a.name for a in node.target._schema.arguments]
    dilation = pair(argument(node, "dilation")) if "dilation" in names else (1, 1)
    return kernel, pair(stride) if stride else kernel, pair(argument(node, "padding")), dilation


def _extra_padding(node: fx.Node) -> list[int] | None:
    """Rows and columns at the end that ceil_mode adds; None if they depend on sizes that vary."""
    kernel, stride, padding, dilation = _window(node)
    extra = []
    out = node.meta["val"]
    out = out[0] if isinstance(out, (tuple, list)) else out
    for i in range(2):
        size, result = node.args[0].meta["val"].shape[2 + i], out.shape[2 + i]
        if not argument(node, "ceil_mode"):
            extra.append(0)
        elif isinstance(size, int) and isinstance(result, int):
            covered = (result - 1) * stride[i] + (kernel[i] - 1) * dilation[i] + 1
            extra.append(max(0, covered - size - 2 * padding[i]))
        else:
            return None
    return extra


def _check_pool(facts: Facts, node: fx.Node) -> str | None:
    if node.args[0].meta["val"].dim() != 4:
        return "an input that has not four dimensions"
    kernel, _, _, _ = _window(node)
    if kernel == (1, 1):
        return "a window of one element"
    if _extra_padding(node) is None:
        return "ceil_mode with sizes that vary"
    return None


def _check_max_pool(facts: Facts, node: fx.Node) -> str | None:
    kernel, stride, _, _ = _window(node)
    if any(s > k for s, k in zip(stride, kernel)):
        return f"stride {stride} larger than the window {kernel}"
    if any(u.target is operator.getitem and u.args[1] == 1 for u in node.users):
        return "indices that are used"
    return _check_pool(facts, node)


@register(aten.max_pool2d.default, check=_check_max_pool, whole=True)
@register(aten.max_pool2d_with_indices.default, check=_check_max_pool)
def _max_pool(builder: GraphBuilder, node: fx.Node) -> None:
    kernel, stride, padding, dilation = _window(node)
    extra = _extra_padding(node)
    assert extra is not None
    fake = node.meta["val"]
    fake = fake[0] if isinstance(fake, (tuple, list)) else fake
    value = builder.read(node.args[0], CHANNELS_LAST)  # type: ignore[arg-type]
    result = builder.write(node, CHANNELS_LAST, fake)
    bottom, right = padding[0] + extra[0], padding[1] + extra[1]
    builder.add(
        xnn.XNNMaxPooling2d(
            padding[0], right, bottom, padding[1], *kernel, *stride, *dilation, value, result
        )
    )
    for user in node.users:
        if user.target is operator.getitem:
            builder.same_as(user, node)


def _check_avg_pool(facts: Facts, node: fx.Node) -> str | None:
    kernel, _, _, _ = _window(node)
    divisor = argument(node, "divisor_override")
    if divisor is not None and divisor != kernel[0] * kernel[1]:
        return "divisor_override"
    reason = _check_pool(facts, node)
    if reason is None and any(_extra_padding(node) or ()):
        return "windows that reach beyond the end (ceil_mode)"
    return reason


@register(aten.avg_pool2d.default, check=_check_avg_pool)
def _avg_pool(builder: GraphBuilder, node: fx.Node) -> None:
    kernel, stride, padding, _ = _window(node)
    value = builder.read(node.args[0], CHANNELS_LAST)  # type: ignore[arg-type]
    divisor = argument(node, "divisor_override")
    if any(padding) and (argument(node, "count_include_pad") or divisor is not None):
        # The library's average leaves the padding out.
        amounts = [0, padding[0], padding[1], 0]
        dims = [d + 2 * p for d, p in zip(builder.dims(value), amounts)]
        padded = builder.like(value, dims)
        builder.add(xnn.XNNStaticConstantPad(amounts, amounts, 0.0, value, padded))
        value, padding = padded, (0, 0)
    result = builder.write(node, CHANNELS_LAST)
    top, left = padding
    builder.add(xnn.XNNAvgPooling2d(top, left, top, left, *kernel, *stride, 1, 1, value, result))


def _check_adaptive_avg_pool(facts: Facts, node: fx.Node) -> str | None:
    shape = node.args[0].meta["val"].shape
    if len(shape) != 4:
        return "an input that has not four dimensions"
    size = pair(argument(node, "output_size"))
    if size == (1, 1):
        return None
    if not all(isinstance(s, int) and s % o == 0 and s > o for s, o in zip(shape[2:], size)):
        return f"windows of different sizes ({tuple(shape[2:])} to {size})"
    return None


@register(aten._adaptive_avg_pool2d.default, check=_check_adaptive_avg_pool)
@register(aten.adaptive_avg_pool2d.default, check=_check_adaptive_avg_pool, whole=True)
def _adaptive_avg_pool(builder: GraphBuilder, node: fx.Node) -> None:
    source: fx.Node = node.args[0]  # type: ignore[assignment]
    value = builder.read(source, CHANNELS_LAST)
    size = pair(argument(node, "output_size"))
    result = builder.write(node, CHANNELS_LAST)
    if size == (1, 1):
        builder.add(xnn.XNNGlobalAvgPooling2d(value, result, KEEP_DIMS))
        return
    height, width = source.meta["val"].shape[2:]
    kernel = (height // size[0], width // size[1])
    builder.add(xnn.XNNAvgPooling2d(0, 0, 0, 0, *kernel, *kernel, 1, 1, value, result))


# --- resizing -------------------------------------------------------------------------------------


def _check_bilinear(facts: Facts, node: fx.Node) -> str | None:
    before, after = node.args[0].meta["val"].shape[2:], node.meta["val"].shape[2:]
    if not all(isinstance(size, int) for size in (*before, *after)):
        return "sizes that vary"
    if any(size == 1 for size in after) and argument(node, "align_corners"):
        return "align_corners with an output of one element"
    scales = argument(node, "scale_factors")
    if scales is not None and any(s * f != r for s, f, r in zip(before, scales, after)):
        return f"scales {scales} that do not give whole sizes"
    return None


@register(aten.upsample_bilinear2d.vec, check=_check_bilinear, whole=True)
def _bilinear(builder: GraphBuilder, node: fx.Node) -> None:
    value = builder.read(node.args[0], CHANNELS_LAST)  # type: ignore[arg-type]
    height, width = node.meta["val"].shape[2:]
    flags = ALIGN_CORNERS if argument(node, "align_corners") else 0
    result = builder.write(node, CHANNELS_LAST)
    builder.add(xnn.XNNStaticResizeBilinear2D(height, width, value, result, flags))


__all__ = ["argument", "batch_norm_of", "natural", "pair"]
