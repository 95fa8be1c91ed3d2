# SPDX-License-Identifier: BSD-3-Clause
"""_softmax and _log_softmax."""

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))
from check_op import FLOATS, Call, check_op, check_refused, layouts, make_tensor

OPS = ["aten::_softmax.out", "aten::_log_softmax.out"]
SHAPES = [(), (1,), (5,), (3, 4), (2, 300), (300, 3), (2, 3, 5, 7), (0, 3), (3, 0)]
NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("op", OPS)
def test_along_each_dimension(op: str, dtype: torch.dtype) -> None:
    # Computed in double and rounded once: torch rounds 16-bit logarithms on the way.
    function = getattr(torch, op.split("_", 1)[1].removesuffix(".out"))
    calls = [
        Call(
            [tensor, dim, False], expected=function(tensor.double(), dim).to(dtype), dynamic=dim < 0
        )
        for shape in SHAPES
        for tensor in layouts(make_tensor(*shape, dtype=dtype, low=-8, high=8))
        for dim in range(-max(tensor.dim(), 1), max(tensor.dim(), 1))
    ]
    check_op(op, calls)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("op", OPS)
def test_nan_and_infinity(op: str, dtype: torch.dtype) -> None:
    rows = [[1, NAN, 2], [INF, 1, 2], [-INF, 1, 2], [-INF, -INF, -INF]]
    check_op(op, [Call([torch.tensor(rows, dtype=dtype), 1, False])])


@pytest.mark.parametrize("op", OPS)
def test_refused(op: str) -> None:
    tensor = torch.zeros(2, 3)
    check_refused(op, Call([tensor, 2, False]), [tensor], "dimension 2")
    check_refused(op, Call([tensor, 1, True]), [tensor], "half_to_float")
    check_refused(op, Call([tensor.int(), 1, False]), [tensor.int()], "floating-point")
