# SPDX-License-Identifier: BSD-3-Clause
"""_upsample_bilinear2d_aa."""

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))
from check_op import FLOATS, Call, check_op, check_refused, layouts, make_tensor

OP = "aten::_upsample_bilinear2d_aa.out"
# Smaller, larger, the same, and windows longer than a block of elements.
SHAPES = [
    ((1, 2, 9, 11), [4, 5]),
    ((2, 3, 5, 7), [11, 13]),
    ((1, 2, 4, 5), [4, 5]),
    ((1, 1, 64, 300), [3, 2]),
]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("align_corners", [False, True])
def test_resize(align_corners: bool, dtype: torch.dtype) -> None:
    wide = torch.float64 if dtype == torch.float64 else torch.float32
    calls = []
    for shape, size in SHAPES:
        for x in layouts(make_tensor(*shape, dtype=dtype)):
            for scales in [(None, None), (size[0] / shape[2], size[1] / shape[3])]:
                args = [x, size, align_corners, *scales]
                expected = torch.ops.aten._upsample_bilinear2d_aa(
                    x.to(wide).contiguous(), *args[1:]
                )
                calls.append(Call(args, expected=expected.to(dtype)))
    limits = {"rtol": 1e-4, "atol": 1e-5} if dtype == torch.float32 else {}
    check_op(OP, calls, **limits)


def test_refused() -> None:
    x, out = torch.zeros(1, 1, 4, 4), torch.zeros(1, 1, 2, 2)
    check_refused(OP, Call([x, [0, 2], False]), [out], "not positive")
    check_refused(OP, Call([x.int(), [2, 2], False]), [out.int()], "floating-point")
