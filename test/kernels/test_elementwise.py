# SPDX-License-Identifier: BSD-3-Clause
"""Elementwise operators: unary math, activations, arithmetic, comparison, logic, selection."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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

NAN, INF = float("nan"), float("inf")
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 1e-30, 1e30, INF, -INF, NAN]


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(0)


def unary_inputs(dtypes: list[torch.dtype]) -> Iterator[torch.Tensor]:
    for dtype in dtypes:
        yield make_tensor(3, 50, dtype=dtype)
        if dtype.is_floating_point:
            yield torch.tensor(SPECIAL).to(dtype)
        else:
            limits = [0, 1, 1, 0]
            if dtype != torch.bool:
                limits = [torch.iinfo(dtype).min, torch.iinfo(dtype).max, 0, 1]
            yield torch.tensor(limits, dtype=dtype)
    yield make_tensor(dtype=dtypes[0])
    yield make_tensor(0, 3, dtype=dtypes[0])
    yield from layouts(make_tensor(2, 3, 4, 5, dtype=dtypes[0]))


TO_FLOAT = [
    *["acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "erf", "exp", "expm1"],
    *["log", "log10", "log1p", "log2", "reciprocal", "rsqrt", "sigmoid", "sin", "sinh", "sqrt"],
    *["tan", "tanh"],
]
KEEP_TYPE = {
    "abs": [*FLOATS, *INTS],
    "ceil": [*FLOATS, *INTS],
    "floor": [*FLOATS, *INTS],
    "neg": [*FLOATS, *INTS],
    "relu": [*FLOATS, *INTS],
    "round": [*FLOATS, *INTS],
    "sign": REAL_AND_BOOL,
    "trunc": [*FLOATS, *INTS],
    "_conj_physical": REAL_AND_BOOL,
    "bitwise_not": [*INTS, torch.bool],
    "logical_not": REAL_AND_BOOL,
    "isnan": REAL_AND_BOOL,
    "isinf": REAL_AND_BOOL,
}


@pytest.mark.parametrize("op", TO_FLOAT)
def test_unary_to_float(op: str) -> None:
    calls = [Call([x]) for x in unary_inputs(REAL_AND_BOOL)]
    calls += [Call([x], dynamic=True) for x in unary_inputs([torch.float32, torch.int8])]
    check_op(f"aten::{op}.out", calls)
    wider = [Call([x], out_dtype=torch.float64) for x in unary_inputs([torch.float32])]
    check_op(f"aten::{op}.out", wider, rtol=2e-6, atol=1e-5)


@pytest.mark.parametrize("op", KEEP_TYPE)
def test_unary(op: str) -> None:
    calls = [Call([x]) for x in unary_inputs(KEEP_TYPE[op])]
    calls += [Call([x], dynamic=True) for x in unary_inputs(KEEP_TYPE[op][:1])]
    check_op(f"aten::{op}.out", calls)


PARAMETRIC: dict[str, list[tuple[list[Any], dict[str, Any]]]] = {
    "elu": [([], {}), ([0.5], {}), ([1.5, 2, 0.5], {})],
    "gelu": [([], {}), ([], {"approximate": "tanh"})],
    "hardtanh": [([], {}), ([-2, 3], {})],
    "leaky_relu": [([], {}), ([0.5], {})],
    "logit": [([], {}), ([0.1], {})],
    "glu": [([], {}), ([0], {})],
}


@pytest.mark.parametrize("op", PARAMETRIC)
def test_activation(op: str) -> None:
    calls = []
    for args, kwargs in PARAMETRIC[op]:
        for dtype in FLOATS:
            inputs = [make_tensor(4, 6, dtype=dtype), *layouts(make_tensor(2, 2, 2, 4))]
            if op != "glu":
                # Of infinity, eager torch's gelu is NaN where the vectors are wide enough.
                special = [x for x in SPECIAL if op != "gelu" or abs(x) < INF]
                inputs += [torch.tensor(special).to(dtype), make_tensor(dtype=dtype)]
            calls += [Call([x, *args], kwargs, dynamic=d) for x in inputs for d in (False, True)]
    check_op(f"aten::{op}.out", calls)


# Pairs of shapes: equal, one broadcast, both, in inner and outer dimensions, rank 0, empty.
SHAPES = [
    ((2, 3, 40), (2, 3, 40)),
    ((2, 3, 40), (40,)),
    ((2, 3, 40), (3, 1)),
    ((2, 1, 4), (3, 1)),
    ((1,), (4, 1, 5)),
    ((3, 200), (3, 1)),
    ((), (2, 3)),
    ((2, 3), ()),
    ((), ()),
    ((0, 3), (1, 3)),
    ((1, 3), (0, 1)),
    ((2, 1, 3, 1, 2), (2, 3, 2, 1)),
]
MIXED = [
    (torch.float32, torch.float64),
    (torch.float16, torch.bfloat16),
    (torch.int8, torch.uint8),
    (torch.int32, torch.float16),
    (torch.bool, torch.int16),
    (torch.int64, torch.float32),
    (torch.bool, torch.float32),
]


def binary_inputs(
    dtypes: list[torch.dtype], nonzero: bool = False
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Pairs of tensors: all types, mixed types, broadcasting, layouts."""

    def make(shape: tuple[int, ...], dtype: torch.dtype, divisor: bool = False) -> torch.Tensor:
        x = make_tensor(*shape, dtype=dtype)
        return torch.where(x == 0, torch.ones_like(x), x) if divisor else x

    for dtype in dtypes:
        yield make((3, 50), dtype), make((3, 50), dtype, nonzero)
    for a, b in MIXED:
        if a in dtypes and b in dtypes:
            yield make((3, 5), a), make((5,), b, nonzero)
            yield make((3, 5), b), make((3, 5), a, nonzero)
            yield make((3, 5), a), make((), b, nonzero)
            yield make((), a), make((3, 5), b, nonzero)
    for a_shape, b_shape in SHAPES:
        yield make(a_shape, dtypes[0]), make(b_shape, dtypes[0], nonzero)
    for x in layouts(make((2, 3, 4, 5), dtypes[0])):
        for y in layouts(make((2, 3, 4, 5), dtypes[-1], nonzero)):
            yield x, y
        yield x, make((3, 1, 1), dtypes[0], nonzero)


def binary_calls(pairs: Iterator[tuple[torch.Tensor, torch.Tensor]], **kwargs: Any) -> list[Call]:
    calls = [Call([x, y], kwargs) for x, y in pairs]
    return calls + [Call(call.args, kwargs, dynamic=True) for call in calls[-30:]]


def scalar_calls(dtypes: list[torch.dtype], scalars: list[float], **kwargs: Any) -> list[Call]:
    return [
        Call([make_tensor(*shape, dtype=dtype), scalar], kwargs, dynamic=dynamic)
        for dtype in dtypes
        for scalar in scalars
        for shape in [(3, 50), ()]
        for dynamic in (False, True)
    ]


NUMBERS = [*FLOATS, *INTS]


@pytest.mark.parametrize("op", ["add", "sub"])
def test_add_and_sub(op: str) -> None:
    dtypes = REAL_AND_BOOL if op == "add" else NUMBERS
    check_op(f"aten::{op}.out", binary_calls(binary_inputs(dtypes)))
    check_op(f"aten::{op}.out", binary_calls(binary_inputs(INTS), alpha=3))
    check_op(f"aten::{op}.out", binary_calls(binary_inputs(FLOATS), alpha=3), rtol=0.02, atol=0.1)
    check_op(f"aten::{op}.Scalar_out", scalar_calls(NUMBERS, [2, -3, 1.5]))
    check_op(f"aten::{op}.Scalar_out", scalar_calls(INTS, [2], alpha=-2))


def test_rsub() -> None:
    check_op("aten::rsub.Scalar_out", scalar_calls(NUMBERS, [2, -3, 1.5]))
    check_op("aten::rsub.Scalar_out", scalar_calls(FLOATS, [2, 1.5], alpha=2), rtol=0.02, atol=0.05)


def test_mul() -> None:
    check_op("aten::mul.out", binary_calls(binary_inputs(REAL_AND_BOOL)))
    check_op("aten::mul.Scalar_out", scalar_calls(REAL_AND_BOOL, [2, -3, 1.5, True]))


@pytest.mark.parametrize("dtype", [torch.half, torch.bfloat16], ids=str)
@pytest.mark.parametrize(
    "op", ["add", "sub", "rsub", "mul", "div", "remainder", "fmod", "pow.Tensor_Scalar"]
)
def test_numbers_are_rounded_where_torch_rounds_them(op: str, dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    numbers = [1.55078125, 0.1, 3.14159, -2.7182]
    # Close to the number, so that a difference shows what the number was rounded to.
    calls = [Call([(torch.randn(64) * 0.1 - number).to(dtype), number]) for number in numbers]
    check_op(f"aten::{op}_out" if "." in op else f"aten::{op}.Scalar_out", calls, rtol=0, atol=0)


def test_integers_wrap_around() -> None:
    for dtype in INTS:
        info = torch.iinfo(dtype)
        x = torch.tensor([info.min, info.max, info.max, 1], dtype=dtype)
        y = torch.tensor([info.max, info.max, 2, info.min], dtype=dtype)
        for op in ["add", "sub", "mul"]:
            check_op(f"aten::{op}.out", [Call([x, y]), Call([y, x])])
        check_op("aten::neg.out", [Call([x])])
        check_op("aten::abs.out", [Call([x])])


@pytest.mark.parametrize("op", ["div", "floor_divide", "fmod", "remainder"])
def test_division(op: str) -> None:
    tensor_op = f"aten::{op}.{'out' if op in ('div', 'floor_divide') else 'Tensor_out'}"
    dtypes = REAL_AND_BOOL if op == "div" else NUMBERS
    check_op(tensor_op, binary_calls(binary_inputs(dtypes, nonzero=True)))
    special = torch.tensor(SPECIAL)
    for dtype in FLOATS:
        x = special.to(dtype)
        check_op(tensor_op, [Call([x[:, None], x[None, :]])])
    if op != "floor_divide":
        scalars = [2, -3, 0.75, -1.5]
        check_op(f"aten::{op}.Scalar_out", scalar_calls(NUMBERS, scalars), rtol=0.02, atol=0.01)


@pytest.mark.parametrize("mode", ["trunc", "floor", None])
def test_rounded_division(mode: str | None) -> None:
    # Eager torch rounds a quotient of type bfloat16 before it truncates it.
    dtypes = [dtype for dtype in NUMBERS if dtype != torch.bfloat16]
    calls = binary_calls(binary_inputs(dtypes, nonzero=True), rounding_mode=mode)
    check_op("aten::div.out_mode", calls)
    check_op(
        "aten::div.Scalar_mode_out",
        scalar_calls([torch.float32, torch.float64, *INTS], [2, -3, 1.5], rounding_mode=mode),
    )


def test_division_at_the_limits_of_integers() -> None:
    for dtype in [torch.int8, torch.int32, torch.int64]:
        x = torch.tensor([torch.iinfo(dtype).min, 5], dtype=dtype)
        minus_one = torch.full((2,), -1, dtype=dtype)
        check_op(
            "aten::div.out_mode",
            [Call([x, minus_one], {"rounding_mode": mode}, -x) for mode in ("trunc", "floor")],
        )
        for op in ["fmod", "remainder"]:
            check_op(f"aten::{op}.Tensor_out", [Call([x, minus_one], expected=x * 0)])


@pytest.mark.parametrize("dtype", INTS)
def test_integer_division_by_zero_is_refused(dtype: torch.dtype) -> None:
    x, zero = make_tensor(4, dtype=dtype), torch.tensor([1, 0, 1, 1], dtype=dtype)
    for op in ["floor_divide.out", "fmod.Tensor_out", "remainder.Tensor_out"]:
        check_refused(f"aten::{op}", Call([x, zero]), [x], "division by zero")
    for mode in ["trunc", "floor"]:
        call = Call([x, zero], {"rounding_mode": mode})
        check_refused("aten::div.out_mode", call, [x], "division by zero")


def test_pow() -> None:
    positive = [(x.abs(), y) for x, y in binary_inputs(NUMBERS)]
    check_op("aten::pow.Tensor_Tensor_out", binary_calls(iter(positive)), rtol=0.02, atol=0.01)
    ints = [(x, y) for x, y in binary_inputs(INTS)]
    check_op("aten::pow.Tensor_Tensor_out", binary_calls(iter(ints)))
    check_op("aten::pow.Scalar_out", [Call([2, x]) for x in unary_inputs([*FLOATS, torch.int32])])
    exponents = [0, 1, 2, 3, 4, 0.5, 1.5]
    check_op("aten::pow.Tensor_Scalar_out", scalar_calls(NUMBERS, exponents), rtol=0.02, atol=0.01)
    negative = scalar_calls(FLOATS, [-1, -2, -0.5])
    check_op("aten::pow.Tensor_Scalar_out", negative, rtol=0.02, atol=0.01)


def test_atan2() -> None:
    check_op("aten::atan2.out", binary_calls(binary_inputs(REAL_AND_BOOL)))
    x = torch.tensor(SPECIAL)
    check_op("aten::atan2.out", [Call([x[:, None], x[None, :]])])


@pytest.mark.parametrize("op", ["maximum", "minimum"])
def test_extremum(op: str) -> None:
    check_op(f"aten::{op}.out", binary_calls(binary_inputs(REAL_AND_BOOL)))
    x = torch.tensor(SPECIAL)
    check_op(f"aten::{op}.out", [Call([x[:, None], x[None, :]])])


@pytest.mark.parametrize("op", ["eq", "ne", "lt", "le", "gt", "ge"])
def test_comparison(op: str) -> None:
    check_op(f"aten::{op}.Tensor_out", binary_calls(binary_inputs(REAL_AND_BOOL)))
    check_op(f"aten::{op}.Scalar_out", scalar_calls(REAL_AND_BOOL, [0, 2, -1.5, True]))
    x = torch.tensor(SPECIAL)
    calls = [
        Call([x[:, None], x[None, :]], out_dtype=d) for d in (None, torch.float32, torch.uint8)
    ]
    check_op(f"aten::{op}.Tensor_out", calls)
    large = torch.tensor([2**53, 2**53 + 1, -(2**63)])
    check_op(f"aten::{op}.Tensor_out", [Call([large, large.flip(0)])])


@pytest.mark.parametrize("op", ["and", "or", "xor"])
def test_logic(op: str) -> None:
    check_op(f"aten::logical_{op}.out", binary_calls(binary_inputs(REAL_AND_BOOL)))
    check_op(f"aten::bitwise_{op}.Tensor_out", binary_calls(binary_inputs([*INTS, torch.bool])))
    check_op(f"aten::bitwise_{op}.Scalar_out", scalar_calls(INTS, [1, 6]))


@pytest.mark.parametrize("op", ["left_shift", "right_shift"])
def test_shift(op: str) -> None:
    calls = []
    for dtype in INTS:
        info = torch.iinfo(dtype)
        x = torch.tensor([info.min, info.max, 1, 5, info.max // 3], dtype=dtype)
        shifts = torch.tensor([0, 1, 3, 7, 8, 31, 63, 64], dtype=dtype)[:, None]
        calls.append(Call([x, shifts[shifts < info.bits][:, None]]))
    check_op(f"aten::bitwise_{op}.Tensor_out", calls)
    check_op(f"aten::bitwise_{op}.Tensor_Scalar_out", scalar_calls(INTS, [0, 1, 5]))


BOUNDS: list[tuple[float | None, float | None]] = [(-1, 2), (None, 1), (0, None), (2, -1)]


def test_clamp() -> None:
    calls = [
        Call([make_tensor(3, 50, dtype=dtype), *bounds], dynamic=dynamic)
        for dtype in NUMBERS
        for bounds in [*BOUNDS, (-0.5, 1.5), (None, NAN)]
        for dynamic in (False, True)
        if dtype.is_signed or bounds[0] is None or bounds[0] >= 0
    ]
    calls += [Call([torch.tensor(SPECIAL), *bounds]) for bounds in BOUNDS]
    check_op("aten::clamp.out", calls)


def test_clamp_by_tensors() -> None:
    calls = []
    for dtype in NUMBERS:
        for shapes in [((3, 5), (3, 5), (3, 5)), ((3, 5), (5,), (3, 1)), ((3, 1), (5,), ())]:
            x, low, high = (make_tensor(*shape, dtype=dtype) for shape in shapes)
            calls += [Call([x, low, high]), Call([x, None, high]), Call([x, low])]
    calls += [Call([make_tensor(3, dtype=torch.int32), torch.tensor([0.5, 1, 2])])]
    check_op("aten::clamp.Tensor_out", calls)


def test_where() -> None:
    calls = []
    for x, y in binary_inputs(REAL_AND_BOOL):
        condition = torch.rand(torch.broadcast_shapes(x.shape, y.shape)) < 0.5
        calls += [Call([condition, x, y]), Call([condition, x, y], dynamic=True)]
    calls += [Call([torch.tensor([[True], [False]]), make_tensor(3), make_tensor(1)])]
    check_op("aten::where.self_out", calls)


def test_masked_fill() -> None:
    calls = []
    for dtype in REAL_AND_BOOL:
        value = 0.5 if dtype.is_floating_point else 1
        for x_shape, mask_shape in SHAPES:
            mask = make_tensor(*mask_shape, dtype=torch.bool)
            calls.append(Call([make_tensor(*x_shape, dtype=dtype), mask, value]))
    calls.append(Call([make_tensor(3), torch.tensor(True), -INF]))
    check_op("aten::masked_fill.Scalar_out", calls)


COMPLEX = [torch.complex64, torch.complex128]


def complex_tensor(*shape: int, dtype: torch.dtype) -> torch.Tensor:
    real = dtype.to_real()
    return torch.complex(make_tensor(*shape, dtype=real), make_tensor(*shape, dtype=real))


@pytest.mark.parametrize("dtype", COMPLEX)
def test_complex_numbers(dtype: torch.dtype) -> None:
    x, y = complex_tensor(3, 4, dtype=dtype), complex_tensor(4, 3, dtype=dtype).t()
    real = make_tensor(3, 4, dtype=dtype.to_real())
    pairs = [(x, y), (x, real), (real, x), (x, y[:1]), (x, complex_tensor(dtype=torch.complex64))]
    for op in ["add", "sub", "mul", "div"]:
        check_op(f"aten::{op}.out", [Call(pair) for pair in pairs])
        check_op(f"aten::{op}.out", [Call(pair, dynamic=True) for pair in pairs])
    check_op("aten::add.out", [Call([x, y], {"alpha": 3})])
    check_op("aten::mul.Scalar_out", [Call([x, 2.5])])
    check_op("aten::_conj_physical.out", [Call([x], expected=x.conj().resolve_conj())])
    check_op("aten::abs.out", [Call([x]), Call([y])])
    check_refused("aten::mul.out", Call([x, y]), [real], "cannot be stored in out")
    check_refused("aten::lt.Tensor_out", Call([x, y]), [real > 0], "is not supported")


def random_layout(rng: random.Random, shape: list[int], dtype: torch.dtype) -> torch.Tensor:
    """A tensor of this shape, but for dimensions that are left out or 1, in any dim order."""
    shape = [size if rng.random() < 0.7 else 1 for size in shape]
    while shape and rng.random() < 0.2:
        shape.pop(0)
    order = rng.sample(range(len(shape)), len(shape))
    inverse = [order.index(d) for d in range(len(shape))]
    return make_tensor(*(shape[d] for d in order), dtype=dtype).permute(inverse)


@pytest.mark.parametrize("seed", range(8))
def test_random_shapes_and_layouts(seed: int) -> None:
    rng = random.Random(seed)
    calls = []
    for _ in range(60):
        shape = [rng.choice([1, 2, 3, 5, 33]) for _ in range(rng.randrange(4))]
        shape += [rng.choice([1, 2, 3]) for _ in range(rng.choice([0, 0, 1, 2, 4]))]
        shape += [rng.choice([0, 140])] * (rng.random() < 0.1)
        dtypes = [rng.choice([torch.float32, torch.float64, torch.int16]) for _ in range(2)]
        x, y = (random_layout(rng, shape, dtype) for dtype in dtypes)
        calls.append(
            Call([random_layout(rng, shape, torch.bool), x, y], dynamic=rng.random() < 0.5)
        )
    check_op("aten::where.self_out", calls)
    check_op("aten::mul.out", [Call(c.args[1:], dynamic=c.dynamic) for c in calls])


X = torch.ones(2, 3)
I = torch.ones(2, 3, dtype=torch.int32)  # noqa: E741
B = torch.ones(2, 3, dtype=torch.bool)
REFUSED: list[tuple[str, list[Any], torch.Tensor, str]] = [
    ("add.out", [X, torch.ones(4)], X, "cannot be broadcast"),
    ("add.out", [X, X], torch.ones(3, 3), "static tensor"),
    ("add.out", [X, X], I, "cannot be stored in out"),
    ("add.out", [X.to(torch.complex64), X], X, "ComplexFloat cannot be stored in out"),
    ("maximum.out", [X.to(torch.complex64), X], X, "Input 0 has element type ComplexFloat"),
    ("lt.Tensor_out", [X.to(torch.complex128), X], B, "Input 0 has element type ComplexDouble"),
    ("sub.out", [B, B], B, "cannot be subtracted"),
    ("sub.Scalar_out", [I, 1, 0.5], I, "alpha is a floating-point number"),
    ("neg.out", [B], B, "cannot be negated"),
    ("exp.out", [I], I, "cannot be stored in out"),
    ("bitwise_and.Tensor_out", [X, X], X, "Expected integers or Bool"),
    ("bitwise_not.out", [X], X, "Expected integers or Bool"),
    ("gelu.out", [I], I, "Expected a floating-point tensor"),
    ("gelu.out", [X, "fast"], X, "approximate is 'fast'"),
    ("div.out_mode", [X, X, "ceil"], X, "Rounding mode is 'ceil'"),
    ("clamp.out", [X], X, "At least one of min and max"),
    ("where.self_out", [X, X, X], X, "Float"),
    ("masked_fill.Scalar_out", [I, B, 0.5], I, "cannot be stored in a tensor of Int"),
    ("pow.Tensor_Scalar_out", [I, -1], I, "negative integer power"),
    ("glu.out", [X], X, "is not even"),
    ("glu.out", [X, 2], X, "2"),
    ("glu.out", [torch.tensor(1.0)], X, "rank 0"),
]


@pytest.mark.parametrize(("op", "args", "out", "match"), REFUSED)
def test_wrong_arguments(op: str, args: list[Any], out: torch.Tensor, match: str) -> None:
    if op == "sub.Scalar_out":
        check_refused(f"aten::{op}", Call(args[:2], {"alpha": args[2]}), [out], match)
    elif op == "div.out_mode":
        check_refused(f"aten::{op}", Call(args[:2], {"rounding_mode": args[2]}), [out], match)
    else:
        keyword = {"approximate": args[1]} if op == "gelu.out" and len(args) == 2 else {}
        positional = args[:1] if keyword else args
        check_refused(f"aten::{op}", Call(positional, keyword), [out], match)
