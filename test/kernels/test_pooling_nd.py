# SPDX-License-Identifier: BSD-3-Clause
"""Pooling over one and three dimensions, adaptive pooling, and gradients of pooling."""

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))
from check_op import FLOATS, INTS, Call, check_op, check_refused, layouts, make_tensor

aten = torch.ops.aten
VOLUMES = [(2, 3, 5, 6, 7), (3, 4, 5, 6), (0, 2, 4, 4, 4), (1, 1, 1, 1, 1)]
WINDOWS = [
    # kernel, stride, padding, dilation
    ([1], [], [0], [1]),
    ([2, 2, 2], [2, 2, 2], [0, 0, 0], [1, 1, 1]),
    ([3], [2], [1], [1]),
    ([2, 3, 2], [1, 3, 2], [1, 0, 1], [1, 2, 1]),
]


def volumes(dtype: torch.dtype) -> list[torch.Tensor]:
    return [t for shape in VOLUMES for t in layouts(make_tensor(*shape, dtype=dtype))]


def fits(image: torch.Tensor, spatial: int, kernel: list, padding: list, dilation: list) -> bool:
    full = [list_ * (spatial // len(list_)) for list_ in (kernel, padding, dilation)]
    return all(
        image.shape[image.dim() - spatial + axis] + 2 * p >= d * (k - 1) + 1
        for axis, (k, p, d) in enumerate(zip(*full))
    )


def exact_type(dtype: torch.dtype) -> torch.dtype:
    return torch.float64 if dtype == torch.float64 else torch.float32


def floats(result: tuple[torch.Tensor, torch.Tensor], dtype: torch.dtype) -> list[torch.Tensor]:
    return [result[0].to(dtype), result[1]]


@pytest.mark.parametrize("dtype", [*FLOATS, *INTS])
def test_max_pool3d(dtype: torch.dtype) -> None:
    calls = []
    for x in volumes(dtype):
        for kernel, stride, padding, dilation in WINDOWS:
            if fits(x, 3, kernel, padding, dilation):
                for ceil_mode in (False, True):
                    arguments = [kernel, stride, padding, dilation, ceil_mode]
                    expected = aten.max_pool3d_with_indices(x.contiguous().float(), *arguments)
                    calls.append(Call([x, *arguments], expected=floats(expected, dtype)))
    check_op("aten::max_pool3d_with_indices.out", calls)


def test_max_pool3d_keeps_nan() -> None:
    x = make_tensor(1, 2, 4, 4, 4)
    x[0, 0, 1, 1, 2] = float("nan")
    x[0, 1] = float("-inf")
    check_op("aten::max_pool3d_with_indices.out", [Call([x, [2], [1], [0], [1]], dynamic=True)])


@pytest.mark.parametrize("dtype", FLOATS)
def test_avg_pool3d(dtype: torch.dtype) -> None:
    calls = []
    for x in volumes(dtype):
        for kernel, stride, padding, _ in WINDOWS:
            # torch refuses small inputs, even if they are padded.
            if fits(x, 3, kernel, [0], [1]):
                for ceil_mode in (False, True):
                    for options in [(True, None), (False, None), (True, 3)]:
                        arguments = [kernel, stride, padding, ceil_mode, *options]
                        exact = x.contiguous().to(exact_type(dtype))
                        expected = aten.avg_pool3d(exact, *arguments).to(dtype)
                        calls.append(Call([x, *arguments], expected=expected))
    tolerance = {torch.float16: 5e-3, torch.bfloat16: 3e-2}.get(dtype)
    check_op("aten::avg_pool3d.out", calls, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dtype", FLOATS)
def test_pool1d(dtype: torch.dtype) -> None:
    rows = [t for shape in [(2, 3, 9), (3, 8)] for t in layouts(make_tensor(*shape, dtype=dtype))]
    calls = [
        Call([x, [k], [s], [p], ceil_mode, include])
        for x in rows
        for k, s, p in [(1, 1, 0), (3, 2, 1), (4, 3, 2)]
        for ceil_mode in (False, True)
        for include in (False, True)
    ]
    tolerance = {torch.float16: 5e-3, torch.bfloat16: 3e-2}.get(dtype)
    check_op("aten::avg_pool1d.out", calls, rtol=tolerance, atol=tolerance)
    check_op(
        "aten::adaptive_avg_pool1d.out",
        [Call([x, [size]]) for x in rows for size in (1, 3, 11)],
        rtol=tolerance,
        atol=tolerance,
    )


SIZES = [[1, 1, 1], [2, 3, 4], [7, 5, 9]]


@pytest.mark.parametrize("dtype", FLOATS)
def test_adaptive(dtype: torch.dtype) -> None:
    averages, maxima, flat = [], [], []
    for x in volumes(dtype):
        for size in SIZES:
            exact = x.contiguous().to(exact_type(dtype))
            expected = aten._adaptive_avg_pool3d(exact, size).to(dtype)
            averages.append(Call([x, size], expected=expected))
            if x.numel():
                best = aten.adaptive_max_pool3d(exact, size)
                maxima.append(Call([x, size], expected=floats(best, dtype)))
    for shape in [(2, 3, 9, 11), (3, 8, 5)]:
        for x in layouts(make_tensor(*shape, dtype=dtype)):
            for size in [[1, 1], [2, 3], [12, 13]]:
                best = aten.adaptive_max_pool2d(x.contiguous().to(exact_type(dtype)), size)
                flat.append(Call([x, size], expected=floats(best, dtype)))
    tolerance = {torch.float16: 5e-3, torch.bfloat16: 3e-2}.get(dtype)
    check_op("aten::_adaptive_avg_pool3d.out", averages, rtol=tolerance, atol=tolerance)
    check_op("aten::adaptive_max_pool3d.out", maxima)
    check_op("aten::adaptive_max_pool2d.out", flat)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_backward(dtype: torch.dtype) -> None:
    calls: dict[str, list[Call]] = {}
    for spatial, shapes in (2, [(2, 3, 9, 7), (3, 8, 5)]), (3, [(2, 2, 5, 6, 7), (3, 4, 5, 6)]):
        for x in [t for shape in shapes for t in layouts(make_tensor(*shape, dtype=dtype))]:
            dense = x.contiguous()
            for k, s, p in [(2, 2, 0), (3, 2, 1), (3, 1, 0)]:
                window = [[k] * spatial, [s] * spatial, [p] * spatial]
                for ceil_mode in (False, True):
                    for options in [(True, None), (False, None), (True, 5)]:
                        pool = getattr(aten, f"avg_pool{spatial}d")
                        grad = torch.randn_like(pool(dense, *window, ceil_mode, *options))
                        arguments = [grad, x, *window, ceil_mode, *options]
                        exact = [grad, dense, *arguments[2:]]
                        expected = getattr(aten, f"avg_pool{spatial}d_backward")(*exact)
                        calls.setdefault(f"avg_pool{spatial}d_backward.grad_input", []).append(
                            Call(arguments, expected=expected)
                        )
                    if spatial == 3:
                        arguments = [*window, [1] * 3, ceil_mode]
                        out, indices = aten.max_pool3d_with_indices(dense, *arguments)
                        grad = torch.randn_like(out)
                        expected = aten.max_pool3d_with_indices_backward(
                            grad, dense, *arguments, indices
                        )
                        calls.setdefault("max_pool3d_with_indices_backward.grad_input", []).append(
                            Call([grad, x, *arguments, indices], expected=expected)
                        )
            for size in ([1] * spatial, [3] * spatial, [9, 4, 10][:spatial]):
                mean = getattr(aten, f"_adaptive_avg_pool{spatial}d")(dense, size)
                grad = torch.randn_like(mean)
                name = f"_adaptive_avg_pool{spatial}d_backward"
                expected = getattr(aten, name)(grad, dense)
                calls.setdefault(f"{name}.out", []).append(Call([grad, x], expected=expected))
                out, indices = getattr(aten, f"adaptive_max_pool{spatial}d")(dense, size)
                name = f"adaptive_max_pool{spatial}d_backward"
                expected = getattr(aten, name)(grad, dense, indices)
                calls.setdefault(f"{name}.grad_input", []).append(
                    Call([grad, x, indices], expected=expected)
                )
    for op, samples in calls.items():
        check_op(f"aten::{op}", samples, rtol=1e-5, atol=1e-5)


def test_refused() -> None:
    x = torch.zeros(1, 1, 4, 4, 4)
    index = torch.zeros(1, 1, 2, 2, 2, dtype=torch.int64)
    check_refused("aten::avg_pool3d.out", Call([x[0, 0], [2]]), [x], "rank 3")
    check_refused("aten::avg_pool3d.out", Call([x, [5]]), [x], "larger than the padded input")
    check_refused(
        "aten::avg_pool3d.out", Call([x, [2], [], [0], False, True, 0]), [x], "divisor_override"
    )
    check_refused("aten::_adaptive_avg_pool3d.out", Call([x, [-1, 2, 2]]), [x], "output size -1")
    grad = index.float()
    for bad in (-1, 64):
        check_refused(
            "aten::adaptive_max_pool3d_backward.grad_input",
            Call([grad, x, index + bad]),
            [x],
            "out of range",
        )
