# SPDX-License-Identifier: BSD-3-Clause
"""Pooling of images."""

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))
from check_op import FLOATS, INTS, Call, check_op, check_refused, layouts, make_tensor

MAX_POOL = "aten::max_pool2d_with_indices.out"
AVG_POOL = "aten::avg_pool2d.out"
SHAPES = [(2, 3, 9, 11), (3, 8, 5), (1, 1, 1, 1), (0, 2, 6, 6)]
WINDOWS = [
    # kernel, stride, padding, dilation
    ([1, 1], [], [0], [1]),
    ([2, 2], [2, 2], [0, 0], [1, 1]),
    ([3], [2], [1], [1]),
    ([3, 2], [1, 3], [1, 0], [2, 1]),
]


def images(dtype: torch.dtype) -> list[torch.Tensor]:
    return [t for shape in SHAPES for t in layouts(make_tensor(*shape, dtype=dtype))]


def fits(image: torch.Tensor, kernel: list[int], padding: list[int], dilation: list[int]) -> bool:
    """Whether torch accepts the window."""
    twice = [list_ * (2 // len(list_)) for list_ in (kernel, padding, dilation)]
    return all(
        image.shape[image.dim() - 2 + axis] + 2 * p >= d * (k - 1) + 1
        for axis, (k, p, d) in enumerate(zip(*twice))
    )


@pytest.mark.parametrize("dtype", [*FLOATS, *INTS])
def test_max_pool(dtype: torch.dtype) -> None:
    calls = []
    for image in images(dtype):
        for kernel, stride, padding, dilation in WINDOWS:
            if not fits(image, kernel, padding, dilation):
                continue
            for ceil_mode in (False, True):
                arguments = [kernel, stride, padding, dilation, ceil_mode]
                expected = torch.ops.aten.max_pool2d_with_indices(
                    image.contiguous().float(), *arguments
                )
                calls.append(
                    Call([image, *arguments], expected=[expected[0].to(dtype), expected[1]])
                )
    check_op(MAX_POOL, calls)


def test_max_pool_keeps_nan() -> None:
    image = make_tensor(1, 2, 4, 4)
    image[0, 0, 1, 1] = float("nan")
    image[0, 1] = float("-inf")
    check_op(MAX_POOL, [Call([image, [2, 2], [1, 1], [0, 0], [1, 1], False], dynamic=True)])


@pytest.mark.parametrize("dtype", [*FLOATS, torch.int64])
def test_avg_pool(dtype: torch.dtype) -> None:
    calls = []
    for image in images(dtype):
        for kernel, stride, padding, dilation in WINDOWS:
            if dilation != [2, 1] and fits(image, kernel, padding, dilation):
                for ceil_mode in (False, True):
                    for options in [(True, None), (False, None), (True, 3)]:
                        calls.append(Call([image, kernel, stride, padding, ceil_mode, *options]))
    check_op(AVG_POOL, calls)


@pytest.mark.parametrize("dtype", FLOATS)
def test_adaptive_avg_pool(dtype: torch.dtype) -> None:
    calls = [
        Call([image, size])
        for image in images(dtype)
        for size in ([1, 1], [2, 3], [8, 5], [12, 13])
    ]
    check_op("aten::_adaptive_avg_pool2d.out", calls)


def test_refused() -> None:
    image = torch.zeros(1, 1, 4, 4)
    for arguments, match in [
        ([[2, 2], [2, 2], [2, 2], [1, 1], False], "padding 2"),
        ([[5, 5], [1, 1], [0, 0], [1, 1], False], "larger than the padded input"),
        ([[2, 2, 2], [], [0], [1], False], "3"),
        ([[2, 2], [0, 1], [0], [1], False], "stride 0"),
        ([[0, 2], [1, 1], [0], [1], False], "kernel size 0"),
    ]:
        check_refused(MAX_POOL, Call([image, *arguments]), [image, image.long()], match)
    check_refused(
        AVG_POOL,
        Call([image, [2, 2], [2, 2], [0, 0], False, True, 0]),
        [image],
        "divisor_override is 0",
    )
    check_refused(AVG_POOL, Call([image[0, 0], [2, 2]]), [image], "rank 2")
    check_refused(
        "aten::_adaptive_avg_pool2d.out", Call([image, [2]]), [image], "output_size has 1 entries"
    )
