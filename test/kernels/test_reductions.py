# SPDX-License-Identifier: BSD-3-Clause
"""Reductions: sum, mean, var, prod, any, amax, amin, max, min, argmax, argmin."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))
from check_op import (
    FLOATS,
    INTS,
    REAL_AND_BOOL,
    Call,
    check_op,
    check_refused,
    layouts,
    make_tensor,
)

SHAPES = [(), (1,), (300,), (3, 4), (4, 1, 3), (2, 3, 5, 7), (3, 150, 140)]
NAN, INF = float("nan"), float("inf")


def tensors(dtype: torch.dtype) -> Iterator[torch.Tensor]:
    for shape in SHAPES:
        yield from layouts(make_tensor(*shape, dtype=dtype, low=-3, high=4))


def dims(tensor: torch.Tensor) -> list[int]:
    return list(range(-tensor.dim(), tensor.dim())) or [-1, 0]


def dim_lists(tensor: torch.Tensor) -> list[list[int]]:
    pairs = [[0, 1], [-1, 0]] if tensor.dim() > 1 else []
    return [[], *([d] for d in dims(tensor)), *pairs, *([[0, 2, 3]] if tensor.dim() > 3 else [])]


def tolerance(dtype: torch.dtype) -> dict[str, float]:
    # 16-bit results are rounded once here, torch may round sums in between.
    return {"rtol": 2e-2, "atol": 2e-2} if dtype.itemsize == 2 and dtype.is_floating_point else {}


def over_dim_lists(dtype: torch.dtype, **kwargs: Any) -> Iterator[Call]:
    for tensor in tensors(dtype):
        for dim in dim_lists(tensor):
            for keepdim in (False, True):
                yield Call([tensor, dim, keepdim], kwargs, dynamic=keepdim)


def over_dims(dtype: torch.dtype) -> Iterator[Call]:
    for tensor in tensors(dtype):
        for dim in dims(tensor):
            yield Call([tensor, dim, dim % 2 == 0], dynamic=dim > 0)


@pytest.mark.parametrize("dtype", REAL_AND_BOOL)
def test_sum(dtype: torch.dtype) -> None:
    check_op("aten::sum.IntList_out", over_dim_lists(dtype), **tolerance(dtype))


@pytest.mark.parametrize("dtype", FLOATS)
def test_mean(dtype: torch.dtype) -> None:
    check_op("aten::mean.out", over_dim_lists(dtype), **tolerance(dtype))
    check_op("aten::mean.dtype_out", (Call([t]) for t in tensors(dtype)), **tolerance(dtype))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.filterwarnings("ignore:.*degrees of freedom")
def test_var(dtype: torch.dtype) -> None:
    calls = [
        Call([t, dim], {"correction": c, "keepdim": c == 0}, dynamic=c == 0)
        for t in tensors(dtype)
        for dim in [None, *dim_lists(t)]
        for c in (None, 0, 0.5, 2)
    ]
    limits = {"rtol": 1e-4, "atol": 1e-5} if dtype == torch.float32 else tolerance(dtype)
    check_op("aten::var.correction_out", calls, **limits)
    check_op("aten::var_mean.correction_out", calls, **limits)
    check_op(
        "aten::var.out",
        [Call([t, dim, False, True]) for t in tensors(dtype) for dim in dim_lists(t)],
        **limits,
    )


@pytest.mark.parametrize("dtype", REAL_AND_BOOL)
def test_prod(dtype: torch.dtype) -> None:
    small = [make_tensor(*s, dtype=dtype, low=1, high=3) for s in SHAPES[:-1] if s != (300,)]
    calls = [Call([t, d, True]) for s in small for t in layouts(s) for d in dims(t)]
    check_op("aten::prod.int_out", calls, **tolerance(dtype))


@pytest.mark.parametrize("dtype", REAL_AND_BOOL)
def test_any(dtype: torch.dtype) -> None:
    check_op("aten::any.dims_out", over_dim_lists(dtype))
    check_op("aten::any.out", over_dims(dtype))
    check_op("aten::any.all_out", (Call([t]) for t in tensors(dtype)))


@pytest.mark.parametrize("dtype", REAL_AND_BOOL)
@pytest.mark.parametrize("name", ["max", "min"])
def test_extrema(name: str, dtype: torch.dtype) -> None:
    check_op(f"aten::a{name}.out", over_dim_lists(dtype))
    check_op(f"aten::{name}.unary_out", (Call([t]) for t in tensors(dtype)))


@pytest.mark.parametrize("dtype", [*FLOATS, *INTS])
@pytest.mark.parametrize("name", ["max", "min"])
def test_positions_of_extrema(name: str, dtype: torch.dtype) -> None:
    value, position = getattr(torch, f"a{name}"), getattr(torch, f"arg{name}")
    # torch takes any of several equal elements in max and min, and the first in argmax and argmin.
    check_op(
        f"aten::{name}.dim_{name}",
        [
            Call(call.args, expected=(value(*call.args), position(*call.args)))
            for call in over_dims(dtype)
        ],
    )
    check_op(f"aten::arg{name}.out", over_dims(dtype))
    check_op(f"aten::arg{name}.out", (Call([t]) for t in tensors(dtype)))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    "op", ["amax.out", "amin.out", "argmax.out", "argmin.out", "sum.IntList_out"]
)
def test_nan_and_infinity(op: str, dtype: torch.dtype) -> None:
    tensor = torch.tensor([[1, NAN, 3], [INF, -INF, 2], [NAN, 5, NAN]], dtype=dtype)
    as_dim = [lambda d: [d], lambda d: d]["arg" in op]
    check_op(f"aten::{op}", [Call([tensor, as_dim(dim)]) for dim in (0, 1)])


def test_dtype_argument() -> None:
    floats, ints = make_tensor(3, 4) * 3, make_tensor(3, 4, dtype=torch.int32)
    check_op("aten::sum.IntList_out", [Call([floats, [1]], {"dtype": torch.int64})])
    check_op("aten::sum.IntList_out", [Call([ints, [1]], {"dtype": torch.float32})])
    check_op("aten::mean.out", [Call([ints, [1], True], {"dtype": torch.float32})])
    check_op("aten::prod.out", [Call([ints], {"dtype": torch.float64})])


def test_no_elements() -> None:
    empty = torch.zeros(0, 3)
    for op in ("sum.IntList_out", "mean.out"):
        check_op(f"aten::{op}", [Call([empty, [dim]]) for dim in (0, 1)])
    check_op("aten::prod.out", [Call([empty])])
    check_op("aten::amax.out", [Call([empty, [1]])])
    check_op("aten::argmax.out", [Call([empty, 1])])
    check_refused("aten::amax.out", Call([empty, [0]]), [torch.zeros(3)], "no elements")
    check_refused("aten::argmin.out", Call([empty, 0]), [torch.zeros(3).long()], "no elements")


def test_refused() -> None:
    tensor = torch.zeros(3, 4)
    for dim, out, sentence in [
        ([2], torch.zeros(3), "dimension 2"),
        ([1, 1], torch.zeros(3), "twice"),
        ([1], torch.zeros(4), "static"),
    ]:
        check_refused("aten::sum.IntList_out", Call([tensor, dim]), [out], sentence)
    check_refused("aten::mean.out", Call([tensor.int(), [1]]), [torch.zeros(3)], "floating-point")
