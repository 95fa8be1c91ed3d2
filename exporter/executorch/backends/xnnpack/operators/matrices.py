# SPDX-License-Identifier: BSD-3-Clause
"""Matrix products, attention, normalization over the last dimension, softmax, mean."""

from __future__ import annotations

import math
import operator
from typing import Any

import torch
from torch import fx

from executorch.backends.xnnpack.graph_builder import CHANNELS_LAST, GraphBuilder, natural
from executorch.backends.xnnpack.operators.elementwise import preferred_order
from executorch.backends.xnnpack.operators.registry import Facts, register
from executorch.backends.xnnpack.operators.spatial import argument
from executorch.backends.xnnpack.serialization import xnnpack_graph_schema as xnn
from executorch.backends.xnnpack.serialization.xnnpack_graph_schema import (
    INVALID_ID,
    KEEP_DIMS,
    TRANSPOSE_WEIGHTS,
)

aten = torch.ops.aten


def _check_linear(facts: Facts, node: fx.Node) -> str | None:
    weight, bias = argument(node, "weight"), argument(node, "bias")
    if weight.meta["val"].dim() != 2:
        return "weights that have not two dimensions"
    if bias is not None and not facts.is_constant(bias):
        return "a bias that is not a constant"
    if not facts.is_constant(weight) and bias is not None:
        return "weights that are not constants, with a bias"
    if node.meta["val"].dim() == 0 or argument(node, "input").meta["val"].dim() == 0:
        return "a single number"
    return None


@register(aten.linear.default, check=_check_linear, whole=True)
def _linear(builder: GraphBuilder, node: fx.Node) -> None:
    weight, bias = argument(node, "weight"), argument(node, "bias")
    value = builder.read(argument(node, "input"))
    filter_id = builder.read(weight)
    bias_id = INVALID_ID if bias is None else builder.read(bias)
    builder.add(xnn.XNNFullyConnected(value, filter_id, bias_id, builder.write(node)))


def _product(
    builder: GraphBuilder,
    a: fx.Node,
    b: fx.Node,
    bias: torch.Tensor | None,
    result: int,
    scale: float,
) -> None:
    """result = a @ b * scale + bias, of matrices."""
    known = builder.constant_of(b)
    if known is not None and builder.constant_of(a) is None:
        filters = builder.constant((known * scale if scale != 1 else known).t())
        bias_id = INVALID_ID if bias is None else builder.constant(bias)
        builder.add(xnn.XNNFullyConnected(builder.read(a), filters, bias_id, result))
        return
    left, right = builder.read(a), builder.read(b)
    if scale != 1:
        left = builder.binary(xnn.XNNMultiply, left, builder.number(scale, left))
    if bias is None:
        builder.add(xnn.XNNBatchMatrixMultiply(left, right, result))
    else:
        product = builder.like(result)
        builder.add(xnn.XNNBatchMatrixMultiply(left, right, product))
        builder.add(xnn.XNNAdd(product, builder.constant(bias), result))


@register(aten.mm.default)
def _mm(builder: GraphBuilder, node: fx.Node) -> None:
    a, b = node.args[:2]
    _product(builder, a, b, None, builder.write(node), 1.0)  # type: ignore[arg-type]


@register(aten.addmm.default)
def _addmm(builder: GraphBuilder, node: fx.Node) -> None:
    bias, a, b = node.args[:3]
    assert isinstance(bias, fx.Node) and isinstance(b, fx.Node)
    beta, alpha = float(node.kwargs.get("beta", 1)), float(node.kwargs.get("alpha", 1))  # type: ignore[arg-type]
    dtype = node.meta["val"].dtype
    known = builder.constant_of(bias)
    columns = node.meta["val"].shape[1]
    result = builder.write(node)
    if beta == 0:
        _product(builder, a, b, None, result, alpha)  # type: ignore[arg-type]
        return
    is_row = isinstance(columns, int) and bias.meta["val"].numel() in (1, columns)
    if known is not None and is_row and known.shape[-1:] in ((columns,), (1,), ()):
        row = (known.to(dtype) * beta).reshape(-1).expand(columns)
        _product(builder, a, b, row, result, alpha)  # type: ignore[arg-type]
        return
    product = builder.like(result)
    _product(builder, a, b, None, product, alpha)  # type: ignore[arg-type]
    addend = builder.read(bias)
    if beta != 1:
        addend = builder.binary(xnn.XNNMultiply, addend, builder.number(beta, addend))
    builder.add(xnn.XNNAdd(product, addend, result))


@register(aten.bmm.default)
def _bmm(builder: GraphBuilder, node: fx.Node) -> None:
    a, b = (builder.read(n) for n in node.args[:2])  # type: ignore[arg-type]
    builder.add(xnn.XNNBatchMatrixMultiply(a, b, builder.write(node)))


# --- attention ------------------------------------------------------------------------------------


def _masked(dtype: torch.dtype) -> float:
    """As good as minus infinity, but with itself subtracted it is 0."""
    return -1e30 if dtype == torch.float32 else -30000.0


def _check_attention(facts: Facts, node: fx.Node) -> str | None:
    query, key, value = (argument(node, name).meta["val"] for name in ("query", "key", "value"))
    mask = argument(node, "attn_mask")
    if argument(node, "dropout_p"):
        return "dropout"
    if argument(node, "enable_gqa") and query.shape[-3] != key.shape[-3]:
        return "fewer heads of keys than of queries"
    if query.dim() < 3 or key.dim() != query.dim() or value.dim() != query.dim():
        return "query, key and value of different ranks"
    if not isinstance(query.shape[-1], int):
        return "a head size that varies"
    if argument(node, "is_causal"):
        lengths = (query.shape[-2], key.shape[-2])
        if mask is not None or not all(isinstance(n, int) for n in lengths):
            return "is_causal with lengths that vary"
    if mask is not None and not facts.is_constant(mask):
        dtype = mask.meta["val"].dtype
        if dtype == torch.bool:
            return "a bool mask that is computed"
        if dtype != query.dtype:
            return f"a mask of type {dtype}"
    return None


@register(aten.scaled_dot_product_attention.default, check=_check_attention, whole=True)
def _attention(builder: GraphBuilder, node: fx.Node) -> None:
    query, key, value = (argument(node, name) for name in ("query", "key", "value"))
    fake = query.meta["val"]
    scale = argument(node, "scale")
    scale = 1 / math.sqrt(fake.shape[-1]) if scale is None else scale
    q, v = builder.read(query), builder.read(value)
    q = builder.binary(xnn.XNNMultiply, q, builder.number(float(scale), q))
    k = builder.read(key)
    dims_q, dims_k = builder.dims(q), builder.dims(k)
    scores = builder.like(q, [*dims_q[:-1], dims_k[-2]])
    builder.add(xnn.XNNBatchMatrixMultiply(q, k, scores, TRANSPOSE_WEIGHTS))

    allowed = None
    mask = argument(node, "attn_mask")
    if argument(node, "is_causal"):
        known: torch.Tensor | None = torch.ones(dims_q[-2], dims_k[-2], dtype=torch.bool).tril()
    else:
        known = None if mask is None else builder.constant_of(mask)
    if known is not None:
        visible = known if known.dtype == torch.bool else known > -math.inf
        if known.dtype == torch.bool:
            known = torch.zeros(known.shape).masked_fill(~known, -math.inf)
        known = known.to(fake.dtype).clamp(min=_masked(fake.dtype))
        if not visible.any(dim=-1).all():
            # Queries that may see nothing: their result is zero.
            allowed = builder.constant(visible.any(dim=-1, keepdim=True).to(fake.dtype))
        scores = builder.binary(xnn.XNNAdd, scores, builder.constant(known))
    elif mask is not None:
        addend, allowed = builder.cached(mask, "attention mask", lambda: _mask(builder, mask))
        scores = builder.binary(xnn.XNNAdd, scores, addend)
    weights = builder.unary(xnn.XNNSoftmax, scores)
    if allowed is None:
        builder.add(xnn.XNNBatchMatrixMultiply(weights, v, builder.write(node)))
        return
    result = builder.write(node)
    attended = builder.like(result)
    builder.add(xnn.XNNBatchMatrixMultiply(weights, v, attended))
    builder.add(xnn.XNNMultiply(attended, allowed, result))


def _mask(builder: GraphBuilder, mask: fx.Node) -> tuple[int, int]:
    """What a computed mask adds to the scores, and 1 or, for queries that may see nothing, 0.

    The softmax cannot take a row that is minus infinity all along; eager PyTorch makes zeros of it.
    """
    masked = _masked(mask.meta["val"].dtype)
    addend = builder.clamp(builder.read(mask), (masked, math.inf))
    scaled = builder.binary(xnn.XNNMultiply, addend, builder.number(-1 / masked, addend))
    visible = builder.like(scaled)
    builder.add(xnn.XNNAdd(scaled, builder.number(1.0, scaled), visible), (0.0, 1.0))
    return addend, builder.clamp(builder.mean_of_last_dim(visible, 1.0), (0.0, 1.0))


# --- over the last dimension ----------------------------------------------------------------------


def _check_layer_norm(facts: Facts, node: fx.Node) -> str | None:
    shape = argument(node, "normalized_shape")
    if len(shape) != 1 or not isinstance(shape[0], int):
        return "more than one dimension, or one that varies"
    for name in ("weight", "bias"):
        parameter = argument(node, name)
        if parameter is not None and not facts.is_constant(parameter):
            return f"a {name} that is not a constant"
    if any(u.target is operator.getitem and u.args[1] != 0 for u in node.users):
        return "statistics that are used"
    return None


@register(aten.layer_norm.default, check=_check_layer_norm, whole=True)
@register(aten.native_layer_norm.default, check=_check_layer_norm)
def _layer_norm(builder: GraphBuilder, node: fx.Node) -> None:
    source = argument(node, "input")
    fake = source.meta["val"]
    value = builder.read(source)
    count = builder.dims(value)[-1]
    mean = builder.mean_of_last_dim(value, 1.0 / count)
    centered = builder.binary(xnn.XNNSubtract, value, mean)
    square = builder.unary(xnn.XNNSquare, centered)
    variance = builder.mean_of_last_dim(square, 1.0 / count)
    eps = builder.number(float(argument(node, "eps")), variance)
    inverse = builder.unary(xnn.XNNReciprocalSquareRoot, builder.binary(xnn.XNNAdd, variance, eps))
    steps: list[tuple[type[xnn.XNNNode2x1], int]] = [(xnn.XNNMultiply, inverse)]
    for name, kind in (("weight", xnn.XNNMultiply), ("bias", xnn.XNNAdd)):
        parameter = argument(node, name)
        if parameter is not None:
            steps.append((kind, builder.read(parameter)))
    result = centered
    for step, operand in steps[:-1]:
        result = builder.binary(step, result, operand)
    step, operand = steps[-1]
    builder.add(step(result, operand, builder.write(node, fake=fake)))
    for user in node.users:
        if user.target is operator.getitem:
            builder.same_as(user, node)


def _check_softmax(facts: Facts, node: fx.Node) -> str | None:
    if node.meta["val"].dim() == 0:
        return "a single number"
    if argument(node, "half_to_float") if _has(node, "half_to_float") else False:
        return "half_to_float"
    return None


def _has(node: fx.Node, name: str) -> bool:
    return any(a.name == name for a in node.target._schema.arguments)


@register(aten._softmax.default, check=_check_softmax)
def _softmax(builder: GraphBuilder, node: fx.Node) -> None:
    source: fx.Node = node.args[0]  # type: ignore[assignment]
    rank = node.meta["val"].dim()
    dim: int = node.args[1] % rank
    order = preferred_order(builder, source)
    if order[-1] != dim:
        order = (*(d for d in range(rank) if d != dim), dim)
    value = builder.read(source, order)
    builder.add(xnn.XNNSoftmax(value, builder.write(node, order)))


# --- mean and sum ---------------------------------------------------------------------------------


def _dims(node: fx.Node) -> list[int]:
    rank = node.args[0].meta["val"].dim()
    dims: Any = argument(node, "dim")
    return sorted({d % rank for d in (dims if dims else range(rank))}) if rank else []


def _check_mean(facts: Facts, node: fx.Node) -> str | None:
    fake = node.args[0].meta["val"]
    dims = _dims(node)
    if argument(node, "dtype") not in (None, fake.dtype):
        return "another result type"
    if dims == [2, 3] and fake.dim() == 4 and _op(node) == aten.mean.dim:
        return None
    if len(dims) != 1:
        return f"dimensions {dims}; one, or height and width, are supported"
    if not isinstance(fake.shape[dims[0]], int):
        return "a dimension that varies"
    if not argument(node, "keepdim") and sum(not isinstance(s, int) for s in fake.shape) > 1:
        return "more than one size that varies"
    return None


def _op(node: fx.Node) -> Any:
    return node.target._op


@register(aten.mean.dim, aten.sum.dim_IntList, check=_check_mean)
def _mean(builder: GraphBuilder, node: fx.Node) -> None:
    source: fx.Node = node.args[0]  # type: ignore[assignment]
    fake, dims = source.meta["val"], _dims(node)
    keep = argument(node, "keepdim")
    if len(dims) == 2:
        value = builder.read(source, CHANNELS_LAST)
        if keep:
            result = builder.write(node, CHANNELS_LAST)
            builder.add(xnn.XNNGlobalAvgPooling2d(value, result, KEEP_DIMS))
        else:
            builder.add(xnn.XNNGlobalAvgPooling2d(value, builder.write(node)))
        return
    (dim,) = dims
    order = preferred_order(builder, source)
    if order[-1] != dim:
        order = (*(d for d in range(fake.dim()) if d != dim), dim)
    value = builder.read(source, order)
    count = fake.shape[dim]
    result = builder.mean_of_last_dim(value, 1.0 / count if _op(node) == aten.mean.dim else 1.0)
    if keep:
        builder.alias(node, {order: result})
        return
    rest = order[:-1]
    result = builder.reshape(result, [fake.shape[d] for d in rest])
    ranks = {d: i for i, d in enumerate(sorted(rest))}
    builder.alias(node, {tuple(ranks[d] for d in rest) or natural(0): result})
