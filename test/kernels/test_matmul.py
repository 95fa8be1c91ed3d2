# SPDX-License-Identifier: BSD-3-Clause
"""Matrix products: mm, bmm, addmm."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))
from check_op import FLOATS, INTS, Call, check_op, check_refused, layouts, make_tensor

# m, n, k around the sizes of register tiles and cache blocks, with few rows or columns, and empty.
SIZES = [
    (1, 1, 1), (3, 4, 5), (1, 70, 9), (2, 300, 31), (17, 1, 33), (4, 8, 16), (5, 9, 600),
    (130, 67, 40), (7, 3, 1030), (3, 4, 0), (0, 4, 3), (3, 0, 2), (1, 64, 600),
]  # fmt: skip


def product(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return (a.double() @ b.double()).to(a.dtype) if a.is_floating_point() else a @ b


def factors(dtype: torch.dtype) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    for m, n, k in SIZES:
        yield make_tensor(m, k, dtype=dtype), make_tensor(k, n, dtype=dtype)


def tolerance(dtype: torch.dtype) -> dict[str, float]:
    limit = {torch.float32: 1e-4, torch.float16: 3e-2, torch.bfloat16: 2e-1}.get(dtype, 1e-9)
    return {"rtol": limit, "atol": limit} if dtype.is_floating_point else {}


@pytest.mark.parametrize("dtype", [*FLOATS, *INTS])
def test_mm(dtype: torch.dtype) -> None:
    calls = [
        Call([a, b], expected=product(a, b), dynamic=a.shape[0] % 2 == 0)
        for x, y in factors(dtype)
        for a in layouts(x)
        for b in layouts(y)
    ]
    check_op("aten::mm.out", calls, **tolerance(dtype))


@pytest.mark.parametrize("dtype", [*FLOATS, *INTS])
def test_bmm(dtype: torch.dtype) -> None:
    calls = [
        Call([a, b], expected=product(a, b))
        for m, n, k in SIZES
        for a in layouts(make_tensor(3, m, k, dtype=dtype))
        for b in layouts(make_tensor(3, k, n, dtype=dtype))
    ]
    check_op("aten::bmm.out", calls, **tolerance(dtype))


@pytest.mark.parametrize("dtype", [*FLOATS, *INTS])
def test_addmm(dtype: torch.dtype) -> None:
    beta, alpha = (0.5, 2.0) if dtype.is_floating_point else (2, -3)
    calls = []
    for a, b in factors(dtype):
        m, n = a.shape[0], b.shape[1]
        for shape in [(), (n,), (1, n), (m, 1), (m, n)]:
            for bias in layouts(make_tensor(*shape, dtype=dtype)):
                wide = torch.float64 if dtype.is_floating_point else torch.int64
                expected = (bias.to(wide) * beta + (a.to(wide) @ b.to(wide)) * alpha).to(dtype)
                calls.append(Call([bias, a, b], {"beta": beta, "alpha": alpha}, expected))
    check_op("aten::addmm.out", calls, **tolerance(dtype))


def test_addmm_ignores_the_addend_for_beta_0() -> None:
    a, b = make_tensor(3, 5), make_tensor(5, 4)
    bias = torch.full((4,), float("nan"))
    check_op("aten::addmm.out", [Call([bias, a, b], {"beta": 0}, a @ b)])


def test_refused() -> None:
    a, out = torch.zeros(3, 4), [torch.zeros(3, 3)]
    check_refused("aten::mm.out", Call([a, a]), out, "inner sizes")
    check_refused("aten::mm.out", Call([a, a.t().double()]), out, "equal element types")
    check_refused("aten::mm.out", Call([a, torch.zeros(4, 5)]), out, "static")
    check_refused("aten::addmm.out", Call([torch.zeros(5), a, a.t()]), out, "broadcast")
    check_refused(
        "aten::bmm.out",
        Call([torch.zeros(2, 3, 4), torch.zeros(3, 4, 3)]),
        [torch.zeros(2, 3, 3)],
        "dimension 0",
    )
