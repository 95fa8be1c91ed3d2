# SPDX-License-Identifier: BSD-3-Clause
"""Operators that move data."""

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
from executorch.backends.xnnpack.operators.registry import Facts, checks_own_types, register
from executorch.backends.xnnpack.operators.spatial import argument
from executorch.backends.xnnpack.serialization import xnnpack_graph_schema as xnn
from executorch.exir.tensor import Dim

aten = torch.ops.aten

# --- the same elements in another shape -----------------------------------------------------------


def _check_reshape(facts: Facts, node: fx.Node) -> str | None:
    shape = node.meta["val"].shape
    if new_shape(shape) is None and not _same_shape(node):
        return f"more than one size varies in {list(shape)}"
    return None


def _same_shape(node: fx.Node) -> bool:
    before, after = node.args[0].meta["val"].shape, node.meta["val"].shape
    return len(before) == len(after) and all(str(a) == str(b) for a, b in zip(before, after))


@register(
    aten.view_copy.default,
    aten.squeeze_copy.dims,
    aten.squeeze_copy.dim,
    aten.unsqueeze_copy.default,
    aten.alias_copy.default,
    check=_check_reshape,
    moves_data=True,
)
def _reshape(builder: GraphBuilder, node: fx.Node) -> None:
    source: fx.Node = node.args[0]  # type: ignore[assignment]
    if _same_shape(node):
        builder.same_as(node, source)
        return
    shape = list(node.meta["val"].shape)
    # From any order in which the dimensions that are larger than 1 come in their natural one.
    before = dims_of(source.meta["val"].shape)
    for order in builder.orders_of(source):
        large = [d for d in order if before[d] != 1]
        if large == sorted(large):
            value = builder.read(source, order)
            break
    else:
        value = builder.read(source)
    result = builder.reshape(value, shape)
    builder.alias(node, {natural(len(shape)): result})


@register(aten.permute_copy.default, aten.transpose_copy.int, aten.t_copy.default, moves_data=True)
def _permute(builder: GraphBuilder, node: fx.Node) -> None:
    source: fx.Node = node.args[0]  # type: ignore[assignment]
    rank = node.meta["val"].dim()
    op = node.target._op
    if op == aten.permute_copy.default:
        perm = [d % rank for d in node.args[1]] if rank else []
    else:
        a, b = (
            (node.args[1] % rank, node.args[2] % rank)
            if op == aten.transpose_copy.int
            else (0, rank - 1)
        )
        perm = list(range(rank))
        perm[a], perm[b] = perm[b], perm[a]
    # The same value, seen as one with other dimensions in another order.
    values = {
        tuple(perm.index(d) for d in order): builder.read(source, order)
        for order in builder.orders_of(source)
    }
    builder.alias(node, values)


# --- the same tensor ------------------------------------------------------------------------------


def _check_copy(facts: Facts, node: fx.Node) -> str | None:
    before, after = node.args[0].meta["val"].dtype, node.meta["val"].dtype
    floats = (torch.float32, torch.float16)
    if before not in floats or after not in floats:
        return f"a conversion from {before} to {after}"
    return None


def _copy(builder: GraphBuilder, node: fx.Node) -> None:
    source: fx.Node = node.args[0]  # type: ignore[assignment]
    if source.meta["val"].dtype == node.meta["val"].dtype:
        builder.same_as(node, source)
        return
    order = preferred_order(builder, source)
    builder.add(xnn.XNNConvert(builder.read(source, order), builder.write(node, order)))


_COPIES = (
    aten.clone.default,
    aten.lift_fresh_copy.default,
    aten.detach_copy.default,
    aten._to_copy.default,
)
register(*_COPIES, check=_check_copy, moves_data=True)(_copy)
checks_own_types(*_COPIES)


def _register_dim_order_copies() -> None:
    import executorch.exir.passes.memory_format_ops_pass  # noqa: F401

    ops = torch.ops.dim_order_ops
    copies = (ops._to_dim_order_copy.default, ops._clone_dim_order.default)
    register(*copies, check=_check_copy, moves_data=True)(_copy)
    checks_own_types(*copies)


_register_dim_order_copies()


def _check_expand(facts: Facts, node: fx.Node) -> str | None:
    if _same_shape(node):
        return None
    if any(not _broadcasts(user) for user in node.users):
        return "a copy that some user needs expanded"
    return None


_BROADCASTING = {
    aten.add.Tensor,
    aten.sub.Tensor,
    aten.mul.Tensor,
    aten.div.Tensor,
    aten.minimum.default,
    aten.maximum.default,
}


def _broadcasts(user: fx.Node) -> bool:
    """Whether `user` expands its operands itself, to the shape that it would have had anyway."""
    if getattr(user.target, "_op", None) not in _BROADCASTING:
        return False
    others = [a for a in user.args[:2] if isinstance(a, fx.Node)]
    shape = user.meta["val"].shape
    # Some other operand has the full shape.
    return any(
        str(list(a.meta["val"].shape)) == str(list(shape))
        and getattr(a.target, "_op", None) != aten.expand_copy.default
        for a in others
    )


@register(aten.expand_copy.default, check=_check_expand, moves_data=True)
def _expand(builder: GraphBuilder, node: fx.Node) -> None:
    source: fx.Node = node.args[0]  # type: ignore[assignment]
    if _same_shape(node):
        builder.same_as(node, source)
        return
    rank, before = node.meta["val"].dim(), source.meta["val"].dim()
    value = builder.read(source)
    shape: Sequence[Dim] = [*[1] * (rank - before), *source.meta["val"].shape]
    if new_shape(shape) is not None:
        value = builder.reshape(value, shape)
    builder.alias(node, {natural(rank): value})


# --- parts and wholes -----------------------------------------------------------------------------


def _bounds(node: fx.Node) -> tuple[int, Any, Any, Any]:
    """Dimension, start, end, step of a slice, with the start counted from the front."""
    shape = node.args[0].meta["val"].shape
    dim = argument(node, "dim") % len(shape)
    size = shape[dim]
    start, end, step = (argument(node, n) for n in ("start", "end", "step"))
    start = 0 if start is None else start
    end = size if end is None else end
    if isinstance(size, int):
        if isinstance(start, int):
            start = min(max(start + size if start < 0 else start, 0), size)
        if isinstance(end, int):
            end = min(max(end + size if end < 0 else end, start), size)
    return dim, start, end, step


def _check_slice(facts: Facts, node: fx.Node) -> str | None:
    if _same_shape(node):
        return None
    dim, start, end, step = _bounds(node)
    size = node.args[0].meta["val"].shape[dim]
    if step != 1:
        return f"step {step}"
    if not all(isinstance(n, int) for n in (start, end, size)):
        return "bounds that vary"
    return None


def slice_of(
    builder: GraphBuilder,
    value: int,
    order: Order,
    shape: Sequence[Dim],
    dim: int,
    start: int,
    size: int,
) -> int:
    """Elements start ... start + size of dimension `dim`."""
    offsets = [start if d == dim else 0 for d in order]
    # 0: the whole dimension
    sizes = [size if d == dim else s if isinstance(s := shape[d], int) else 0 for d in order]
    dims = [size if d == dim else full for d, full in zip(order, builder.dims(value))]
    result = builder.like(value, dims)
    builder.add(xnn.XNNStaticSlice(len(dims), offsets, sizes, value, result))
    return result


@register(aten.slice_copy.Tensor, check=_check_slice, moves_data=True)
def _slice(builder: GraphBuilder, node: fx.Node) -> None:
    source: fx.Node = node.args[0]  # type: ignore[assignment]
    if _same_shape(node):
        builder.same_as(node, source)
        return
    dim, start, end, _ = _bounds(node)
    order = preferred_order(builder, source)
    shape = source.meta["val"].shape
    value = builder.read(source, order)
    builder.alias(node, {order: slice_of(builder, value, order, shape, dim, start, end - start)})


def _check_select(facts: Facts, node: fx.Node) -> str | None:
    shape = node.args[0].meta["val"].shape
    dim, index = argument(node, "dim"), argument(node, "index")
    if not isinstance(index, int) or not isinstance(shape[dim], int):
        return "an index or a size that varies"
    return _check_reshape(facts, node)


@register(aten.select_copy.int, check=_check_select, moves_data=True)
def _select(builder: GraphBuilder, node: fx.Node) -> None:
    source: fx.Node = node.args[0]  # type: ignore[assignment]
    shape = source.meta["val"].shape
    dim = argument(node, "dim") % len(shape)
    index = argument(node, "index") % shape[dim]
    value = slice_of(builder, builder.read(source), natural(len(shape)), shape, dim, index, 1)
    result = builder.reshape(value, node.meta["val"].shape)
    builder.alias(node, {natural(node.meta["val"].dim()): result})


def _parts(node: fx.Node) -> list[int] | None:
    """Sizes of what a split yields; None if they vary."""
    fakes = node.meta["val"]
    shape = node.args[0].meta["val"].shape
    sizes = [fake.shape[argument(node, "dim") % len(shape)] for fake in fakes]
    return sizes if all(isinstance(size, int) for size in sizes) else None


def _check_split(facts: Facts, node: fx.Node) -> str | None:
    if any(user.target is not operator.getitem for user in node.users):
        return "a list that is used as a whole"
    return None if _parts(node) else "sizes that vary"


@register(
    aten.split_with_sizes_copy.default, aten.split_copy.Tensor, check=_check_split, moves_data=True
)
def _split(builder: GraphBuilder, node: fx.Node) -> None:
    source: fx.Node = node.args[0]  # type: ignore[assignment]
    shape = source.meta["val"].shape
    dim = argument(node, "dim") % len(shape)
    parts = _parts(node)
    assert parts is not None
    order = preferred_order(builder, source)
    value = builder.read(source, order)
    for user in node.users:
        index: int = user.args[1]  # type: ignore[assignment]
        start = sum(parts[:index])
        part = slice_of(builder, value, order, shape, dim, start, parts[index])
        builder.alias(user, {order: part})
    builder.alias(node, {})


def _check_cat(facts: Facts, node: fx.Node) -> str | None:
    tensors: list[fx.Node] = node.args[0]  # type: ignore[assignment]
    if any(t.meta["val"].dim() != node.meta["val"].dim() for t in tensors):
        return "tensors of different ranks"
    if any(t.meta["val"].dtype != node.meta["val"].dtype for t in tensors):
        return "tensors of different types"
    return None


_CATS = {
    2: xnn.XNNConcatenate2,
    3: xnn.XNNConcatenate3,
    4: xnn.XNNConcatenate4,
    5: xnn.XNNConcatenate5,
}


def concatenate(builder: GraphBuilder, values: list[int], axis: int, result: int) -> None:
    """Any number of values, at most five at a time."""
    if len(values) == 1:
        builder.add(xnn.XNNCopy(values[0], result))
        return
    while len(values) > 5:
        first, values = values[:5], values[5:]
        dims = list(builder.dims(first[0]))
        dims[axis] = sum(builder.dims(v)[axis] for v in first)
        joined = builder.like(first[0], dims)
        builder.add(_cat(first, axis, joined))
        values.insert(0, joined)
    builder.add(_cat(values, axis, result))


def _cat(values: list[int], axis: int, result: int) -> xnn.XNNCat:
    names = ("input1_id", "input2_id", "input3_id", "input4_id", "input5_id")
    return _CATS[len(values)](axis=axis, output_id=result, **dict(zip(names, values)))


@register(aten.cat.default, check=_check_cat, moves_data=True)
def _concatenate(builder: GraphBuilder, node: fx.Node) -> None:
    tensors: list[fx.Node] = node.args[0]  # type: ignore[assignment]
    rank = node.meta["val"].dim()
    dim: int = argument(node, "dim") % rank
    order = natural(rank)
    varying = [t for t in tensors if builder.constant_of(t) is None]
    if rank == 4 and sum(CHANNELS_LAST in builder.orders_of(t) for t in varying) * 2 > len(varying):
        order = CHANNELS_LAST
    values = [builder.read(t, order) for t in tensors]
    concatenate(builder, values, order.index(dim), builder.write(node, order))


@register(aten.stack.default, check=_check_cat, moves_data=True)
def _stack(builder: GraphBuilder, node: fx.Node) -> None:
    tensors: list[fx.Node] = node.args[0]  # type: ignore[assignment]
    shape = list(node.meta["val"].shape)
    dim: int = argument(node, "dim") % len(shape)
    part = [*shape[:dim], 1, *shape[dim + 1 :]]
    values = [builder.reshape(builder.read(t), part) for t in tensors]
    concatenate(builder, values, dim, builder.write(node))


def _check_pad(facts: Facts, node: fx.Node) -> str | None:
    pads = argument(node, "pad")
    if not all(isinstance(p, int) for p in pads):
        return "padding that varies"
    if any(p < 0 for p in pads):
        return "negative padding"
    if not isinstance(argument(node, "value"), (int, float)):
        return "a value that varies"
    return None


@register(aten.constant_pad_nd.default, check=_check_pad)
def _pad(builder: GraphBuilder, node: fx.Node) -> None:
    source: fx.Node = node.args[0]  # type: ignore[assignment]
    rank = node.meta["val"].dim()
    pads = argument(node, "pad")
    before, after = [0] * rank, [0] * rank
    for i in range(len(pads) // 2):  # from the last dimension on
        before[rank - 1 - i], after[rank - 1 - i] = pads[2 * i], pads[2 * i + 1]
    order = preferred_order(builder, source)
    value = builder.read(source, order)
    builder.add(
        xnn.XNNStaticConstantPad(
            [before[d] for d in order],
            [after[d] for d in order],
            float(argument(node, "value")),
            value,
            builder.write(node, order),
        )
    )
