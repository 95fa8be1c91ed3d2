# SPDX-License-Identifier: BSD-3-Clause
"""Functions that are computed element by element in double."""

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))
from check_op import FLOATS, INTS, REAL_AND_BOOL, Call, check_op, check_refused, layouts

INF, NAN = float("inf"), float("nan")
POINTS = [-INF, -60.5, -7.0, -2.5, -1.0, -0.999, -0.5, -1e-3, -0.0, 0.0, 1e-30, 1e-3, 0.02, 0.3]
POINTS += [0.5, 0.975, 0.999999, 1.0, 1.5, 2.0, 3.75, 9.0, 12.5, 30.0, 55.0, 80.0, 700.0, INF, NAN]
UNARY = ["lgamma", "digamma", "erfc", "erfinv", "exp2", "i0", "special_i0e", "special_i1"]
UNARY += ["special_i1e", "special_erfcx", "special_ndtri", "angle"]
# Of Half and BFloat16 torch computes in float; what is on the edge of rounding may differ.
TOLERANCE = {torch.float64: 1e-9, torch.float32: 2e-5, torch.float16: 2e-3, torch.bfloat16: 2e-2}


def points(dtype: torch.dtype) -> torch.Tensor:
    if dtype.is_floating_point:
        return torch.tensor(POINTS, dtype=torch.float64).to(dtype)
    if dtype == torch.bool:
        return torch.tensor([True, False])
    return torch.arange(0 if dtype == torch.uint8 else -5, 12).to(dtype)


def eager(name: str, *args: torch.Tensor) -> torch.Tensor:
    """In double, then in the type of torch's result: its own float kernels are less exact."""
    wide = [a.double() if isinstance(a, torch.Tensor) else a for a in args]
    result = getattr(torch.ops.aten, name)(*wide)
    kind = args[0].dtype if args[0].dtype.is_floating_point else torch.float32
    return result.to(kind)


@pytest.mark.parametrize("dtype", REAL_AND_BOOL)
@pytest.mark.parametrize("name", UNARY)
def test_unary(name: str, dtype: torch.dtype) -> None:
    x = points(dtype)
    tolerance = TOLERANCE.get(dtype, 2e-5)
    calls = [Call([x], expected=eager(name, x), dynamic=True)]
    calls += [
        Call([t], expected=eager(name, t.contiguous()))
        for t in layouts(x[:2].reshape(1, 2, 1, 1).repeat(1, 1, 2, 1))
    ]
    check_op(f"aten::{name}.out", calls, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("n", [0, 1, 2, 3, 5])
def test_polygamma(n: int, dtype: torch.dtype) -> None:
    x = torch.tensor([0.1, 0.5, 1.0, 2.5, 11.0, 40.0], dtype=dtype)
    tolerance = 1e-4 if dtype == torch.float32 else 1e-9
    expected = torch.polygamma(n, x.double()).to(dtype)
    check_op("aten::polygamma.out", [Call([n, x], expected=expected)], rtol=tolerance, atol=0)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", ["hypot", "copysign", "ldexp", "nextafter", "fmax", "fmin"])
def test_binary(name: str, dtype: torch.dtype) -> None:
    if name == "ldexp":
        x = torch.tensor([0.5, -3.0, 0.0, INF, NAN, 1e-3], dtype=dtype)
        y = torch.arange(-4, 5, dtype=dtype)
    else:
        x = y = points(dtype)
    calls = [Call([x.unsqueeze(1), y]), Call([x.unsqueeze(0), y.unsqueeze(1)], dynamic=True)]
    if name == "nextafter":
        calls += [Call([x, torch.full((), 2.0, dtype=dtype)])]
    check_op(f"aten::{name}.out", calls)


@pytest.mark.parametrize("name", ["copysign", "hypot", "fmax", "fmin"])
def test_binary_promotes(name: str) -> None:
    x = torch.arange(-3, 3)
    dtypes = [torch.float32, torch.float64, torch.float16]
    dtypes += [] if name == "hypot" else [torch.int32, torch.uint8]
    calls = [Call([x.to(d), x.flip(0).double()]) for d in dtypes if name != "hypot"]
    calls += [Call([x.to(d), x.flip(0).to(d)]) for d in dtypes]
    check_op(f"aten::{name}.out", calls)


def test_copysign_scalar() -> None:
    x = points(torch.float32)
    check_op("aten::copysign.Scalar_out", [Call([x, s]) for s in (-1.0, 1, -0.0)])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", ["igamma", "igammac", "special_zeta"])
def test_pairs(name: str, dtype: torch.dtype) -> None:
    a = torch.tensor([0.0, 0.1, 0.5, 1.0, 1.5, 2.0, 5.5, 20.0, 100.0, INF, NAN], dtype=dtype)
    if name == "special_zeta":
        a = a[1:-2]
    x = torch.tensor([0.0, 1e-3, 0.5, 1.0, 3.0, 7.5, 30.0, 150.0], dtype=dtype)
    expected = getattr(torch.ops.aten, name)(a.double().unsqueeze(1), x.double()).to(dtype)
    tolerance = 1e-4 if dtype == torch.float32 else 1e-8
    check_op(
        f"aten::{name}.out",
        [Call([a.unsqueeze(1), x], expected=expected)],
        rtol=tolerance,
        atol=tolerance / 100,
    )


@pytest.mark.parametrize("dtype", INTS)
@pytest.mark.parametrize("name", ["gcd", "lcm"])
def test_divisors(name: str, dtype: torch.dtype) -> None:
    x = torch.tensor([0, 1, 6, 10, 35, 120]).to(dtype)
    x = x if dtype == torch.uint8 else torch.cat([x, -x])
    y = torch.tensor([0, 1, 4, 10]).to(dtype)
    check_op(f"aten::{name}.out", [Call([x.unsqueeze(1), y])])


@pytest.mark.parametrize("dtype", REAL_AND_BOOL)
def test_signbit(dtype: torch.dtype) -> None:
    check_op("aten::signbit.out", [Call([points(dtype)])])


@pytest.mark.parametrize("dtype", FLOATS)
def test_round_decimals(dtype: torch.dtype) -> None:
    x = torch.tensor([0.5, 1.5, -2.5, 0.125, 123.456, -0.05, 1e6, 15, 25]).to(dtype)
    decimals = [0, 1] if dtype in (torch.float16, torch.bfloat16) else [0, 2, -1]
    check_op("aten::round.decimals_out", [Call([x], {"decimals": d}) for d in decimals])


@pytest.mark.parametrize("dtype", FLOATS)
def test_frexp(dtype: torch.dtype) -> None:
    x = points(dtype)
    x = x[torch.isfinite(x)]
    check_op("aten::frexp.Tensor_out", [Call([x])])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_complex_parts(dtype: torch.dtype) -> None:
    real, imag = torch.randn(2, 3, dtype=dtype), torch.randn(3, dtype=dtype)
    check_op("aten::complex.out", [Call([real, imag]), Call([imag[0], real])])
    check_op("aten::polar.out", [Call([real.abs(), imag]), Call([real[0].abs(), imag])])
    pairs = torch.randn(2, 3, 2, dtype=dtype)
    check_op("aten::view_as_complex_copy.out", [Call([pairs])])
    numbers = torch.complex(real, real.flip(0))
    check_op("aten::_conj_copy.out", [Call([numbers], expected=numbers.conj().resolve_conj())])
    check_op("aten::angle.out", [Call([numbers])])


def test_refused() -> None:
    x = torch.zeros(2)
    check_refused("aten::nextafter.out", Call([x.int(), x.int()]), [x], "floating-point")
    check_refused("aten::polygamma.out", Call([-1, x]), [x], "n is -1")
    check_refused("aten::gcd.out", Call([x, x]), [x], "integers")
    check_refused(
        "aten::view_as_complex_copy.out", Call([x[:1]]), [torch.zeros(1, dtype=torch.cfloat)], "2 e"
    )
