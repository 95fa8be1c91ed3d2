# SPDX-License-Identifier: BSD-3-Clause
"""Operators that combine what is scattered to one element, and bags of embeddings."""

import sys
from pathlib import Path

import pytest
import torch
from torch._subclasses import FakeTensorMode

sys.path.insert(0, str(Path(__file__).parent))
from check_op import FLOATS, INTS, Call, check_op, check_refused, layouts, make_tensor
from test_linalg import run

aten = torch.ops.aten
REDUCTIONS = ["sum", "prod", "mean", "amax", "amin"]


def loose(dtype: torch.dtype) -> dict[str, float | None]:
    tolerance = {torch.float16: 2e-2, torch.bfloat16: 1e-1}.get(dtype)
    return {"rtol": tolerance, "atol": tolerance}


def small(*shape: int, dtype: torch.dtype) -> torch.Tensor:
    return make_tensor(*shape, dtype=dtype, low=1, high=4)


@pytest.mark.parametrize("dtype", [*FLOATS, *INTS, torch.bool])
@pytest.mark.parametrize("reduce", REDUCTIONS)
def test_scatter_reduce(reduce: str, dtype: torch.dtype) -> None:
    if dtype == torch.bool and reduce == "mean":
        pytest.skip("torch has no mean of bools")
    calls = []
    for shape, index_shape, dims in [
        ((5,), (9,), [0, -1]),
        ((4, 6), (3, 5), [0, 1]),
        ((2, 3, 4, 5), (2, 2, 6, 3), [2]),
        ((), (), [0]),
        ((3, 4), (0, 2), [0]),
    ]:
        for x in layouts(small(*shape, dtype=dtype)):
            for dim in dims:
                size = shape[dim] if shape else 1
                source = small(*[s + 1 for s in index_shape], dtype=dtype)
                index = torch.randint(0, size, index_shape)
                calls += [
                    Call(
                        [x, dim, i, source, reduce],
                        {"include_self": include_self},
                        expected=torch.scatter_reduce(
                            x.contiguous(), dim, index, source, reduce, include_self=include_self
                        ),
                    )
                    for i in (index, index.int())
                    for include_self in (True, False)
                ]
    check_op("aten::scatter_reduce.two_out", calls, **loose(dtype))


def test_scatter_reduce_of_nan() -> None:
    x = torch.zeros(3)
    source = torch.tensor([1.0, float("nan"), -float("inf"), 2])
    index = torch.tensor([0, 0, 1, 1])
    check_op(
        "aten::scatter_reduce.two_out",
        [
            Call([x, 0, index, source, r], {"include_self": s})
            for r in REDUCTIONS
            for s in (True, False)
        ],
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.int64, torch.int32])
@pytest.mark.parametrize("reduce", ["add", "multiply"])
def test_scatter_with_reduction(reduce: str, dtype: torch.dtype) -> None:
    x = small(4, 6, dtype=dtype)
    index = torch.randint(0, 4, (7, 5))
    source = small(7, 6, dtype=dtype)
    check_op("aten::scatter.reduce_out", [Call([x, 0, index, source], {"reduce": reduce})])
    check_op(
        "aten::scatter.value_reduce_out",
        [Call([x, 0, index, v], {"reduce": reduce}) for v in (2, 3)],
    )


@pytest.mark.parametrize("dtype", [*FLOATS, torch.int64])
@pytest.mark.parametrize("reduce", ["prod", "mean", "amax", "amin"])
def test_index_reduce(reduce: str, dtype: torch.dtype) -> None:
    calls = [
        Call([x, dim, index, small(*shape, dtype=dtype), reduce], {"include_self": include_self})
        for x in layouts(small(3, 4, 5, dtype=dtype))
        for dim, shape in [(0, (6, 4, 5)), (-2, (3, 6, 5)), (2, (3, 4, 6))]
        for include_self in (True, False)
        for index in [torch.randint(0, 3, (6,))]
    ]
    check_op("aten::index_reduce.out", calls, **loose(dtype))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("mode", [0, 1, 2])
def test_embedding_bag(mode: int, dtype: torch.dtype) -> None:
    weight = make_tensor(7, 5, dtype=dtype)
    indices = torch.tensor([1, 2, 2, 6, 0, 3, 3])
    for offsets, last in [([0, 3, 3, 5], False), ([0, 2, 7], True), ([0], False)]:
        for kind in (torch.int64, torch.int32):
            for padding in (-1, 2):
                bags = torch.tensor(offsets, dtype=kind)
                args = [weight, indices.to(kind), bags, False, mode, False, None, last, padding]
                expected = aten._embedding_bag(*args)
                for name in ("_embedding_bag", "_embedding_bag_forward_only"):
                    # Programs are planned with the shapes that torch infers.
                    with FakeTensorMode() as mode_:
                        fake = [mode_.from_tensor(a) if torch.is_tensor(a) else a for a in args]
                        shapes = [tuple(t.shape) for t in getattr(aten, name)(*fake)]
                    outs = [torch.zeros(s, dtype=e.dtype) for s, e in zip(shapes, expected)]
                    out, _, sizes, rows = run(f"aten::{name}.out", args, outs)
                    torch.testing.assert_close(out, expected[0], rtol=2e-2, atol=2e-2)
                    if mode != 0:
                        torch.testing.assert_close(sizes[: len(expected[2])], expected[2])
                    if mode == 2:
                        torch.testing.assert_close(rows, expected[3])


def test_embedding_bag_weights() -> None:
    weight, samples = make_tensor(7, 200), make_tensor(5)
    arguments = [
        weight,
        torch.tensor([1, 2, 2, 6, 0]),
        torch.tensor([0, 3]),
        False,
        0,
        False,
        samples,
    ]
    expected = aten._embedding_bag(*arguments)
    check_op("aten::_embedding_bag.out", [Call(arguments, expected=list(expected))])


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.int16, torch.bool])
def test_put(dtype: torch.dtype) -> None:
    index = torch.tensor([[0, -1], [5, 3]])
    calls = [
        Call([x, index, make_tensor(2, 2, dtype=dtype), False])
        for x in layouts(make_tensor(3, 4, dtype=dtype))
    ]
    if dtype != torch.bool:
        repeated = torch.tensor([0, 1, 1, 0])
        calls.append(
            Call([make_tensor(3, dtype=dtype), repeated, make_tensor(4, dtype=dtype), True])
        )
    check_op("aten::put.out", calls)


@pytest.mark.parametrize("dtype", [torch.float32, torch.int8, torch.bool, torch.float64])
def test_scatter_into_views(dtype: torch.dtype) -> None:
    x = make_tensor(4, 5, 3, dtype=dtype)
    diagonal = [
        Call([t, torch.diagonal_copy(x, o, a, b).logical_not().to(dtype), o, a, b])
        for t in layouts(x)
        for o, a, b in [(0, 0, 1), (1, 0, 1), (-2, 1, 2), (9, 0, 2), (-1, -1, 0)]
        if torch.diagonal_copy(x, o, a, b).numel()
    ]
    check_op("aten::diagonal_scatter.out", diagonal)
    strided = [
        Call([x, make_tensor(2, 3, dtype=dtype), [2, 3], [7, 2], offset]) for offset in (None, 5)
    ]
    check_op("aten::as_strided_scatter.out", strided)


@pytest.mark.parametrize("dtype", [torch.float32, torch.int64, torch.bool])
def test_nonzero_static(dtype: torch.dtype) -> None:
    x = make_tensor(3, 4, dtype=dtype, low=-1, high=2)
    calls = [Call([x], {"size": size, "fill_value": -7}) for size in (0, 3, 20)]
    calls.append(Call([x[0, 0]], {"size": 2}))
    check_op("aten::nonzero_static.out", calls)


def test_refused() -> None:
    x, index = torch.zeros(3, 4), torch.zeros(2, 2, dtype=torch.int64)
    op = "aten::scatter_reduce.two_out"
    check_refused(op, Call([x, 0, index, x, "median"]), [x], "reduce is 'median'")
    check_refused(op, Call([x, 0, index + 3, x, "sum"]), [x], "out of range")
    check_refused(
        op, Call([x, 0, index - 1, x, "amax"], {"include_self": False}), [x], "out of range"
    )
    check_refused("aten::put.out", Call([x, index, x, False]), [x], "4 indices and 12 elements")
    check_refused("aten::put.out", Call([x, index + 12, x[:1], False]), [x], "out of range")
    check_refused("aten::index_reduce.out", Call([x, 0, index[0], x, "prod"]), [x], "expected 2")
    empty, bag = torch.empty(0, dtype=torch.int64), torch.zeros(1, dtype=torch.int64)
    check_refused(
        "aten::_embedding_bag.out",
        Call([x, index[0] + 3, bag]),
        [x[:1], empty, bag, bag],
        "out of range",
    )
    check_refused(
        "aten::_embedding_bag.out",
        Call([x, index[0], bag + 1]),
        [x[:1], empty, bag, bag],
        "first of the offsets",
    )
