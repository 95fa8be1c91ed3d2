# SPDX-License-Identifier: BSD-3-Clause
"""Operators that read or write where an index tensor or a mask says."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))
from check_op import REAL_AND_BOOL, Call, check_op, check_refused, layouts, make_tensor
from test_copy import DTYPES, check, dims, size, tensor

INDEX_TYPES = [torch.int32, torch.int64]
OUT_OF_RANGE = [-1, 5, 2**31, 2**40, -(2**63)]


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(0)


def index(limit: int, *shape: int, dtype: torch.dtype = torch.int64) -> torch.Tensor:
    """Positions in [0, limit)."""
    return torch.randint(0, max(limit, 1), shape, dtype=dtype)


def test_embedding() -> None:
    def calls() -> Iterator[Call]:
        for dtype in DTYPES:
            for weight in layouts(tensor(10, 7, dtype=dtype)):
                for shape in [(), (3,), (2, 3), (0,), (2, 1, 4)]:
                    for index_type in INDEX_TYPES:
                        positions = index(10, *shape, dtype=index_type)
                        yield Call([weight, positions], expected=weight[positions.long()])
        yield Call([tensor(4, 3), index(4, 2), 1, True, True])

    check("aten::embedding.out", calls())


def test_index_select() -> None:
    def calls() -> Iterator[Call]:
        for x in (*layouts(tensor(2, 3, 4, 5)), tensor(6), tensor(), tensor(0, 3)):
            for dim in dims(x) or range(1):
                for shape in [(3,), (0,), ()] if size(x, dim) and x.dim() else []:
                    for dtype in INDEX_TYPES:
                        yield Call([x, dim, index(size(x, dim), *shape, dtype=dtype)])
        yield Call([tensor(), 0, torch.tensor([0])])

    check("aten::index_select.out", calls())


def gathers(dtype: torch.dtype) -> Iterator[tuple[torch.Tensor, int, torch.Tensor]]:
    """A tensor, a dimension, and positions that occur at most once in it."""
    for x in (*layouts(tensor(2, 3, 4, 5, dtype=dtype)), tensor(6, dtype=dtype)):
        for dim in dims(x):
            for cut in (0, 1):
                shape = [s - cut for s in x.shape]
                shape[dim] = x.shape[dim]
                positions = torch.rand(shape).argsort(dim)
                yield x, dim, positions.narrow(dim, 0, x.shape[dim] - cut).contiguous()
    yield tensor(dtype=dtype), 0, torch.tensor(0)


@pytest.mark.parametrize("dtype", DTYPES)
def test_gather(dtype: torch.dtype) -> None:
    def calls() -> Iterator[Call]:
        for x, dim, positions in gathers(dtype):
            expected = torch.gather(x, dim, positions)
            for index_type in INDEX_TYPES:
                yield Call([x, dim, positions.to(index_type)], expected=expected)
        yield Call([tensor(3, 4, dtype=dtype), 1, index(4, 2, 9)])
        yield Call([tensor(0, 4, dtype=dtype), 0, index(1, 0, 4)])

    check("aten::gather.out", calls())


@pytest.mark.parametrize("dtype", DTYPES)
def test_scatter(dtype: torch.dtype) -> None:
    def calls() -> Iterator[Call]:
        for x, dim, positions in gathers(dtype):
            src = tensor(*(s + 1 for s in positions.shape), dtype=dtype)
            expected = torch.scatter(x, dim, positions, src)
            for index_type in INDEX_TYPES:
                yield Call([x, dim, positions.to(index_type), src], expected=expected)

    check("aten::scatter.src_out", calls())
    check(
        "aten::scatter.value_out",
        (
            Call([x, dim, positions, value])
            for x, dim, positions in gathers(dtype)
            for value in (0, 1, 2.5)
        ),
    )


@pytest.mark.parametrize("dtype", REAL_AND_BOOL)
def test_scatter_add(dtype: torch.dtype) -> None:
    # Small integers, so that the order of the additions does not matter.
    def numbers(*shape: int) -> torch.Tensor:
        return torch.randint(0, 4, shape).to(dtype)

    def calls() -> Iterator[Call]:
        for x, dim, _ in gathers(torch.float32):
            positions = index(size(x, dim), *x.shape)
            yield Call([numbers(*x.shape), dim, positions, numbers(*x.shape)])
        yield Call([numbers(3), 0, torch.tensor([0, 0, 2, 0]), numbers(5)])

    check("aten::scatter_add.out", calls())


def test_scatter_add_wraps_around() -> None:
    x = torch.full((1,), 2**63 - 1, dtype=torch.int64)
    check_op(
        "aten::scatter_add.out",
        [Call([x, 0, torch.tensor([0]), x], expected=torch.tensor([-2]))],
    )


Indices = list["torch.Tensor | None"]


def advanced_indices() -> Iterator[Indices]:
    """Of a tensor of shape (4, 5, 6, 3)."""

    def at(limit: int, *shape: int) -> torch.Tensor:
        return torch.randint(-limit, limit, shape)

    def mask(*shape: int) -> torch.Tensor:
        return make_tensor(*shape, dtype=torch.bool)

    yield [at(4, 2)]
    yield [at(4, 2, 3).int()]
    yield [None, at(5, 7)]
    yield [None, None, at(6, 2, 2)]
    yield [at(4, 3), at(5, 3)]
    yield [at(4, 3, 1), at(5, 1, 4)]
    yield [at(4, 3), None, at(6, 3)]
    yield [None, at(5, 2), None, at(3, 2)]
    yield [None, at(5, 2), at(6, 3, 1)]
    yield [at(4), at(5, 3)]
    yield [at(4)]
    yield [at(4, 2), at(5, 2), at(6, 2), at(3, 2)]
    yield [at(4, 0)]
    yield [at(4, 3), at(5, 1), None]
    yield [mask(4)]
    yield [None, mask(5)]
    yield [mask(4, 5)]
    yield [mask(4, 5, 6, 3)]
    yield [torch.zeros(4, dtype=torch.bool)]
    yield [None, mask(5, 6), None]
    yield [at(4, 2, 1), None, torch.tensor([True, False, True, True, False, False])]
    yield [torch.tensor([True, False, False, True]), at(5, 2)]
    yield [torch.tensor([True, False, False, False]), at(5, 3)]
    yield [mask(4, 5), None, at(3, 1)]


@pytest.mark.parametrize("dtype", DTYPES)
def test_index(dtype: torch.dtype) -> None:
    def calls() -> Iterator[Call]:
        for x in layouts(tensor(4, 5, 6, 3, dtype=dtype)):
            for indices in advanced_indices():
                expected = torch.ops.aten.index.Tensor(x, indices).contiguous()
                yield Call([x, indices], expected=expected)

    check("aten::index.Tensor_out", calls())


@pytest.mark.parametrize("accumulate", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.int8, torch.bool, torch.float16])
def test_index_put(dtype: torch.dtype, accumulate: bool) -> None:
    def calls() -> Iterator[Call]:
        for x in layouts(torch.randint(0, 4, (4, 5, 6, 3)).to(dtype)):
            for indices in advanced_indices():
                shape = torch.ops.aten.index.Tensor(x, indices).shape
                for values_shape in (shape, shape[-1:], shape[:0]):
                    # Assigned twice, an element has either of the values: let them be equal.
                    values = torch.ones(values_shape).to(dtype)
                    if accumulate:
                        values = torch.randint(0, 4, values_shape).to(dtype)
                    yield Call([x, indices, values, accumulate])

    check("aten::index_put.out", calls())
    check_op(
        "aten::index_put_",
        [
            Call([c.args[0].clone(), *c.args[1:]], expected=torch.ops.aten.index_put(*c.args))
            for c in calls()
        ],
    )


def test_nonzero() -> None:
    def calls() -> Iterator[Call]:
        for dtype in REAL_AND_BOOL:
            for shape in [(), (5,), (2, 3, 4, 5), (0, 3), (3, 300)]:
                for x in layouts((torch.rand(shape) > 0.6).to(dtype)):
                    yield Call([x])
        yield Call([torch.tensor([0.0, -0.0, float("nan"), 1e-45])])

    check("aten::nonzero.out", calls())


SHAPE_PAIRS = [
    ((3, 4), (3, 4)),
    ((3, 4), (4,)),
    ((4,), (3, 4)),
    ((3, 1), (1, 5)),
    ((2, 3, 4, 5), (3, 1, 5)),
    ((), ()),
    ((0,), (1,)),
]


@pytest.mark.parametrize("dtype", DTYPES)
def test_masks(dtype: torch.dtype) -> None:
    def pairs() -> Iterator[list[torch.Tensor]]:
        for shape, mask_shape in SHAPE_PAIRS:
            for x in layouts(tensor(*shape, dtype=dtype)):
                yield [x, make_tensor(*mask_shape, dtype=torch.bool)]

    check("aten::masked_select.out", (Call(pair) for pair in pairs()))
    source = tensor(20, 50, dtype=dtype)
    check("aten::masked_scatter.out", (Call([*pair, source]) for pair in pairs()))


def test_repeat_interleave() -> None:
    def calls() -> Iterator[Call]:
        for repeats in ([1, 2, 3], [0, 0], [], [5], [0, 3, 0]):
            for dtype in INDEX_TYPES:
                counts = torch.tensor(repeats, dtype=dtype)
                expected = torch.repeat_interleave(counts)
                yield Call([counts], expected=expected)
                yield Call([counts], {"output_size": sum(repeats)}, expected)

    check("aten::repeat_interleave.Tensor_out", calls())


X = torch.arange(10.0).reshape(5, 2)
TWO = torch.zeros(2)
YES = torch.ones(5, dtype=torch.bool)


@pytest.mark.parametrize("position", OUT_OF_RANGE)
def test_refuses_positions_out_of_range(position: int) -> None:
    at = torch.tensor([0, position])
    rows = torch.zeros(2, 2)
    column = torch.zeros(5)
    for op, args, out in (
        ("embedding.out", [X, at], rows),
        ("index_select.out", [X, 0, at], rows),
        ("gather.out", [column, 0, at], TWO),
        ("scatter.src_out", [column, 0, at, TWO], column),
        ("scatter.value_out", [column, 0, at, 1], column),
        ("scatter_add.out", [column, 0, at, TWO], column),
    ):
        check_refused(f"aten::{op}", Call(args), [out], f"index {position} is out of range")
    if position != -1:
        for op, args in (("index.Tensor_out", []), ("index_put.out", [TWO])):
            out = rows if op == "index.Tensor_out" else X
            check_refused(f"aten::{op}", Call([X, [at], *args]), [out], f"index {position} is out")


REFUSED: list[tuple[str, list[Any], torch.Tensor, str]] = [
    ("embedding.out", [X, TWO], torch.zeros(2, 2), "expected a tensor of Int or Long, got Float"),
    ("embedding.out", [X[0], index(2, 2)], X, "rank"),
    ("gather.out", [X, 0, index(5, 2)], TWO, "expected an index of rank 2, got 1"),
    ("gather.out", [X, 0, index(5, 2, 3)], torch.zeros(2, 3), "size 3 at dimension 1, at most 2"),
    ("scatter.src_out", [X, 0, index(5, 2, 2), X[:1]], X, "size 2 at dimension 0, at most 1"),
    ("scatter_add.out", [X, 0, index(5, 1, 1), X.int()], X, "Float and Int"),
    ("index.Tensor_out", [X, [index(5, 2), index(2, 3)]], X, "cannot be broadcast"),
    ("index.Tensor_out", [X, [index(2, 2)] * 3], X, "does not fit dimension 2 of 2"),
    ("index.Tensor_out", [X, [None] * 3], X, "3 indices for a tensor of rank 2"),
    ("index.Tensor_out", [X, [YES[:4]]], X, "a mask of size 4 does not fit dimension 0 of size 5"),
    ("index.Tensor_out", [X, [TWO]], X, "Int or Long, got Float"),
    ("index_put.out", [X, [index(5, 3)], X[:2]], X, "size 2 cannot be broadcast to 3"),
    ("index_put.out", [X, [index(5, 3)], X[:1].int()], X, "Int and Float"),
    ("masked_select.out", [X, YES], X, "cannot be broadcast"),
    ("masked_select.out", [X, X], X, "Bool"),
    ("masked_scatter.out", [X[:, 0].contiguous(), YES, TWO], X[:, 0], "more than the 2 elements"),
    ("nonzero.out", [X], X, "expected a tensor of Long, got Float"),
    ("repeat_interleave.Tensor_out", [torch.tensor([1, -1])], torch.zeros(1).long(), "negative"),
    ("repeat_interleave.Tensor_out", [torch.tensor([2**62] * 3)], torch.zeros(1).long(), "large"),
    (
        "repeat_interleave.Tensor_out",
        [torch.tensor([1, 2]), 4],
        torch.zeros(4).long(),
        "output_size is 4, the repeats add up to 3",
    ),
]


@pytest.mark.parametrize(("op", "args", "out", "match"), REFUSED)
def test_refuses(op: str, args: list[Any], out: torch.Tensor, match: str) -> None:
    args = [a.contiguous() if isinstance(a, torch.Tensor) else a for a in args]
    kwargs = {"output_size": args.pop()} if op.startswith("repeat_inter") and args[1:] else {}
    check_refused(f"aten::{op}", Call(args, kwargs), [out.contiguous()], match)
