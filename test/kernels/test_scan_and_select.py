# SPDX-License-Identifier: BSD-3-Clause
"""cumsum, topk and the distances between rows."""

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
def test_cumsum(dtype: torch.dtype) -> None:
    calls = [
        Call([x, dim], dynamic=dim < 0)
        for shape in SHAPES
        for x in layouts(make_tensor(*shape, dtype=dtype))
        for dim in range(-max(x.dim(), 1), max(x.dim(), 1))
    ]
    tolerance = {torch.float16: 2e-2, torch.bfloat16: 5e-2}.get(dtype, 1e-5)
    check_op("aten::cumsum.out", calls, rtol=tolerance, atol=tolerance)


def test_cumsum_into_another_type() -> None:
    x = make_tensor(3, 200, dtype=torch.int32)
    check_op(
        "aten::cumsum.out",
        [Call([x, 1], {"dtype": dtype}) for dtype in (torch.float64, torch.int64, torch.uint8)],
    )


def test_cumsum_wraps_around() -> None:
    check_op("aten::cumsum.out", [Call([torch.full((3,), 2**63 - 1), 0])])


@pytest.mark.parametrize("dtype", [*FLOATS, *INTS])
def test_topk(dtype: torch.dtype) -> None:
    calls = []
    for shape in [(12,), (5, 12), (12, 5), (3, 4, 9), (), (2, 100)]:
        count = int(torch.tensor(shape).prod())
        # Distinct numbers: among equal ones, torch's choice is its own.
        numbers = torch.randperm(count)[: count if dtype != torch.int8 else 128]
        if len(numbers) < count:
            continue
        for x in layouts(numbers.reshape(shape).to(dtype)):
            for dim in range(-max(x.dim(), 1), max(x.dim(), 1)):
                size = x.shape[dim] if x.dim() else 1
                for k in sorted({0, 1, min(3, size), size}):
                    calls += [Call([x, k, dim, largest, True]) for largest in (True, False)]
    check_op("aten::topk.values", calls)


def test_topk_ranks_nan_highest_and_equal_numbers_by_index() -> None:
    x = torch.tensor([1, float("nan"), 3, float("inf"), -2])
    calls = [Call([x, k, 0, largest, True]) for k in (1, 2, 5) for largest in (True, False)]
    check_op("aten::topk.values", calls)
    same = torch.ones(10)
    expected = [torch.ones(4), torch.arange(4)]
    check_op("aten::topk.values", [Call([same, 4, 0, True, True], expected=expected)])


@pytest.mark.parametrize("p", [0.0, 0.5, 1.0, 2.0, 3.0, float("inf")])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_distances(dtype: torch.dtype, p: float) -> None:
    def rows(*shape: int) -> torch.Tensor:
        return make_tensor(*shape, dtype=dtype)

    pairs = [
        (rows(4, 5), rows(6, 5)),
        (rows(2, 1, 4, 5), rows(3, 6, 5)),
        (rows(4, 0), rows(6, 0)),
        (rows(0, 5), rows(6, 5)),
    ]
    check_op(
        "aten::_cdist_forward.out",
        [
            Call([a, b, p, None], expected=torch.cdist(a, b, p))
            for x, y in pairs
            for a in layouts(x)
            for b in layouts(y)
        ],
        rtol=1e-4,
        atol=1e-4,
    )
    points = rows(6, 5)
    check_op(
        "aten::_pdist_forward.out",
        [Call([x, p], expected=torch.pdist(points, p)) for x in layouts(points)],
    )


def test_refused() -> None:
    x, indices = torch.zeros(2, 3), torch.zeros(2, 3, dtype=torch.int64)
    check_refused("aten::cumsum.out", Call([x, 2]), [x], "dimension 2")
    check_refused("aten::cumsum.out", Call([x, 0], {"dtype": torch.int64}), [x], "dtype is Long")
    check_refused("aten::topk.values", Call([x, 4, 1]), [x, indices], "k is 4")
    check_refused("aten::topk.values", Call([x, -1, 1]), [x, indices], "k is -1")
    check_refused("aten::topk.values", Call([x, 2, 1]), [x, x], "Long")
    check_refused("aten::_cdist_forward.out", Call([x, x, -1.0, None]), [x], "p is -1")
    check_refused(
        "aten::_cdist_forward.out", Call([x, torch.zeros(2, 4), 2.0, None]), [x], "3 elements"
    )
