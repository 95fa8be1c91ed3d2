# SPDX-License-Identifier: BSD-3-Clause
"""Operators that sort, rank and search."""

import sys
from pathlib import Path

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

SHAPES = [(), (1,), (7,), (3, 300), (300, 3), (2, 3, 5, 7), (0, 3), (3, 0)]


@pytest.mark.parametrize("dtype", REAL_AND_BOOL)
def test_sort(dtype: torch.dtype) -> None:
    calls = [
        Call(
            [x, dim, descending],
            expected=torch.sort(x, stable=True, dim=dim, descending=descending),
        )
        for shape in SHAPES
        for x in layouts(make_tensor(*shape, dtype=dtype))
        for dim in range(-max(x.dim(), 1), max(x.dim(), 1))
        for descending in (False, True)
    ]
    check_op("aten::sort.values", calls)
    stable = [
        Call([c.args[0]], {"stable": True, "dim": c.args[1], "descending": c.args[2]}, c.expected)
        for c in calls
    ]
    check_op("aten::sort.values_stable", stable[:: 1 + len(stable) // 20])


def test_sort_puts_nan_last() -> None:
    x = torch.tensor([1, float("nan"), 3, float("-inf"), -2, float("nan"), 3])
    calls = [
        Call([x, 0, d], expected=torch.sort(x, stable=True, descending=d)) for d in (False, True)
    ]
    check_op("aten::sort.values", calls)


def distinct(shape: tuple[int, ...], dtype: torch.dtype) -> torch.Tensor:
    count = int(torch.tensor(shape).prod())
    return torch.randperm(count).reshape(shape).to(dtype)


@pytest.mark.parametrize("dtype", [*FLOATS, *INTS])
def test_order_statistics(dtype: torch.dtype) -> None:
    kth, median, nanmedian = [], [], []
    for shape in [(), (1,), (11,), (4, 6), (2, 3, 5)]:
        for x in layouts(distinct(shape, dtype)):
            for dim in range(-max(x.dim(), 1), max(x.dim(), 1)):
                size = x.shape[dim] if x.dim() else 1
                for keepdim in (False, True):
                    kth += [Call([x, k, dim, keepdim]) for k in {1, size}]
                    median.append(Call([x, dim, keepdim]))
            nanmedian.append(Call([x]))
    check_op("aten::kthvalue.values", kth)
    check_op("aten::median.dim_values", median)
    check_op("aten::nanmedian.dim_values", median)
    check_op("aten::median.out", nanmedian)
    check_op("aten::nanmedian.out", nanmedian)


def test_median_of_nan() -> None:
    nan = float("nan")
    x = torch.tensor([[1.0, nan, 3, 2], [nan, nan, nan, nan], [4, 3, 2, 1]])
    check_op("aten::median.dim_values", [Call([x, 1])])
    # Which NaN torch points at where there is nothing else is its own choice.
    check_op("aten::nanmedian.dim_values", [Call([x[::2], 1])])
    check_op("aten::median.out", [Call([x]), Call([torch.empty(0)])])
    check_op("aten::nanmedian.out", [Call([x]), Call([torch.empty(0)])])


@pytest.mark.parametrize("dtype", [torch.float32, torch.int64, torch.bool, torch.uint8])
def test_mode(dtype: torch.dtype) -> None:
    x = torch.randint(0, 3, (5, 9)).to(dtype)
    for dim in (0, 1, -1):
        # Which of equal elements torch points at is its own choice: only the values are compared.
        values = x.mode(dim).values
        same = x == values.unsqueeze(dim)
        last = same.int() * torch.arange(1, x.shape[dim] + 1).view([-1, 1] if dim == 0 else [1, -1])
        check_op("aten::mode.values", [Call([x, dim], expected=(values, last.argmax(dim)))])


@pytest.mark.parametrize("dtype", REAL_AND_BOOL)
def test_unique(dtype: torch.dtype) -> None:
    calls = []
    for x in [
        make_tensor(40, dtype=dtype),
        make_tensor(3, 5, dtype=dtype),
        make_tensor(0, dtype=dtype),
    ]:
        for inverse, counts in [(True, True), (False, False), (True, False), (False, True)]:
            values, where, count = torch.unique(x, return_inverse=True, return_counts=True)
            empty = torch.empty(0, dtype=torch.int64)
            expected = [values, where if inverse else empty, count if counts else empty]
            calls.append(Call([x, True, inverse, counts], expected=expected, dynamic=True))
    check_op("aten::_unique2.out", calls)
    runs = torch.tensor([0, 0, 1, 1, 1, 0, 1]).to(dtype)
    check_op(
        "aten::unique_consecutive.out",
        [
            Call([x], {"return_inverse": True, "return_counts": True}, dynamic=True)
            for x in (runs, runs[:6].reshape(2, 3))
        ],
    )


@pytest.mark.parametrize("dtype", [*FLOATS, *INTS])
@pytest.mark.parametrize("right", [False, True])
def test_search(dtype: torch.dtype, right: bool) -> None:
    edges = torch.tensor([1, 3, 5, 5, 7]).to(dtype)
    rows = torch.stack([edges, edges + 1])
    values = torch.arange(0, 9).to(dtype)
    calls = []
    for sequence, x in [
        (edges, values.reshape(3, 3)),
        (rows, values[:8].reshape(2, 4)),
        (edges, values[3]),
    ]:
        for int32 in (False, True):
            options = {"out_int32": int32, "right": right}
            calls.append(Call([sequence, x], options))
        side = {"side": "right" if right else "left"}
        calls.append(Call([sequence, x], side))
    shuffled, order = edges[[2, 0, 4, 1, 3]], torch.tensor([1, 3, 0, 4, 2])
    calls.append(Call([shuffled, values], {"right": right, "sorter": order}))
    check_op("aten::searchsorted.Tensor_out", calls)
    check_op(
        "aten::searchsorted.Scalar_out", [Call([edges, s], {"right": right}) for s in (0, 5, 9)]
    )
    check_op("aten::bucketize.Tensor_out", [Call([values.reshape(3, 3), edges], {"right": right})])
    check_op("aten::bucketize.Scalar_out", [Call([5, edges], {"right": right})])


def test_search_nan() -> None:
    edges = torch.tensor([1.0, 2.0, float("nan")])
    values = torch.tensor([0.5, float("nan"), float("inf")])
    check_op(
        "aten::bucketize.Tensor_out", [Call([values, edges], {"right": r}) for r in (True, False)]
    )


@pytest.mark.parametrize("dtype", INTS)
def test_bincount(dtype: torch.dtype) -> None:
    x = torch.tensor([1, 4, 1, 0, 7]).to(dtype)
    weights = torch.rand(5, dtype=torch.float64)
    calls = [Call([x], dynamic=True), Call([x, None, 12]), Call([x[:0]], dynamic=True)]
    calls += [Call([x, weights.to(d)]) for d in (torch.float64, torch.float32, torch.int32)]
    check_op("aten::bincount.out", calls)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_histc(dtype: torch.dtype) -> None:
    x = torch.tensor([0, 1, 1, 2, 3.5, 4, -1, 9]).to(dtype)
    check_op("aten::histc.out", [Call([x, 4, 0, 4]), Call([x, 5]), Call([x[:1], 3])])


@pytest.mark.parametrize("dtype", [torch.int32, torch.int64])
@pytest.mark.parametrize("name", ["tril", "triu"])
def test_triangles(name: str, dtype: torch.dtype) -> None:
    calls = [
        Call(
            [rows, columns, offset],
            expected=getattr(torch, f"{name}_indices")(rows, columns, offset, dtype=dtype),
        )
        for rows, columns in [(3, 4), (4, 2), (0, 3)]
        for offset in (-5, -1, 0, 2, 9)
    ]
    check_op(f"aten::{name}_indices.out", calls)


def test_refused() -> None:
    x, i = torch.zeros(2, 3), torch.zeros(2, 3, dtype=torch.int64)
    check_refused("aten::sort.values", Call([x, 2]), [x, i], "dimension 2")
    check_refused("aten::sort.values", Call([x]), [x, x], "Long")
    check_refused("aten::kthvalue.values", Call([x, 4, 1]), [x[:, 0], i[:, 0]], "k is 4")
    check_refused("aten::searchsorted.Tensor_out", Call([x, x[0]]), [i[0]], "one dimension")
    check_refused(
        "aten::searchsorted.Tensor_out",
        Call([x[0], x[0]], {"sorter": i[0] + 9}),
        [i[0]],
        "out of range",
    )
    check_refused("aten::bincount.out", Call([i[0] - 1]), [i[0]], "-1")
