# SPDX-License-Identifier: BSD-3-Clause
"""Operators that move data: copies, views as copies, joins, splits, paddings."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))
from check_op import INTS, REAL_AND_BOOL, Call, check_op, check_refused, layouts, make_tensor
from op_program import Out

import executorch.exir.passes.dim_order_ops_registry  # noqa: F401  declares dim_order_ops

# One type per size of element, and the ones with values of their own.
DTYPES = [torch.uint8, torch.bool, torch.bfloat16, torch.float32, torch.int64, torch.complex128]
SHAPES: list[tuple[int, ...]] = [
    (),
    (5,),
    (0,),
    (3, 2),
    (70, 37),
    (2, 0, 3),
    (2, 3, 4),
    (1, 3, 1, 5),
    (2, 3, 4, 5),
]


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(0)


def tensor(*shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    if dtype.is_complex:
        return torch.complex(make_tensor(*shape), make_tensor(*shape)).to(dtype)
    return make_tensor(*shape, dtype=dtype)


def tensors(min_rank: int = 0, max_rank: int = 4) -> Iterator[torch.Tensor]:
    for shape in SHAPES:
        if min_rank <= len(shape) <= max_rank:
            for dtype in DTYPES if shape == (2, 3, 4, 5) else DTYPES[3:4]:
                yield from layouts(tensor(*shape, dtype=dtype))
    if min_rank <= 2 <= max_rank:
        yield from (tensor(3, 40, dtype=dtype).t().contiguous().t() for dtype in DTYPES)


def check(op: str, calls: Iterator[Call]) -> None:
    both = list(calls)
    both += [Call(c.args, c.kwargs, c.expected, True, c.out_dtype) for c in both]
    check_op(op, both)


def dims(x: torch.Tensor) -> range:
    return range(-x.dim(), x.dim())


def size(x: torch.Tensor, dim: int) -> int:
    return x.shape[dim] if x.dim() else 1


SLICES = [
    (None, None, 1),
    (0, 2, 1),
    (-2, None, 1),
    (1, -1, 2),
    (2, 1, 1),
    (-100, 100, 3),
    (1, 2**63 - 1, 2**40),
]


def slice_arguments(x: torch.Tensor) -> Iterator[list[Any]]:
    return ([dim, *bounds] for dim in dims(x) for bounds in SLICES)


def view_shapes(x: torch.Tensor) -> Iterator[list[Any]]:
    yield [[x.numel()]]
    yield [[*reversed(x.shape)]]
    yield [[*x.shape, 1]]
    yield [[1, *x.shape]]
    if x.numel() > 0:
        yield [[-1]]
    if x.numel() % 2 == 0:
        yield [[2, x.numel() // 2]]


def permutations(x: torch.Tensor) -> Iterator[list[Any]]:
    every = list(itertools.permutations(range(x.dim())))
    for order in every[:: max(1, len(every) // 8)]:
        yield [[*order]]
        yield [[d - x.dim() for d in order]]


def splits(x: torch.Tensor) -> Iterator[list[Any]]:
    for dim in dims(x):
        yield [[1, 0, x.shape[dim] - 1] if x.shape[dim] else [0, 0], dim]


# Of each operator the ranks of its input, and a generator of the arguments after it.
OPERATORS: dict[str, tuple[int, int, Callable[[torch.Tensor], Any]]] = {
    "alias_copy.out": (0, 4, lambda x: [[]]),
    "clone.out": (0, 4, lambda x: [[]]),
    "constant_pad_nd.out": (
        1,
        4,
        lambda x: [
            [pad, value]
            for pad in ([1, 2], [-1, 0], [1, 1, 2, 0], [0, -1, -1, 3], [0, 0], [])
            for value in (0, 1)
            if len(pad) <= 2 * x.dim() and not (x.numel() == 0 and pad and min(pad) < 0)
        ],
    ),
    "detach_copy.out": (0, 4, lambda x: [[]]),
    "diagonal_copy.out": (
        2,
        4,
        lambda x: [[], [1], [-1, 1, 0], [1, 0, -1], [50], [-50], [0, -1, -2]],
    ),
    "expand_copy.out": (
        0,
        4,
        lambda x: [[[*x.shape]], [[2, *(3 if s == 1 else -1 for s in x.shape)]]],
    ),
    "flip.out": (0, 4, lambda x: [[[]], [[*range(x.dim())]], *([[d]] for d in dims(x))]),
    "lift_fresh_copy.out": (0, 4, lambda x: [[]]),
    "narrow_copy.out": (
        1,
        4,
        lambda x: (
            [dim, start, length]
            for dim in dims(x)
            for start, length in ((0, x.shape[dim]), (0, 0), (-1, 1), (1, 1))
            if x.shape[dim] > 1
        ),
    ),
    "permute_copy.out": (0, 4, permutations),
    "repeat.out": (
        0,
        4,
        lambda x: [[[3] * x.dim()], [[2, *range(x.dim())]], [[1] * (x.dim() + 2)]],
    ),
    "roll.out": (
        0,
        4,
        lambda x: [[[4]], [[-7]], *([[3], [d]] for d in dims(x)), *[[[1, -1], [0, 0]]][: x.dim()]],
    ),
    "select_copy.int_out": (
        1,
        4,
        lambda x: ([d, i] for d in dims(x) if x.shape[d] for i in (0, -1, x.shape[d] - 1)),
    ),
    "slice_copy.Tensor_out": (1, 4, slice_arguments),
    "split_copy.Tensor_out": (1, 4, lambda x: ([n, d] for d in dims(x) for n in (1, 2, 9))),
    "split_with_sizes_copy.out": (1, 4, splits),
    "squeeze_copy.dim_out": (0, 4, lambda x: [[d] for d in dims(x)] or [[0], [-1]]),
    "squeeze_copy.dims_out": (0, 4, lambda x: [[[]], [[*range(x.dim())]]]),
    "t_copy.out": (0, 2, lambda x: [[]]),
    "transpose_copy.int_out": (1, 4, lambda x: itertools.product(dims(x), dims(x))),
    "tril.out": (2, 4, lambda x: [[], [-100], [-1], [1], [100]]),
    "unbind_copy.int_out": (1, 4, lambda x: ([d] for d in dims(x) if x.shape[d])),
    "unfold_copy.out": (
        1,
        4,
        lambda x: ([d, min(2, x.shape[d]), s] for d in dims(x) for s in (1, 3)),
    ),
    "unsqueeze_copy.out": (0, 4, lambda x: ([d] for d in range(-x.dim() - 1, x.dim() + 1))),
    "view_copy.out": (0, 4, view_shapes),
}


def eager(op: str, *args: Any) -> Any:
    base, _, overload = op.removesuffix("out").partition(".")
    if base == "view_copy":
        return args[0].reshape(args[1])
    packet = getattr(torch.ops.aten, base)
    return getattr(packet, overload.rstrip("_") or "default")(*args)


@pytest.mark.parametrize("op", OPERATORS)
def test_matches_eager(op: str) -> None:
    low, high, arguments = OPERATORS[op]

    def calls() -> Iterator[Call]:
        for x in tensors(low, high):
            for args in arguments(x):
                yield Call([x, *args], expected=eager(op, x, *args))

    check(f"aten::{op}", calls())


CONVERTIBLE = [*REAL_AND_BOOL, torch.uint16, torch.uint32, torch.complex64, torch.complex128]


@pytest.mark.parametrize("op", ["aten::_to_copy.out", "dim_order_ops::_to_dim_order_copy.out"])
@pytest.mark.filterwarnings("ignore:Casting complex values")
def test_conversion(op: str) -> None:
    def calls() -> Iterator[Call]:
        for source, target in itertools.product(CONVERTIBLE, CONVERTIBLE):
            x = tensor(3, 150) if source.is_floating_point else tensor(3, 150, dtype=torch.uint8)
            # Not every conversion of negative numbers is defined.
            x = (x.abs() if x.is_floating_point() else x).to(source)
            for y in layouts(x):
                yield Call([y], expected=y.to(target))

    check(op, calls())


def test_dim_order_is_that_of_the_out() -> None:
    x = tensor(2, 3, 4, 5)
    nhwc = x.contiguous(memory_format=torch.channels_last)
    calls = []
    for source, target in itertools.product((x, nhwc), (x, nhwc)):
        order = [0, 2, 3, 1] if target is nhwc else [0, 1, 2, 3]
        calls += [Call([source], kwargs, target) for kwargs in ({"dim_order": order}, {})]
    check_op("dim_order_ops::_to_dim_order_copy.out", calls)
    check_op("dim_order_ops::_clone_dim_order.out", calls)
    wrong = Call([x], {"dim_order": [0, 2, 3, 1]})
    check_refused("dim_order_ops::_to_dim_order_copy.out", wrong, [x], "the dim order asked for")


def test_copy() -> None:
    def calls() -> Iterator[Call]:
        for dtype in [*REAL_AND_BOOL, torch.complex64]:
            x = torch.zeros(2, 3, 4, 5, dtype=dtype)
            for src in (tensor(4, 5), tensor(3, 1, 1, dtype=torch.uint8), tensor(dtype=torch.bool)):
                # Not every conversion of negative numbers is defined.
                src = src.abs() if src.is_floating_point() and not dtype.is_signed else src
                yield from (Call([y, src], expected=y.clone().copy_(src)) for y in layouts(x))

    check("aten::copy.out", calls())
    in_place = [Call([torch.zeros(2, 3), x], expected=x) for x in layouts(tensor(2, 3))]
    check_op("aten::copy_", in_place)


def joins() -> Iterator[list[Any]]:
    for dtype in DTYPES:
        x = tensor(2, 3, 4, 5, dtype=dtype)
        for dim in dims(x):
            yield [[x, *layouts(x)], dim]
    yield [[tensor(), tensor()], 0]


def test_stack() -> None:
    check("aten::stack.out", (Call(args) for args in joins()))


def test_cat() -> None:
    mixed = [[torch.int32, torch.float32], [torch.bool, torch.uint8], [torch.half, torch.bfloat16]]
    calls = [Call(args) for args in joins() if args[0][0].dim()]
    calls += [Call([[tensor(2, 3), tensor(n, 3)], 0]) for n in (0, 1, 5)]
    calls += [Call([[tensor(0), tensor(2, 3), tensor(0)], -1]), Call([[tensor(0), tensor(0)], 0])]
    calls += [Call([[tensor(2, 3, dtype=dtype) for dtype in pair], 0]) for pair in mixed]
    check("aten::cat.out", iter(calls))


def test_slice_scatter() -> None:
    def calls() -> Iterator[Call]:
        for x in tensors(1):
            for args in slice_arguments(x):
                shape = torch.ops.aten.slice_copy(x, *args).shape
                yield Call([x, tensor(*shape, dtype=x.dtype), *args])

    check("aten::slice_scatter.out", calls())


def test_select_scatter() -> None:
    check(
        "aten::select_scatter.out",
        (
            Call([x, tensor(*x.select(d, i).shape, dtype=x.dtype), d, i])
            for x in tensors(1)
            for d in dims(x)
            for i in ((0, -1) if x.shape[d] else ())
        ),
    )


def test_as_strided() -> None:
    arguments = [
        ([2, 3], [3, 1], None),
        ([2, 2], [1, 2], 1),
        ([], [], 2),
        ([0, 3], [1, 1], 5),
        ([5], [0], 3),
        ([2, 2, 2], [1, 1, 1], 20),
    ]
    x = tensor(4, 6)
    check("aten::as_strided_copy.out", (Call([x, *args]) for args in arguments))
    for size, stride, offset in [(25, 1, 0), (2, 24, 0), (1, 1, 24), (3, 10**18, 0), (1, 1, -1)]:
        call = Call([x, [size], [stride], offset])
        check_refused("aten::as_strided_copy.out", call, [torch.zeros(size)], "reach|negative")


@pytest.mark.parametrize("name", ["shuffle", "unshuffle"])
def test_pixel(name: str) -> None:
    images = [tensor(2, 9, 6, 3), tensor(9, 3, 3), tensor(1, 2, 18, 3, 9)]
    check(
        f"aten::pixel_{name}.out",
        (Call([x, r]) for image in images for x in layouts(image) for r in (1, 3)),
    )
    check_refused(f"aten::pixel_{name}.out", Call([images[0], 4]), [images[0]], "divisible")


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("kind", ["reflection", "replication"])
def test_border_padding(kind: str, n: int) -> None:
    op = f"aten::{kind}_pad{n}d.out"
    x = tensor(2, 3, *range(5, 5 + n))
    pads = [[1] * 2 * n, [2, 3] * n, [0, 1] * n, [-1, 2] * n, [0] * 2 * n, [4, 2] * n]
    check(op, (Call([y, pad]) for z in (x, x[0]) for y in layouts(z) for pad in pads))
    check_refused(op, Call([x, [-5, 1] * n]), [x], "too small|cannot be padded")
    if kind == "reflection":
        check_refused(op, Call([x, [7, 0] * n]), [x], "too small")


def test_pad_value_must_fit() -> None:
    x = tensor(3, dtype=torch.uint8)
    check("aten::constant_pad_nd.out", (Call([x, [1, 0], value]) for value in (255, 3.7)))
    for value in (256, 1e10):
        out = torch.zeros(4, dtype=torch.uint8)
        check_refused("aten::constant_pad_nd.out", Call([x, [1, 0], value]), [out], "does not fit")


def test_view_as_real() -> None:
    parts = [tensor(2, 3, 4, dtype=dtype) for dtype in (torch.complex64, torch.complex128)]
    check("aten::view_as_real_copy.out", (Call([x]) for x in parts))


def test_empty_resizes_only() -> None:
    for op in ("aten::empty.out", "dim_order_ops::_empty_dim_order.out"):
        check_refused(op, Call([[5, 3]]), [Out(torch.empty(1, 1), [2, 3])], "upper bound")
        check_refused(op, Call([[-1, 3]]), [Out(torch.empty(1, 1), [2, 3])], "out of range")


X = torch.arange(6.0).reshape(2, 3)
REFUSED: list[tuple[str, list[Any], list[torch.Tensor], str]] = [
    ("cat.out", [[X, torch.zeros(2, 2)], 0], [X], "size 3 at dimension 1, got 2"),
    ("cat.out", [[X, torch.zeros(2)], 0], [X], "ranks"),
    ("cat.out", [[X, X], 2], [X], "dimension 2 is out of range"),
    ("cat.out", [[X, X], 0], [X.int()], "cannot be stored"),
    ("cat.out", [[], 0], [X], "empty"),
    ("expand_copy.out", [X, [2, 4]], [X], "expanded to size 4"),
    ("flip.out", [X, [0, 0]], [X], "appears twice"),
    ("narrow_copy.out", [X, 0, 1, 2], [X], "start 1 with length 2"),
    ("narrow_copy.out", [X, 0, 1, 2**63 - 1], [X], "exceeds"),
    ("permute_copy.out", [X, [0, 0]], [X], "appears twice"),
    ("permute_copy.out", [X, [0, 2]], [X], "out of range"),
    ("permute_copy.out", [X, [1, 0]], [X.t().int().contiguous()], "Float and Int"),
    ("permute_copy.out", [X, [1, 0]], [X], "cannot become"),
    ("repeat.out", [X, [2]], [X], "rank"),
    ("repeat.out", [X, [-1, 1]], [X], "out of range"),
    ("repeat.out", [X, [2**31 - 1, 2**31 - 1]], [X], "out of range"),
    ("roll.out", [X, [1, 2], [0]], [X], "2 shifts for 1 dims"),
    ("select_copy.int_out", [X, 0, 2], [X[0]], "index 2 is out of range"),
    ("select_copy.int_out", [X, 0, -3], [X[0]], "index -3 is out of range"),
    ("slice_copy.Tensor_out", [X, 0, 0, 2, 0], [X], "step must be positive"),
    ("slice_scatter.out", [X, X, 0, 0, 1], [X], "the slice has 1"),
    ("split_copy.Tensor_out", [X, 1, 1], [X[:, :1], X[:, :1]], "expected 3 outputs, got 2"),
    ("split_copy.Tensor_out", [X, 0, 1], [X], "cannot divide"),
    ("split_with_sizes_copy.out", [X, [1, 1], 1], [X[:, :1], X[:, :1]], "leave 1"),
    ("split_with_sizes_copy.out", [X, [2, 2], 1], [X[:, :2], X[:, :2]], "1 are left"),
    ("stack.out", [[X, X[:1]], 0], [torch.zeros(2, 2, 3)], "size 2 at dimension 0, got 1"),
    ("tril.out", [X[0]], [X[0]], "rank"),
    ("unbind_copy.int_out", [X, 0], [X[0]], "expected 2 outputs, got 1"),
    ("unfold_copy.out", [X, 0, 3, 1], [torch.zeros(0, 3, 3)], "size 3 exceeds"),
    ("view_copy.out", [X, [4, 2]], [torch.zeros(4, 2)], "6 elements cannot be viewed"),
    ("view_copy.out", [X, [-1, 4]], [torch.zeros(2, 4)], "6 elements cannot be viewed"),
    ("view_copy.out", [X, [-1, -1]], [X], "second -1"),
    ("view_copy.out", [X, [2**40, 2**40]], [X], "too large"),
    ("_to_copy.out", [X], [torch.zeros(2, 4)], "cannot become"),
]


@pytest.mark.parametrize(("op", "args", "outs", "match"), REFUSED)
def test_refuses(op: str, args: list[Any], outs: list[torch.Tensor], match: str) -> None:
    check_refused(f"aten::{op}", Call(args), [o.contiguous() for o in outs], match)


def test_integer_types_move_bits() -> None:
    for dtype in INTS:
        limits = torch.tensor([torch.iinfo(dtype).min, torch.iinfo(dtype).max], dtype=dtype)
        check_op("aten::flip.out", [Call([limits, [0]])])
