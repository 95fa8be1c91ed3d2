# SPDX-License-Identifier: BSD-3-Clause
"""UInt16, UInt32 and UInt64 in the operators for which torch has them, large values included."""

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))
from check_op import Call, check_op, check_refused

UNSIGNED = [torch.uint16, torch.uint32, torch.uint64]
TO_FLOAT = [
    "acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "erf", "erfc", "exp", "exp2",
    "expm1", "log", "log10", "log1p", "log2", "reciprocal", "rsqrt", "sigmoid", "sin", "sinh",
    "sqrt", "tan", "tanh",
]  # fmt: skip
KEPT = ["ceil", "floor", "round", "trunc", "isinf", "isnan", "signbit"]


def values(dtype: torch.dtype) -> torch.Tensor:
    largest = torch.iinfo(dtype).max
    return torch.tensor([[0, 1, 2], [3, 100, largest]], dtype=dtype)


@pytest.mark.parametrize("dtype", UNSIGNED, ids=str)
def test_unary(dtype: torch.dtype) -> None:
    x = values(dtype)
    small = torch.tensor([[0, 1, 2], [3, 4, 5]], dtype=dtype)
    for op in TO_FLOAT:
        check_op(f"aten::{op}.out", [Call([small])])
    check_op("aten::sqrt.out", [Call([x])])
    for op in KEPT:
        check_op(f"aten::{op}.out", [Call([x])])


@pytest.mark.parametrize("dtype", UNSIGNED, ids=str)
def test_binary(dtype: torch.dtype) -> None:
    x = values(dtype)
    y = torch.tensor([[5], [torch.iinfo(dtype).max]], dtype=dtype)
    zero_dim = torch.tensor(7, dtype=dtype)
    for op in ("mul.out", "div.out", "eq.Tensor_out", "ne.Tensor_out", "atan2.out"):
        check_op(f"aten::{op}", [Call([x, y]), Call([x, x]), Call([x, zero_dim])])
    for op in ("and", "or", "xor"):
        check_op(f"aten::bitwise_{op}.Tensor_out", [Call([x, y]), Call([x, x])])
        check_op(f"aten::bitwise_{op}.Scalar_out", [Call([x, 6])])
    for op in ("mul.Scalar_out", "div.Scalar_out", "eq.Scalar_out", "ne.Scalar_out"):
        check_op(f"aten::{op}", [Call([x, 3])])
    check_op("aten::add.out", [Call([x, torch.rand(2, 3)]), Call([torch.rand(2, 3), x])])
    condition = torch.tensor([[True, False, True]])
    check_op("aten::where.self_out", [Call([condition, x, y])])


@pytest.mark.parametrize("dtype", UNSIGNED, ids=str)
def test_reductions(dtype: torch.dtype) -> None:
    x = values(dtype)
    check_op("aten::sum.IntList_out", [Call([x, [0]]), Call([x, [0, 1]]), Call([x, [1], True])])
    check_op("aten::prod.out", [Call([x])])
    check_op("aten::prod.int_out", [Call([x, 1])])
    check_op("aten::any.all_out", [Call([x])])
    check_op("aten::any.out", [Call([x, 0])])
    check_op("aten::any.dims_out", [Call([x, [1]]), Call([x, []])])
    check_op("aten::cumsum.out", [Call([x, 0]), Call([x, 1])])
    check_op("aten::cumprod.out", [Call([x, 1])])


@pytest.mark.parametrize("dtype", UNSIGNED, ids=str)
def test_moves(dtype: torch.dtype) -> None:
    x = values(dtype)
    index = torch.tensor([1, 0])
    check_op("aten::cat.out", [Call([[x, x], 0])])
    check_op("aten::permute_copy.out", [Call([x, [1, 0]])])
    check_op("aten::index.Tensor_out", [Call([x, [index]]), Call([x, [None, index]])])
    check_op("aten::index_select.out", [Call([x, 1, index])])
    check_op("aten::flip.out", [Call([x, [0]])])
    check_op("aten::repeat.out", [Call([x, [2, 2]])])
    for to in (torch.float32, torch.uint32, torch.int64):
        check_op("aten::_to_copy.out", [Call([x], expected=x.to(to))])


def test_types_without_a_common_type() -> None:
    x, y = torch.ones(2, dtype=torch.uint16), torch.ones(2, dtype=torch.int64)
    match = "UInt16 and Long, have no common type"
    check_refused("aten::mul.out", Call([x, y]), [y], match)
    check_refused("aten::eq.Tensor_out", Call([x, y]), [torch.ones(2) > 0], match)


def test_order_of_uint64() -> None:
    """Computed in 64 bits with a sign, the largest would come first: it is refused instead."""
    x = values(torch.uint64)
    check_refused("aten::lt.Tensor_out", Call([x, x]), [x.bool()], "UInt64, which is not supported")
    check_refused("aten::maximum.out", Call([x, x]), [x], "UInt64, which is not supported")
    check_refused("aten::div.out_mode", Call([x, x], {"rounding_mode": "floor"}), [x], "UInt64")
