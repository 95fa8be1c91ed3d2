# SPDX-License-Identifier: BSD-3-Clause
"""Operators that make tensors: fill, full, ones, zeros, arange, empty."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))
from check_op import FLOATS, INTS, REAL_AND_BOOL, Call, check_op, check_refused, make_tensor
from op_program import Out

UINTS = [torch.uint16, torch.uint32, torch.uint64]
SIZES = [[], [0, 3], [5], [2, 3, 130]]


@pytest.mark.parametrize("value", [0, 1, 3, 2.5, True, -1.0])
def test_full(value: float) -> None:
    dtypes = [*REAL_AND_BOOL, *(UINTS if value >= 0 else [])]
    if value < 0:
        dtypes = [dtype for dtype in dtypes if dtype.is_signed]
    calls = [
        Call([size, value], expected=torch.full(size, value, dtype=dtype), dynamic=dynamic)
        for dtype in dtypes
        for size in SIZES
        for dynamic in (False, True)
    ]
    check_op("aten::full.out", calls)
    likes = [
        Call([x, value], expected=torch.full_like(x, value), dynamic=dynamic)
        for dtype in dtypes
        for x in [torch.zeros(2, 3, dtype=dtype), torch.zeros(1, 2, 3, 4, dtype=dtype)]
        for dynamic in (False, True)
    ]
    channels_last = torch.zeros(2, 3, 4, 5).to(memory_format=torch.channels_last)
    check_op("aten::full_like.out", [*likes, Call([channels_last, value])])
    check_op("aten::fill.Scalar_out", likes)
    scalars = [Call([value], expected=torch.full([], value, dtype=dtype)) for dtype in dtypes]
    check_op("aten::scalar_tensor.out", scalars)


@pytest.mark.parametrize("op", ["ones", "zeros"])
def test_ones_and_zeros(op: str) -> None:
    make = getattr(torch, op)
    calls = [
        Call([size], expected=make(size, dtype=dtype), dynamic=dynamic)
        for dtype in [*REAL_AND_BOOL, *UINTS]
        for size in SIZES
        for dynamic in (False, True)
    ]
    check_op(f"aten::{op}.out", calls)


def test_fill_with_a_tensor() -> None:
    calls = [
        Call([torch.zeros(2, 3, dtype=dtype), torch.tensor(value)])
        for dtype in REAL_AND_BOOL
        for value in (1, 0, 2.5, True)
    ]
    check_op("aten::fill.Tensor_out", calls)


def test_arange() -> None:
    calls = []
    for dtype in [*FLOATS, *INTS]:
        ends = [0, 1, 7, 100] if dtype.itemsize > 1 else [0, 1, 7]
        calls += [Call([end], expected=torch.arange(end, dtype=dtype)) for end in ends]
        if dtype.is_floating_point:
            calls.append(Call([2.5], expected=torch.arange(2.5, dtype=dtype)))
    check_op("aten::arange.out", calls)
    ranges: list[list[Any]] = [[0, 10, 3], [1, 2, 0.25], [5, -5, -2], [0.5, 3.5, 1], [3, 3, 1]]
    starts = [
        Call(r, expected=torch.arange(*r, dtype=dtype), dynamic=dynamic)
        for dtype in [*FLOATS, torch.int32, torch.int64]
        for r in ranges
        for dynamic in (False, True)
        if dtype.is_floating_point or all(isinstance(x, int) for x in r)
    ]
    large = [2**53 + 1, 2**53 + 4, 1]
    check_op("aten::arange.start_out", [*starts, Call(large, expected=torch.arange(*large))])


def test_empty() -> None:
    # What an empty tensor holds is not defined, its shape is.
    call = Call([[0, 3]], expected=torch.empty(0, 3))
    check_op("aten::empty.out", [call])
    check_refused("aten::empty.out", Call([[3, 3]]), [Out(torch.empty(2, 3))], "static tensor")


@pytest.mark.parametrize(
    ("op", "args", "out", "match"),
    [
        ("full.out", [[2, -1], 1], torch.empty(2, 3), "out of range"),
        ("full.out", [[2, 2], 1], torch.empty(2, 3), "static tensor"),
        ("arange.start_out", [0, 5, -1], torch.empty(5), "No range leads from"),
        ("arange.start_out", [0, 5, 0], torch.empty(5), "No range leads from"),
        ("arange.start_out", [0, float("inf"), 1], torch.empty(5), "No range leads from"),
        ("fill.Tensor_out", [torch.ones(2), torch.ones(2)], torch.empty(2), "has rank 1"),
        ("fill.Scalar_out", [torch.ones(2), 1], torch.empty(2, dtype=torch.int32), "Int"),
    ],
)
def test_wrong_arguments(op: str, args: list[Any], out: torch.Tensor, match: str) -> None:
    check_refused(f"aten::{op}", Call(args), [out], match)


def test_a_dynamic_out_has_the_shape_that_is_asked_for() -> None:
    x = make_tensor(2, 3)
    check_op("aten::fill.Scalar_out", [Call([x, 1], dynamic=True)])
    check_refused("aten::fill.Scalar_out", Call([x, 1]), [Out(x[:1], [1, 3])], "upper bound")
