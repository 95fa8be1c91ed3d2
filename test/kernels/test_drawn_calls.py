# SPDX-License-Identifier: BSD-3-Clause
"""Kernels against eager PyTorch on shapes, dim orders, element types and numbers that hypothesis
draws."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from check_op import FLOATS, INTS, REAL_AND_BOOL, Call, check_op, make_tensor

# Derandomized: CI shall fail for what a change breaks, not by chance.
_drawn = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

sizes = st.integers(0, 5)
shapes = st.lists(sizes, max_size=5).map(tuple)
seeds = st.integers(0, 2**31)


def tensor(draw: Any, shape: tuple[int, ...], dtype: torch.dtype, **bounds: float) -> torch.Tensor:
    """Of that shape, in any dim order."""
    torch.manual_seed(draw(seeds))
    order = draw(st.permutations(range(len(shape))))
    stored = make_tensor(*(shape[d] for d in order), dtype=dtype, **bounds)
    return stored.permute([order.index(d) for d in range(len(shape))])


def broadcast_shapes(draw: Any, count: int) -> list[tuple[int, ...]]:
    """Shapes that broadcast together."""
    whole = draw(shapes)
    found = []
    for _ in range(count):
        kept = whole[draw(st.integers(0, len(whole))) :]
        found.append(tuple(draw(st.sampled_from([1, size])) for size in kept))
    return found


def dims(draw: Any, rank: int) -> list[int]:
    """A list of different dimensions, some of them negative."""
    chosen = draw(st.lists(st.integers(0, max(rank - 1, 0)), unique=True, max_size=max(rank, 1)))
    return [d - max(rank, 1) if draw(st.booleans()) else d for d in chosen]


def a_dim(draw: Any, rank: int) -> int:
    return draw(st.integers(-max(rank, 1), max(rank, 1) - 1))


def numbers(dtype: torch.dtype) -> st.SearchStrategy[int | float]:
    integers = st.integers(-4, 4) if dtype.is_signed else st.integers(0, 4)
    if dtype.is_floating_point:
        return st.one_of(integers, st.floats(-4, 4, width=16))
    return integers


@_drawn
@given(st.data())
def test_binary(data: st.DataObject) -> None:
    draw = data.draw
    op = draw(st.sampled_from(["add", "sub", "mul", "maximum", "minimum"]))
    dtypes = [draw(st.sampled_from([*FLOATS, *INTS])) for _ in range(2)]
    x, y = (tensor(draw, s, d) for s, d in zip(broadcast_shapes(draw, 2), dtypes))
    kwargs = {"alpha": draw(st.integers(0, 3))} if op in ("add", "sub") else {}
    check_op(f"aten::{op}.out", [Call([x, y], kwargs, dynamic=draw(st.booleans()))])


@_drawn
@given(st.data())
def test_division(data: st.DataObject) -> None:
    draw = data.draw
    op = draw(st.sampled_from(["remainder.Tensor_out", "fmod.Tensor_out", "floor_divide.out"]))
    dtype = draw(st.sampled_from([*INTS, torch.float32, torch.float64]))
    x, y = (tensor(draw, s, dtype) for s in broadcast_shapes(draw, 2))
    y = torch.where(y == 0, torch.ones((), dtype=dtype), y)
    check_op(f"aten::{op}", [Call([x, y])])


@_drawn
@given(st.data())
def test_comparison(data: st.DataObject) -> None:
    draw = data.draw
    op = draw(st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]))
    dtypes = [draw(st.sampled_from(REAL_AND_BOOL)) for _ in range(2)]
    x, y = (tensor(draw, s, d) for s, d in zip(broadcast_shapes(draw, 2), dtypes))
    check_op(f"aten::{op}.Tensor_out", [Call([x, y])])
    check_op(f"aten::{op}.Scalar_out", [Call([x, draw(numbers(torch.float32))])])


@_drawn
@given(st.data())
def test_with_a_number(data: st.DataObject) -> None:
    draw = data.draw
    dtype = draw(st.sampled_from(REAL_AND_BOOL))
    x = tensor(draw, draw(shapes), dtype)
    op = draw(st.sampled_from(["add.Scalar_out", "mul.Scalar_out", "div.Scalar_out"]))
    check_op(f"aten::{op}", [Call([x, draw(numbers(torch.float32))])])


@_drawn
@given(st.data())
def test_where(data: st.DataObject) -> None:
    draw = data.draw
    dtypes = [torch.bool, *(draw(st.sampled_from(REAL_AND_BOOL)) for _ in range(2))]
    inputs = [tensor(draw, s, d) for s, d in zip(broadcast_shapes(draw, 3), dtypes)]
    check_op("aten::where.self_out", [Call(inputs)])


@_drawn
@given(st.data())
def test_reductions(data: st.DataObject) -> None:
    draw = data.draw
    x = tensor(draw, draw(shapes), draw(st.sampled_from(REAL_AND_BOOL)), low=-2, high=2)
    keepdim = draw(st.booleans())
    over = dims(draw, x.dim())
    check_op("aten::sum.IntList_out", [Call([x, over, keepdim])])
    check_op("aten::any.dims_out", [Call([x, over, keepdim])])
    if x.is_floating_point():
        check_op("aten::mean.out", [Call([x, over, keepdim])])
    dim = a_dim(draw, x.dim())
    check_op("aten::prod.int_out", [Call([x, dim, keepdim])])
    check_op("aten::cumsum.out", [Call([x, dim])])
    if x.dim() == 0 or x.size(dim) > 0:
        check_op("aten::amax.out", [Call([x, [dim], keepdim])])
        check_op("aten::amin.out", [Call([x, [dim], keepdim])])
        if x.dtype != torch.bool:
            check_op("aten::argmax.out", [Call([x, dim, keepdim])])
            check_op("aten::argmin.out", [Call([x, dim, keepdim])])


@_drawn
@given(st.data())
def test_copies(data: st.DataObject) -> None:
    draw = data.draw
    x = tensor(draw, draw(shapes), draw(st.sampled_from(REAL_AND_BOOL)))
    rank = x.dim()
    dynamic = draw(st.booleans())

    def check(op: str, *args: Any) -> None:
        check_op(f"aten::{op}", [Call([x, *args], dynamic=dynamic)])

    check("permute_copy.out", draw(st.permutations(range(rank))))
    check("flip.out", dims(draw, rank) if rank else [])
    check("unsqueeze_copy.out", draw(st.integers(-rank - 1, rank)))
    check("squeeze_copy.dims_out", dims(draw, rank) if rank else [])
    check("repeat.out", [draw(st.integers(0, 3)) for _ in range(min(rank + 1, 5))])
    check("view_copy.out", [-1] if x.numel() else [0, 3])
    if rank == 0:
        return
    dim = a_dim(draw, rank)
    check("transpose_copy.int_out", dim, a_dim(draw, rank))
    check("roll.out", [draw(st.integers(-7, 7))], [dim])
    bounds = [draw(st.integers(-7, 7)) for _ in range(2)]
    check("slice_copy.Tensor_out", dim, *bounds, draw(st.integers(1, 3)))
    pads = [draw(st.integers(0, 2)) for _ in range(2 * draw(st.integers(0, min(rank, 3))))]
    check("constant_pad_nd.out", pads, draw(numbers(x.dtype)) if x.dtype != torch.bool else 1)
    if x.size(dim) > 0:
        check("select_copy.int_out", dim, draw(st.integers(-x.size(dim), x.size(dim) - 1)))
        size = draw(st.integers(1, x.size(dim)))
        check("unfold_copy.out", dim, size, draw(st.integers(1, 3)))
    if rank > 1:
        check("diagonal_copy.out", draw(st.integers(-3, 3)), 0, draw(st.integers(1, rank - 1)))


@_drawn
@given(st.data())
def test_joins(data: st.DataObject) -> None:
    draw = data.draw
    shape = list(draw(shapes.filter(bool)))
    dim = a_dim(draw, len(shape))
    dtype = draw(st.sampled_from(REAL_AND_BOOL))
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        shape[dim] = draw(sizes)
        parts.append(tensor(draw, tuple(shape), dtype))
    check_op("aten::cat.out", [Call([parts, dim])])
    check_op("aten::stack.out", [Call([[parts[0]] * len(parts), dim])])


@_drawn
@given(st.data())
def test_indexing(data: st.DataObject) -> None:
    draw = data.draw
    shape = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple))
    dim = a_dim(draw, len(shape))
    x = tensor(draw, shape, draw(st.sampled_from(REAL_AND_BOOL)))
    integer = draw(st.sampled_from([torch.int32, torch.int64]))
    limit = float(shape[dim])
    positions = tensor(draw, (draw(sizes),), integer, low=0, high=limit)
    check_op("aten::index_select.out", [Call([x, dim, positions])])
    index_shape = tuple(draw(st.integers(0, size)) for size in shape)
    index = tensor(draw, index_shape, torch.int64, low=0, high=limit)
    check_op("aten::gather.out", [Call([x, dim, index])])
    source = tensor(draw, index_shape, x.dtype)
    if x.dtype != torch.bool:
        check_op("aten::scatter_add.out", [Call([x, dim, index, source])], rtol=1e-2, atol=1e-2)
    indices: list[Any] = [None] * draw(st.integers(0, len(shape) - 1))
    rows = tensor(draw, draw(shapes), torch.int64, low=-1, high=float(shape[len(indices)]))
    check_op("aten::index.Tensor_out", [Call([x, [*indices, rows]])])
