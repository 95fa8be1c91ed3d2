# SPDX-License-Identifier: BSD-3-Clause
"""Operators of core ATen that are small variations of others."""

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))
from check_op import (
    FLOATS,
    INTS,
    REAL_AND_BOOL,
    Call,
    check_op,
    check_refused,
    layouts,
    make_tensor,
)
from op_program import op_program

from executorch.runtime import Method, Runtime

aten = torch.ops.aten
CONV1D = (
    "aten::conv1d.out(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=1, "
    "SymInt[1] padding=0, SymInt[1] dilation=1, SymInt groups=1, *, Tensor(a!) out) -> Tensor(a!)"
)
UNSQUEEZE = "aten::unsqueeze_copy.dim_out(Tensor self, int dim, *, Tensor(a!) out) -> Tensor(a!)"


def loose(dtype: torch.dtype) -> dict[str, float | None]:
    tolerance = {torch.float16: 2e-2, torch.bfloat16: 1e-1, torch.float32: 1e-4}.get(dtype)
    return {"rtol": tolerance, "atol": tolerance}


@pytest.mark.parametrize("direction", ["to", "from"])
def test_copies_between_devices(direction: str) -> None:
    name = "_h2d_copy" if direction == "to" else "_d2h_copy"
    op = f"et_copy::{name}.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)"
    check_op(
        op,
        [
            Call([x], expected=x, dynamic=x.dim() == 2)
            for shape in [(), (3,), (2, 5), (0, 4), (2, 3, 4, 5)]
            for dtype in (torch.float32, torch.int8, torch.bool)
            for x in layouts(make_tensor(*shape, dtype=dtype))
        ],
    )
    check_refused(op, Call([torch.zeros(3)]), [torch.zeros(3, dtype=torch.int32)], "Int")


@pytest.mark.parametrize("dtype", REAL_AND_BOOL)
@pytest.mark.parametrize("name", ["clamp_min", "clamp_max"])
def test_one_sided_clamp(name: str, dtype: torch.dtype) -> None:
    if dtype == torch.bool:
        pytest.skip("torch does not clamp bools")
    x = make_tensor(3, 4, dtype=dtype)
    numbers = [2, 1.5] if dtype != torch.uint8 else [2]
    check_op(f"aten::{name}.out", [Call([t, s]) for t in layouts(x) for s in numbers])
    bounds = [make_tensor(4, dtype=dtype), make_tensor(3, 1, dtype=torch.float32)]
    check_op(f"aten::{name}.Tensor_out", [Call([x, b]) for b in bounds])


@pytest.mark.parametrize("dtype", FLOATS)
def test_softplus(dtype: torch.dtype) -> None:
    x = torch.tensor([-100, -3, -0.5, 0, 0.5, 5, 19, 21, 90, float("inf"), float("nan")]).to(dtype)
    calls = [Call([x, *options]) for options in ([], [2, 10], [0.5, 1.0])]
    check_op("aten::softplus.out", calls, **loose(dtype))


@pytest.mark.parametrize("dtype", [*REAL_AND_BOOL, torch.uint16, torch.uint64])
def test_likes(dtype: torch.dtype) -> None:
    for name in ("zeros_like", "ones_like"):
        check_op(
            f"aten::{name}.out",
            [
                Call([x.to(dtype)], expected=getattr(torch, name)(x).to(dtype))
                for shape in [(), (2, 0), (2, 3, 4, 5)]
                for x in layouts(torch.zeros(shape))
            ],
        )


@pytest.mark.parametrize("dtype", [*REAL_AND_BOOL, torch.complex64])
def test_eye(dtype: torch.dtype) -> None:
    check_op("aten::eye.out", [Call([n], expected=torch.eye(n, dtype=dtype)) for n in (0, 1, 4)])
    sizes = [(2, 3), (3, 2), (0, 2)]
    check_op("aten::eye.m_out", [Call([*s], expected=torch.eye(*s, dtype=dtype)) for s in sizes])


@pytest.mark.parametrize("dtype", [torch.float32, torch.int8, torch.bool, torch.complex64])
def test_views(dtype: torch.dtype) -> None:
    x = torch.randint(0, 2, (2, 1, 3, 1)).to(dtype)
    check_op("aten::squeeze_copy.out", [Call([t], expected=x.squeeze()) for t in layouts(x)])
    check_op(UNSQUEEZE, [Call([x, d], expected=x.unsqueeze(d)) for d in (0, -1, 2)])
    check_op("aten::_reshape_alias_copy.out", [Call([x, [3, 2], [1, 3]]), Call([x, [6], [1]])])
    y = torch.arange(14).reshape(7, 2).to(dtype)
    check_op("aten::unsafe_split.Tensor_out", [Call([y, 3]), Call([y, 1, 1]), Call([y, 9])])
    check_op("aten::unsafe_split_with_sizes.out", [Call([y, [2, 0, 5]]), Call([y, [1, 1], 1])])


def test_empty_strided() -> None:
    program = op_program("aten::empty_strided.out", [[2, 3], [3, 1]], None, [torch.empty(2, 3)])
    method = Runtime.get().load_program(program).load_method("forward")
    assert isinstance(method, Method)
    assert torch.as_tensor(method.execute([])[0]).shape == (2, 3)


@pytest.mark.parametrize("dtype", FLOATS)
def test_dequantize(dtype: torch.dtype) -> None:
    x = make_tensor(3, 4, dtype=dtype)
    check_op("aten::dequantize.self_out", [Call([t], expected=x.float()) for t in layouts(x)])


@pytest.mark.parametrize("dtype", [*FLOATS, torch.int32])
def test_linear(dtype: torch.dtype) -> None:
    def make(*shape: int) -> torch.Tensor:
        return make_tensor(*shape, dtype=dtype, low=-2, high=2)

    calls = []
    for shape in [(5,), (1, 5), (7, 5), (2, 3, 4, 5), (0, 5)]:
        for x in layouts(make(*shape)):
            for weight, bias in [
                (make(9, 5), make(9)),
                (make(9, 5), None),
                (make(1, 5), make(1)),
                (make(5, 9).T, make(9)),
                (make(5), None),
            ]:
                exact = [x.double(), weight.double(), None if bias is None else bias.double()]
                expected = torch.nn.functional.linear(*exact).to(dtype)
                calls.append(Call([x, weight, bias], expected=expected, dynamic=x.dim() == 2))
    calls.append(Call([make(3, 0), make(4, 0), make(4)], expected=None))
    calls[-1].expected = calls[-1].args[2].expand(3, 4).contiguous()
    check_op("aten::linear.out", calls, **loose(dtype))


@pytest.mark.parametrize("dtype", [*FLOATS, torch.int64])
def test_batched_products(dtype: torch.dtype) -> None:
    a = make_tensor(3, 4, 5, dtype=dtype, low=-2, high=2)
    b = make_tensor(3, 5, 6, dtype=dtype, low=-2, high=2)
    factors = [(1, 1), (2, 3), (0, 1), (1, 0)]
    for name, addends in [
        ("baddbmm", [(3, 4, 6), (4, 6), (6,), (1, 4, 1), ()]),
        ("addbmm", [(4, 6), (6,), (4, 1), ()]),
    ]:
        calls = []
        for shape in addends:
            for beta, alpha in factors:
                x = make_tensor(*shape, dtype=dtype)
                exact = getattr(torch, name)(
                    x.double(), a.double(), b.double(), beta=beta, alpha=alpha
                )
                for left in layouts(a):
                    calls.append(
                        Call([x, left, b], {"beta": beta, "alpha": alpha}, expected=exact.to(dtype))
                    )
        check_op(f"aten::{name}.out", calls, **loose(dtype))


def test_conv1d() -> None:
    x, weight, bias = make_tensor(2, 4, 9), make_tensor(6, 2, 3), make_tensor(6)
    arguments = [x, weight, bias, [2], [1], [1], 2]
    expected = torch.nn.functional.conv1d(*arguments)
    check_op(CONV1D, [Call(arguments, expected=expected)], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_trilinear(dtype: torch.dtype) -> None:
    x, w, y = (torch.randn(s, dtype=dtype) for s in [(4, 3), (5, 3, 2), (4, 2)])
    calls = [
        Call([x, w, y, [1, 3], [0], [1, 2], [2, 3]]),
        Call([x, w, y, [1, 3], [0], [1, 2], [0]]),
    ]
    check_op("aten::_trilinear.out", calls, **loose(dtype))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("training", [False, True])
def test_native_batch_norm(dtype: torch.dtype, training: bool) -> None:
    calls = []
    for x in layouts(make_tensor(4, 3, 5, 2, dtype=dtype)):
        weight, bias = make_tensor(3, dtype=dtype), make_tensor(3, dtype=dtype)
        mean, var = make_tensor(3, dtype=dtype), make_tensor(3, dtype=dtype, low=1)
        stats = [(mean, var)] + [(None, None)] * training
        for m, v in stats:
            for w, b in [(weight, bias), (None, None)]:
                arguments = [x, w, b, m, v, training, 0.1, 1e-5]
                copies = [a.clone() if isinstance(a, torch.Tensor) else a for a in arguments]
                expected = list(aten.native_batch_norm(*copies))
                calls.append(Call(arguments, expected=expected))
    check_op("aten::native_batch_norm.out", calls, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_fake_quantize(dtype: torch.dtype) -> None:
    x = torch.cat([make_tensor(40, dtype=dtype), torch.tensor([1e9, -1e9]).to(dtype)])
    name = "_fake_quantize_per_tensor_affine_cachemask_tensor_qparams"
    check_op(
        f"aten::{name}.out",
        [
            Call(
                [
                    x,
                    torch.tensor(0.1),
                    torch.tensor(z, dtype=torch.int32),
                    torch.tensor([on]),
                    0,
                    15,
                ]
            )
            for z in (0, 7)
            for on in (1, 0)
        ],
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("padding", [0, 1, 2])
@pytest.mark.parametrize("mode", [0, 1])
def test_grid_sampler_3d(mode: int, padding: int, dtype: torch.dtype) -> None:
    x = make_tensor(2, 3, 4, 5, 6, dtype=dtype)
    grid = make_tensor(2, 3, 2, 4, 3, dtype=dtype, low=-1.5, high=1.5)
    calls = [
        Call(
            [t, grid, mode, padding, align],
            expected=aten.grid_sampler_3d(x, grid, mode, padding, align),
        )
        for t in layouts(x)
        for align in (False, True)
    ]
    check_op("aten::grid_sampler_3d.out", calls, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("dtype", [*FLOATS, *INTS])
def test_scans(dtype: torch.dtype) -> None:
    shapes = [(), (7,), (3, 4), (2, 3, 2, 5), (0, 3)]
    xs = [t for s in shapes for t in layouts(make_tensor(*s, dtype=dtype))]
    dims = [(x, d) for x in xs for d in range(-max(x.dim(), 1), max(x.dim(), 1))]
    check_op("aten::cumprod.out", [Call([x, d]) for x, d in dims], **loose(dtype))
    check_op("aten::cummax.out", [Call([x, d]) for x, d in dims])
    check_op("aten::cummin.out", [Call([x, d]) for x, d in dims])
    if dtype.is_floating_point:
        check_op("aten::logcumsumexp.out", [Call([x, d]) for x, d in dims], **loose(dtype))


def test_scans_of_nan() -> None:
    inf, nan = float("inf"), float("nan")
    x = torch.tensor([[1, nan, 2, -inf], [-inf, -inf, 3, inf], [inf, inf, -inf, nan]])
    for name in ("cummax", "cummin", "cumprod", "logcumsumexp"):
        check_op(f"aten::{name}.out", [Call([x, d]) for d in (0, 1)])
    check_op("aten::cumprod.out", [Call([x.int(), 0], {"dtype": torch.float64}), Call([x[:0], 0])])
