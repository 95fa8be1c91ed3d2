# SPDX-License-Identifier: BSD-3-Clause
"""Fourier transforms."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))
from check_op import Call, check_op, check_refused, layouts

LENGTHS = [1, 2, 3, 4, 7, 8, 12, 30, 64, 97, 100, 210, 256]
PAIRS = [(torch.float32, torch.complex64), (torch.float64, torch.complex128)]


def tolerance(dtype: torch.dtype) -> float:
    return 1e-4 if dtype == torch.float32 else 1e-10


def c2c(x: torch.Tensor, dims: list[int], normalization: int, forward: bool) -> torch.Tensor:
    function = torch.fft.fftn if forward else torch.fft.ifftn
    return function(x.contiguous(), dim=dims, norm=norm_name(normalization, forward))


def r2c(x: torch.Tensor, dims: list[int], normalization: int, onesided: bool) -> torch.Tensor:
    function = torch.fft.rfftn if onesided else torch.fft.fftn
    return function(x.contiguous(), dim=dims, norm=norm_name(normalization, True))


def c2r(x: torch.Tensor, dims: list[int], normalization: int, n: int) -> torch.Tensor:
    sizes = [*(x.shape[d] for d in dims[:-1]), n]
    return torch.fft.irfftn(x.contiguous(), sizes, dims, norm_name(normalization, False))


def norm_name(normalization: int, forward: bool) -> str:
    """torch.fft's name for no factor, 1 / sqrt(n) and 1 / n."""
    names = ["backward", "ortho", "forward"] if forward else ["forward", "ortho", "backward"]
    return names[normalization]


@pytest.mark.parametrize("real, complex_", PAIRS)
def test_transforms(real: torch.dtype, complex_: torch.dtype) -> None:
    calls: dict[str, list[Call]] = {"c2c": [], "r2c": [], "c2r": []}

    def add(function: Callable[..., torch.Tensor], x: torch.Tensor, *args: Any) -> None:
        for t in layouts(x):
            calls[function.__name__].append(Call([t, *args], expected=function(x, *args)))

    for normalization in (0, 1, 2):
        for flag in (True, False):
            for n in LENGTHS:
                add(c2c, torch.randn(2, n, dtype=complex_), [1], normalization, flag)
                add(r2c, torch.randn(n, 2, dtype=real), [0], normalization, flag)
            x = torch.randn(2, 3, 8, 5, dtype=complex_)
            for dims in ([0, 2], [3, 1, 2], [-1]):
                add(c2c, x, dims, normalization, flag)
                add(r2c, x.real.contiguous(), dims, normalization, flag)
        for n in LENGTHS:
            add(c2r, torch.randn(2, n // 2 + 1, dtype=complex_), [-1], normalization, n)
        for n in (8, 9):
            add(c2r, x, [0, 3], normalization, n)
            add(c2r, x, [1, 0, 3], normalization, n)
    for name, samples in calls.items():
        check_op(f"aten::_fft_{name}.out", samples, rtol=tolerance(real), atol=tolerance(real))


def test_refused() -> None:
    x, y = torch.zeros(4, dtype=torch.complex64), torch.zeros(4)
    check_refused("aten::_fft_c2c.out", Call([x, [1], 0, True]), [x], "dimension 1")
    check_refused("aten::_fft_c2c.out", Call([x, [0, -1], 0, True]), [x], "named twice")
    check_refused("aten::_fft_c2c.out", Call([x, [0], 3, True]), [x], "normalization is 3")
    check_refused("aten::_fft_r2c.out", Call([y, [], 0, True]), [x], "no dimensions")
    check_refused("aten::_fft_r2c.out", Call([y.double(), [0], 0, True]), [x], "ComplexFloat")
    check_refused("aten::_fft_c2r.out", Call([x, [0], 0, 100]), [y], "100 elements")
