# SPDX-License-Identifier: BSD-3-Clause
"""max_pool2d_with_indices_backward."""

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))
from check_op import FLOATS, Call, check_op, check_refused, layouts, make_tensor

OP = "aten::max_pool2d_with_indices_backward.grad_input"
# kernel_size, stride, padding, dilation, ceil_mode
WINDOWS = [
    ([3, 3], [2, 2], [1, 1], [1, 1], False),
    ([2, 2], [], [0, 0], [1, 1], True),
    ([3, 2], [1, 2], [1, 0], [2, 1], False),
]


@pytest.mark.parametrize("dtype", FLOATS)
def test_gradients(dtype: torch.dtype) -> None:
    calls = []
    for shape in [(2, 3, 9, 11), (3, 8, 7)]:
        for x in layouts(make_tensor(*shape, dtype=dtype)):
            for window in WINDOWS:
                out, indices = torch.ops.aten.max_pool2d_with_indices(x.double(), *window)
                gradient = torch.randn(out.shape).to(dtype)
                expected = torch.ops.aten.max_pool2d_with_indices_backward(
                    gradient.double(), x.double(), *window, indices
                )
                args = [gradient, x, *window, indices]
                calls.append(Call(args, expected=expected.to(dtype)))
    # The gradients of overlapping windows are added up in 16 bits.
    limits = {"rtol": 3e-2, "atol": 3e-2} if dtype.itemsize == 2 else {}
    check_op(OP, calls, **limits)


def test_refused() -> None:
    x, gradient = torch.zeros(1, 1, 4, 4), torch.zeros(1, 1, 2, 2)
    window = ([2, 2], [2, 2], [0, 0], [1, 1], False)
    for index in (-1, 16):
        indices = torch.full((1, 1, 2, 2), index)
        check_refused(OP, Call([gradient, x, *window, indices]), [x], "outside")
    check_refused(
        OP,
        Call([torch.zeros(1, 1, 3, 3), x, *window, torch.zeros(1, 1, 3, 3).long()]),
        [x],
        "static",
    )
