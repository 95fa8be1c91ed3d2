# SPDX-License-Identifier: BSD-3-Clause
"""Batch, layer and group normalization."""

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))
from check_op import FLOATS, Call, check_op, check_refused, layouts, make_tensor

NO_TRAINING = "aten::_native_batch_norm_legit_no_training.out"
NO_STATS = "aten::_native_batch_norm_legit.no_stats_out"
TOLERANCE = {
    torch.float32: (1e-5, 1e-5),
    torch.float64: (1e-9, 1e-9),
    torch.float16: (1e-2, 1e-2),
    torch.bfloat16: (5e-2, 5e-2),
}
IMAGES = [(2, 3, 5, 7), (1, 130, 4, 4), (3, 4), (2, 3, 9), (2, 3, 2, 3, 2), (0, 3, 2, 2)]


def parameters(count: int, dtype: torch.dtype) -> list[list[torch.Tensor | None]]:
    weight, bias = make_tensor(count, dtype=dtype), make_tensor(count, dtype=dtype)
    return [[weight, bias], [weight, None], [None, None]]


@pytest.mark.parametrize("dtype", FLOATS)
def test_batch_norm_by_running_statistics(dtype: torch.dtype) -> None:
    calls = [
        Call([x, *affine, make_tensor(shape[1], dtype=dtype), variance, 0.1, 1e-3])
        for shape in IMAGES
        for x in layouts(make_tensor(*shape, dtype=dtype))
        for affine in parameters(shape[1], dtype)
        for variance in [make_tensor(shape[1], dtype=dtype, low=0.5, high=2)]
    ]
    rtol, atol = TOLERANCE[dtype]
    check_op(NO_TRAINING, calls, rtol, atol)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_batch_norm_by_the_batch(dtype: torch.dtype) -> None:
    calls = [
        Call([x, *affine, True, 0.1, 1e-3])
        for shape in IMAGES[:-1]
        for x in layouts(make_tensor(*shape, dtype=dtype))
        for affine in parameters(shape[1], dtype)
    ]
    rtol, atol = TOLERANCE[dtype]
    check_op(NO_STATS, calls, rtol, atol)


def test_batch_norm_moves_the_running_statistics() -> None:
    x, mean, variance = make_tensor(4, 3, 5), make_tensor(3), make_tensor(3, low=1, high=2)
    op = "aten::_native_batch_norm_legit.out"
    for training in (True, False):
        arguments = [x, None, None, mean.clone(), variance.clone(), training, 0.1, 1e-5]
        expected = torch.ops.aten._native_batch_norm_legit(
            x, None, None, mean.clone(), variance.clone(), training, 0.1, 1e-5
        )
        check_op(op, [Call(arguments, expected=expected)])


@pytest.mark.parametrize("dtype", FLOATS)
def test_layer_norm(dtype: torch.dtype) -> None:
    calls = []
    for shape in [(2, 3, 5, 7), (4, 300), (6,), (2, 0, 3), (0, 3)]:
        for kept in range(1, len(shape) + 1):
            normalized = list(shape[-kept:])
            for x in layouts(make_tensor(*shape, dtype=dtype)):
                weight = make_tensor(*normalized, dtype=dtype)
                for affine in [(weight, make_tensor(*normalized, dtype=dtype)), (None, None)]:
                    if 0 not in normalized:  # torch leaves moments of nothing undefined
                        # torch's own kernel copies other layouts: the values are those of a
                        # contiguous input.
                        expected = torch.ops.aten.native_layer_norm(
                            x.contiguous(), normalized, *affine, 1e-3
                        )
                        calls.append(
                            Call([x, normalized, *affine, 1e-3], expected=expected, dynamic=True)
                        )
    rtol, atol = TOLERANCE[dtype]
    check_op("aten::native_layer_norm.out", calls, rtol, atol)


def test_layer_norm_of_numbers_far_from_zero() -> None:
    x = make_tensor(4, 513, low=0, high=1) + 10000
    expected = [
        t.float() for t in torch.ops.aten.native_layer_norm(x.double(), [513], None, None, 1e-5)
    ]
    check_op(
        "aten::native_layer_norm.out",
        [Call([x, [513], None, None, 1e-5], expected=expected)],
        rtol=0,
        atol=5e-3,  # The mean itself is rounded to 5e-4.
    )


@pytest.mark.parametrize("dtype", FLOATS)
def test_group_norm(dtype: torch.dtype) -> None:
    calls = []
    for shape in [(2, 6, 5, 7), (1, 4, 300), (3, 6)]:
        pixels = int(torch.tensor(shape[2:]).prod())
        for x in layouts(make_tensor(*shape, dtype=dtype)):
            for affine in parameters(shape[1], dtype):
                for group in (1, 2, shape[1]):
                    rest = [shape[0], shape[1], pixels, group, 1e-3]
                    expected = torch.ops.aten.native_group_norm(x.contiguous(), *affine, *rest)
                    calls.append(Call([x, *affine, *rest], expected=expected))
    rtol, atol = TOLERANCE[dtype]
    # A group of one element cancels: (x - mean) / sqrt(eps).
    check_op("aten::native_group_norm.out", calls, rtol, max(atol, 1e-4))


def test_refused() -> None:
    x, three = torch.zeros(2, 3, 4), torch.zeros(3)
    outs = [x, torch.zeros(0), torch.zeros(0)]
    wrong = torch.zeros(4)
    check_refused(
        NO_TRAINING, Call([x, wrong, None, three, three, 0.1, 1e-5]), outs, "weight has 4 elements"
    )
    check_refused(
        NO_TRAINING, Call([x.int(), None, None, three, three, 0.1, 1e-5]), outs, "floating-point"
    )
    stats = torch.zeros(2, 3, 1)
    check_refused(
        "aten::native_layer_norm.out",
        Call([x, [5], None, None, 1e-5]),
        [x, stats, stats],
        "normalized_shape",
    )
    check_refused(
        "aten::native_group_norm.out",
        Call([x, None, None, 2, 3, 4, 2, 1e-5]),
        [x, torch.zeros(2, 2), torch.zeros(2, 2)],
        "group=2",
    )
