# SPDX-License-Identifier: BSD-3-Clause
"""Operators that compute element by element."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import fx

from executorch.backends.xnnpack.graph_builder import CHANNELS_LAST, GraphBuilder, Order, natural
from executorch.backends.xnnpack.operators.registry import Facts, register
from executorch.backends.xnnpack.serialization import xnnpack_graph_schema as xnn
from executorch.exir.dialects.edge._ops import EdgeOpOverload

aten = torch.ops.aten
INF = math.inf


def preferred_order(builder: GraphBuilder, node: fx.Node) -> Order:
    """The order that `node` was computed in."""
    return next(iter(builder.orders_of(node)), natural(node.meta["val"].dim()))


# --- one input ------------------------------------------------------------------------------------

_UNARY: dict[Any, type[xnn.XNNNode1x1]] = {
    aten.abs.default: xnn.XNNAbs,
    aten.ceil.default: xnn.XNNCeiling,
    aten.cos.default: xnn.XNNCos,
    aten.exp.default: xnn.XNNExp,
    aten.floor.default: xnn.XNNFloor,
    aten.hardswish.default: xnn.XNNHardswish,
    aten.log.default: xnn.XNNLog,
    aten.neg.default: xnn.XNNNegate,
    aten.rsqrt.default: xnn.XNNReciprocalSquareRoot,
    aten.sigmoid.default: xnn.XNNSigmoid,
    aten.sin.default: xnn.XNNSin,
    aten.sqrt.default: xnn.XNNSquareRoot,
    aten.square.default: xnn.XNNSquare,
    aten.tanh.default: xnn.XNNTanh,
}


def _input(builder: GraphBuilder, node: fx.Node) -> tuple[int, Order]:
    source: fx.Node = node.args[0]  # type: ignore[assignment]
    order = preferred_order(builder, source)
    return builder.read(source, order), order


@register(*_UNARY)
def _unary(builder: GraphBuilder, node: fx.Node) -> None:
    assert isinstance(node.target, EdgeOpOverload)
    value, order = _input(builder, node)
    builder.add(_UNARY[node.target._op](value, builder.write(node, order)))


@register(aten.hardswish.default, whole=True)
def _hardswish(builder: GraphBuilder, node: fx.Node) -> None:
    _unary(builder, node)


@register(aten.silu.default, whole=True)
def _silu(builder: GraphBuilder, node: fx.Node) -> None:
    value, order = _input(builder, node)
    sigmoid = builder.unary(xnn.XNNSigmoid, value)
    builder.add(xnn.XNNMultiply(value, sigmoid, builder.write(node, order)))


@register(aten.tan.default)
def _tan(builder: GraphBuilder, node: fx.Node) -> None:
    value, order = _input(builder, node)
    sine, cosine = builder.unary(xnn.XNNSin, value), builder.unary(xnn.XNNCos, value)
    builder.add(xnn.XNNDiv(sine, cosine, builder.write(node, order)))


@register(aten.reciprocal.default)
def _reciprocal(builder: GraphBuilder, node: fx.Node) -> None:
    value, order = _input(builder, node)
    builder.add(xnn.XNNDiv(builder.number(1.0, value), value, builder.write(node, order)))


@register(aten.hardsigmoid.default, whole=True)
def _hardsigmoid(builder: GraphBuilder, node: fx.Node) -> None:
    value, order = _input(builder, node)
    shifted = builder.like(value)
    builder.add(xnn.XNNAdd(value, builder.number(3.0, value), shifted), (0.0, 6.0))
    sixth = builder.number(1.0 / 6.0, value)
    builder.add(xnn.XNNMultiply(shifted, sixth, builder.write(node, order)))


def _check_gelu(facts: Facts, node: fx.Node) -> str | None:
    if node.meta["val"].dtype == torch.float16:
        return "gelu in float16"
    return None


@register(aten.gelu.default, check=_check_gelu, whole=True)
def _gelu(builder: GraphBuilder, node: fx.Node) -> None:
    value, order = _input(builder, node)
    if node.kwargs.get("approximate", "none") == "none":
        builder.add(xnn.XNNGelu(value, builder.write(node, order)))
        return
    # x * sigmoid(2 sqrt(2/pi) (x + 0.044715 x^3)): (1 + tanh(y)) / 2 is sigmoid(2y).
    c = 2 * math.sqrt(2 / math.pi)
    square = builder.unary(xnn.XNNSquare, value)
    scaled = builder.binary(xnn.XNNMultiply, square, builder.number(c * 0.044715, value))
    inner = builder.binary(xnn.XNNAdd, scaled, builder.number(c, value))
    sigmoid = builder.unary(xnn.XNNSigmoid, builder.binary(xnn.XNNMultiply, inner, value))
    builder.add(xnn.XNNMultiply(value, sigmoid, builder.write(node, order)))


_POWERS = {2.0, 3.0, 4.0, 0.5, -0.5, -1.0, 1.0}


def _check_pow(facts: Facts, node: fx.Node) -> str | None:
    exponent = node.args[1]
    if not isinstance(exponent, (int, float)) or float(exponent) not in _POWERS:
        return f"pow with exponent {exponent}; {sorted(_POWERS)} are supported"
    return None


@register(aten.pow.Tensor_Scalar, check=_check_pow)
def _pow(builder: GraphBuilder, node: fx.Node) -> None:
    exponent = float(node.args[1])  # type: ignore[arg-type]
    if exponent == 1.0:
        builder.same_as(node, node.args[0])  # type: ignore[arg-type]
        return
    value, order = _input(builder, node)
    if exponent == 3.0:
        square = builder.unary(xnn.XNNSquare, value)
        builder.add(xnn.XNNMultiply(square, value, builder.write(node, order)))
        return
    if exponent == -1.0:
        _reciprocal(builder, node)
        return
    if exponent == 4.0:
        value, exponent = builder.unary(xnn.XNNSquare, value), 2.0
    kinds: dict[float, type[xnn.XNNNode1x1]] = {
        2.0: xnn.XNNSquare,
        0.5: xnn.XNNSquareRoot,
        -0.5: xnn.XNNReciprocalSquareRoot,
    }
    builder.add(kinds[exponent](value, builder.write(node, order)))


def _limits(node: fx.Node) -> tuple[Any, Any]:
    assert isinstance(node.target, EdgeOpOverload)
    op = node.target._op
    if op == aten.relu.default:
        return 0.0, INF
    low = node.args[1] if len(node.args) > 1 else node.kwargs.get("min", node.kwargs.get("min_val"))
    high = (
        node.args[2] if len(node.args) > 2 else node.kwargs.get("max", node.kwargs.get("max_val"))
    )
    if op == aten.hardtanh.default:
        low, high = -1.0 if low is None else low, 1.0 if high is None else high
    if op == aten.clamp_min.default:
        high = None
    if op == aten.clamp_max.default:
        low, high = None, low
    return -INF if low is None else low, INF if high is None else high


def _check_clamp(facts: Facts, node: fx.Node) -> str | None:
    low, high = _limits(node)
    if not all(isinstance(limit, (int, float)) for limit in (low, high)):
        return "limits that vary"
    if not low < high:
        return f"limits {low} and {high}, of which the first must be the smaller one"
    return None


@register(
    aten.relu.default,
    aten.hardtanh.default,
    aten.clamp.default,
    aten.clamp_min.default,
    aten.clamp_max.default,
    check=_check_clamp,
)
def _clamp(builder: GraphBuilder, node: fx.Node) -> None:
    value, order = _input(builder, node)
    low, high = _limits(node)
    builder.clamp(value, (float(low), float(high)), builder.write(node, order))


@register(aten.relu6.default, whole=True)
def _relu6(builder: GraphBuilder, node: fx.Node) -> None:
    value, order = _input(builder, node)
    builder.clamp(value, (0.0, 6.0), builder.write(node, order))


def _argument(node: fx.Node, index: int, name: str, default: Any) -> Any:
    return node.args[index] if len(node.args) > index else node.kwargs.get(name, default)


def _check_leaky_relu(facts: Facts, node: fx.Node) -> str | None:
    slope = _argument(node, 1, "negative_slope", 0.01)
    return None if math.isfinite(slope) else f"slope {slope}"


@register(aten.leaky_relu.default, check=_check_leaky_relu)
def _leaky_relu(builder: GraphBuilder, node: fx.Node) -> None:
    value, order = _input(builder, node)
    slope = float(_argument(node, 1, "negative_slope", 0.01))
    builder.add(xnn.XNNLeakyReLU(slope, value, builder.write(node, order)))


def _check_elu(facts: Facts, node: fx.Node) -> str | None:
    alpha = _argument(node, 1, "alpha", 1.0)
    if any(_argument(node, i, n, 1.0) != 1.0 for i, n in ((2, "scale"), (3, "input_scale"))):
        return "elu with a scale"
    return None if alpha > 0 else f"alpha {alpha}, which must be positive"


@register(aten.elu.default, check=_check_elu)
def _elu(builder: GraphBuilder, node: fx.Node) -> None:
    value, order = _input(builder, node)
    alpha = float(_argument(node, 1, "alpha", 1.0))
    builder.add(xnn.XNNELU(alpha, value, builder.write(node, order)))


# --- two inputs -----------------------------------------------------------------------------------


def operands(builder: GraphBuilder, node: fx.Node) -> tuple[int, int, Order]:
    """Values of the first two arguments, in one order."""
    rank = node.meta["val"].dim()
    dtype = node.meta["val"].dtype
    order = natural(rank)
    tensors = [a for a in node.args[:2] if isinstance(a, fx.Node)]
    varying = [a for a in tensors if builder.constant_of(a) is None]
    if rank == 4 and all(n.meta["val"].dim() in (0, 4) for n in varying):
        wanted = [
            CHANNELS_LAST in builder.orders_of(n) for n in varying if n.meta["val"].dim() == 4
        ]
        # Large operands decide, and of equal ones the first.
        if any(wanted) and (all(wanted) or _largest_is_channels_last(builder, varying)):
            order = CHANNELS_LAST
    values = []
    for argument in node.args[:2]:
        if not isinstance(argument, fx.Node):
            number: Any = argument
            values.append(builder.constant(torch.tensor([number], dtype=dtype)))
            continue
        known = builder.constant_of(argument)
        if known is not None:
            known = known.to(dtype)
            if known.dim() == 0:
                known = known.reshape(1)
            elif order != natural(rank):
                known = known.reshape([1] * (rank - known.dim()) + list(known.shape)).permute(order)
            values.append(builder.constant(known))
        elif argument.meta["val"].dim() == rank:
            values.append(builder.read(argument, order))
        else:
            values.append(builder.read(argument))
    return values[0], values[1], order


def _largest_is_channels_last(builder: GraphBuilder, nodes: list[fx.Node]) -> bool:
    def size(node: fx.Node) -> int:
        return sum(d > 1 for d in builder.dims(builder.read(node, preferred_order(builder, node))))

    largest = max(nodes, key=size)
    return preferred_order(builder, largest) == CHANNELS_LAST


_BINARY: dict[Any, type[xnn.XNNNode2x1]] = {
    aten.mul.Tensor: xnn.XNNMultiply,
    aten.div.Tensor: xnn.XNNDiv,
    aten.minimum.default: xnn.XNNMinimum,
    aten.maximum.default: xnn.XNNMaximum,
    aten.add.Tensor: xnn.XNNAdd,
    aten.sub.Tensor: xnn.XNNSubtract,
    aten.mul.Scalar: xnn.XNNMultiply,
    aten.div.Scalar: xnn.XNNDiv,
    aten.add.Scalar: xnn.XNNAdd,
    aten.sub.Scalar: xnn.XNNSubtract,
}


def _check_binary(facts: Facts, node: fx.Node) -> str | None:
    for argument in node.args[:2]:
        if isinstance(argument, fx.Node):
            if not isinstance(argument.meta["val"], torch.Tensor):
                return "a number that varies"
        elif not isinstance(argument, (int, float)):
            return "a number that varies"
    alpha = _argument(node, 2, "alpha", 1)
    if not isinstance(alpha, (int, float)):
        return "an alpha that varies"
    return None


@register(*_BINARY, check=_check_binary)
def _binary(builder: GraphBuilder, node: fx.Node) -> None:
    assert isinstance(node.target, EdgeOpOverload)
    a, b, order = operands(builder, node)
    alpha = _argument(node, 2, "alpha", 1)
    if alpha != 1:
        b = builder.binary(xnn.XNNMultiply, b, builder.number(float(alpha), b))
    builder.add(_BINARY[node.target._op](a, b, builder.write(node, order)))


def _check_prelu(facts: Facts, node: fx.Node) -> str | None:
    weight = node.args[1]
    if not facts.is_constant(weight):
        return "a slope that is not a constant"
    if node.meta["val"].dim() < 1:
        return "a single number"
    return None


@register(aten.prelu.default, check=_check_prelu, whole=True)
def _prelu(builder: GraphBuilder, node: fx.Node) -> None:
    weight = builder.constant_of(node.args[1])  # type: ignore[arg-type]
    assert weight is not None
    source: fx.Node = node.args[0]  # type: ignore[assignment]
    rank = node.meta["val"].dim()
    # The slopes are those of dimension 1, which has to be the last one.
    channels = 1 if rank > 1 else 0
    order = (*(d for d in range(rank) if d != channels), channels)
    value = builder.read(source, order)
    shape = builder.dims(value)[-1:]
    slope = builder.constant(weight.expand(shape))
    builder.add(xnn.XNNPReLU(value, slope, builder.write(node, order)))
