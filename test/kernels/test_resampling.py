# SPDX-License-Identifier: BSD-3-Clause
"""Resizing images and sampling them at a grid of points."""

import itertools
import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))
from check_op import FLOATS, Call, check_op, check_refused, layouts, make_tensor

NEAREST = "aten::upsample_nearest2d.vec_out"
BILINEAR = "aten::upsample_bilinear2d.vec_out"
GRID_SAMPLER = "aten::grid_sampler_2d.out"
SIZES = [[10, 14], [3, 4], [1, 1], [5, 7], [11, 9]]
SCALES = [[2.0, 2.0], [0.5, 0.7], [1.3, 2.6]]
TARGETS = [(size, None) for size in SIZES] + [(None, scale) for scale in SCALES]


@pytest.mark.parametrize("dtype", [*FLOATS, torch.uint8])
def test_nearest(dtype: torch.dtype) -> None:
    nearest = torch.ops.aten.upsample_nearest2d.vec
    check_op(
        NEAREST,
        [
            Call([image, *target], expected=nearest(image, *target), dynamic=True)
            for image in layouts(make_tensor(2, 3, 5, 7, dtype=dtype))
            for target in TARGETS
        ],
    )


@pytest.mark.parametrize("dtype", FLOATS)
def test_bilinear(dtype: torch.dtype) -> None:
    bilinear = torch.ops.aten.upsample_bilinear2d.vec
    calls = []
    for image in layouts(make_tensor(2, 3, 5, 7, dtype=dtype)):
        for (size, scale), align_corners in itertools.product(TARGETS, (False, True)):
            arguments = [size, align_corners, scale]
            calls.append(Call([image, *arguments], expected=bilinear(image, *arguments)))
    tolerance = {torch.float16: 1e-2, torch.bfloat16: 5e-2}.get(dtype, 1e-5)
    check_op(BILINEAR, calls, rtol=tolerance, atol=tolerance)


def test_bilinear_of_bytes_is_within_one() -> None:
    image = make_tensor(1, 3, 16, 16, dtype=torch.uint8, low=0, high=256)
    bilinear = torch.ops.aten.upsample_bilinear2d.vec
    check_op(
        BILINEAR,
        [
            Call([image, size, False, None], expected=bilinear(image, size, False, None))
            for size in ([32, 32], [20, 9])
        ],
        rtol=0,
        atol=1,
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_grid_sampler(dtype: torch.dtype) -> None:
    grid = make_tensor(2, 4, 6, 2, dtype=dtype, low=-1.4, high=1.4)
    calls = [
        Call([image, points, *modes])
        for image in layouts(make_tensor(2, 3, 5, 7, dtype=dtype))
        for points in layouts(grid)
        for modes in itertools.product((0, 1, 2), (0, 1, 2), (False, True))
    ]
    check_op(GRID_SAMPLER, calls, rtol=1e-4, atol=1e-4)


def test_grid_sampler_far_outside() -> None:
    image = make_tensor(1, 1, 4, 4)
    points = torch.tensor([1e30, -1e30, float("inf"), float("-inf"), 7.5, -7.5]).reshape(1, 1, 3, 2)
    check_op(GRID_SAMPLER, [Call([image, points, mode, 0, False]) for mode in (0, 1)])


def test_refused() -> None:
    image = torch.zeros(1, 1, 4, 4)
    check_refused(NEAREST, Call([image, None, None]), [image], "exactly one")
    check_refused(NEAREST, Call([image, [4], None]), [image], "output_size has 1 entries")
    check_refused(NEAREST, Call([image, [0, 4], None]), [image], "not positive")
    check_refused(BILINEAR, Call([image[0], [4, 4], False, None]), [image], "rank")
    grid = torch.zeros(1, 2, 2, 2)
    check_refused(GRID_SAMPLER, Call([image, grid, 3, 0, False]), [image], "interpolation mode 3")
    check_refused(GRID_SAMPLER, Call([image, grid, 0, 3, False]), [image], "padding mode 3")
    check_refused(
        GRID_SAMPLER, Call([image, torch.zeros(1, 2, 2, 3), 0, 0, False]), [image], "expected 2"
    )
