# SPDX-License-Identifier: BSD-3-Clause
"""What is easily lost between eager PyTorch and a kernel: edge cases, through the exporter."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.export import Dim

from executorch.exir import to_edge
from executorch.runtime import Runtime

sys.path.insert(0, str(Path(__file__).parent))
from exported_calls import ExportedCall, assert_same, difference

aten = torch.ops.aten
F = torch.nn.functional
INF = float("inf")
NAN = float("nan")


def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> ExportedCall:
    return ExportedCall(function, args, kwargs)


def test_nonzero_of_matrices() -> None:
    x = torch.tensor([[0, 1, 0], [2, 0, 3]])
    assert_same([call(torch.nonzero, t) for t in (x, x.float(), x.bool(), x.t(), x[0], x[:0])])


def test_sum_of_a_number_over_dimension_0() -> None:
    x = torch.tensor(2.5)
    calls = [call(torch.sum, x, [dim]) for dim in (0, -1)]
    calls += [call(torch.mean, x, [0]), call(torch.amax, x, [0]), call(torch.argmax, x, 0)]
    calls += [call(torch.cumsum, x, 0), call(torch.cumsum, x, -1), call(torch.softmax, x, 0)]
    calls += [call(torch.any, x, 0), call(torch.prod, x, 0), call(torch.max, x, 0)]
    assert_same(calls)


def test_division_of_negative_integers() -> None:
    calls = []
    for dtype in (torch.int8, torch.int16, torch.int32, torch.int64, torch.float32, torch.float64):
        a = torch.tensor([7, -7, 7, -7, 6, -6], dtype=dtype)
        b = torch.tensor([3, 3, -3, -3, 3, -3], dtype=dtype)
        calls += [call(f, a, b) for f in (torch.remainder, torch.fmod, torch.floor_divide)]
        calls += [call(torch.div, a, b, rounding_mode=mode) for mode in (None, "trunc", "floor")]
        calls += [call(torch.remainder, a, number) for number in (3, -3)]
    assert_same(calls)


def test_integers_wrap_around() -> None:
    calls = []
    for dtype in (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64):
        info = torch.iinfo(dtype)
        x = torch.tensor([info.max, info.min, 3], dtype=dtype)
        calls += [call(torch.add, x, x), call(torch.mul, x, x), call(torch.sub, 1, x)]
        calls += [call(torch.neg, x), call(torch.abs, x), call(torch.pow, x, 3)]
        calls += [call(torch.cumsum, x, 0, dtype=dtype), call(torch.sum, x, dtype=dtype)]
        calls += [call(torch.prod, x, dtype=dtype)]
    assert_same(calls)


def test_division_by_zero() -> None:
    x = torch.tensor([1.0, -1.0, 0.0, INF, NAN])
    zero = torch.tensor([0.0, -0.0]).unsqueeze(1)
    calls = [call(f, x, zero) for f in (torch.div, torch.remainder, torch.fmod, torch.floor_divide)]
    calls += [call(torch.div, torch.tensor([1, 0]), torch.tensor([0, 0]))]
    assert_same(calls)


@pytest.mark.parametrize(
    "function",
    [torch.floor_divide, torch.remainder, torch.fmod],
)
def test_division_of_integers_by_zero_is_an_error(function: Callable[..., Any]) -> None:
    x = torch.tensor([4, 5], dtype=torch.int32)
    _assert_refused(function, (x, torch.tensor([2, 1], dtype=torch.int32)), (x, x * 0), "zero")


def test_nan_and_infinity() -> None:
    x = torch.tensor([[1.0, NAN, -INF, INF], [3.0, -0.0, 0.0, -2.0]])
    functions: list[Any] = [
        torch.relu, torch.sign, torch.round, torch.floor, torch.ceil, torch.trunc, torch.sigmoid,
        torch.tanh, torch.exp, torch.expm1, torch.log, torch.log1p, torch.sqrt, torch.rsqrt,
        torch.erf, torch.abs, torch.reciprocal, torch.isnan, torch.isinf, torch.isfinite,
        torch.logical_not, torch.sin, torch.atan, torch.acosh, F.gelu, F.silu, F.elu, F.leaky_relu,
        F.hardtanh, F.hardswish, F.hardsigmoid, F.softplus, F.mish, torch.logit, torch.sgn,
    ]  # fmt: skip
    calls = [call(function, x) for function in functions]
    y = x.flip(1)
    calls += [
        call(function, x, y)
        for function in (
            torch.maximum, torch.minimum, torch.atan2, torch.pow, torch.eq, torch.ne, torch.lt,
            torch.ge, torch.logical_and, torch.logical_xor, torch.fmod, torch.remainder,
        )
    ]  # fmt: skip
    calls += [call(f, x, 1) for f in (torch.max, torch.min, torch.argmax, torch.argmin, torch.amax)]
    calls += [call(f, x) for f in (torch.max, torch.min, torch.argmax, torch.any, torch.sum)]
    calls += [
        call(torch.clamp, x, -1.0, 2.0),
        call(torch.clamp, x, min=NAN),
        call(torch.clamp, x, max=y),
    ]
    calls += [call(torch.softmax, x, 1), call(torch.log_softmax, x, 1), call(torch.cumsum, x, 1)]
    calls += [call(torch.topk, x, 3), call(torch.where, x > 0, x, y), call(torch.nan_to_num, x)]
    calls += [call(torch.var, x, 1), call(torch.mean, x, 0), call(torch.nonzero, x)]
    assert_same(calls)


def test_max_pooling_keeps_nan() -> None:
    x = torch.arange(16.0).reshape(1, 1, 4, 4).clone()
    x[0, 0, 1, 1] = NAN
    calls = [call(F.max_pool2d, t, 2, stride=1, padding=1) for t in (x, x.half(), x.bfloat16())]
    calls.append(call(aten.max_pool2d_with_indices.default, x, [2, 2], [1, 1]))
    calls.append(call(F.max_pool2d, torch.full((1, 1, 2, 2), -INF), 2))
    assert_same(calls)


def test_resize_of_bytes() -> None:
    x = torch.arange(2 * 3 * 5 * 4, dtype=torch.uint8).reshape(2, 3, 5, 4) * 2
    calls = [
        call(F.interpolate, x, size=size, mode="bilinear", align_corners=aligned)
        for size in ((7, 3), (2, 9))
        for aligned in (False, True)
    ]
    calls.append(call(F.interpolate, x, scale_factor=1.5, mode="nearest"))
    assert_same(calls)


def test_double_is_computed_in_double() -> None:
    x = torch.linspace(1, 2, 48, dtype=torch.float64).reshape(2, 4, 6) ** 7 + 1e-9
    calls = [call(F.layer_norm, x, (6,)), call(F.group_norm, x, 2), call(F.softmax, x, 1)]
    calls += [call(torch.linalg.vector_norm, x, 2, 1), call(torch.norm, x), call(torch.var, x, 2)]
    calls += [call(F.batch_norm, x, torch.zeros(4).double(), torch.ones(4).double())]
    calls += [call(f, x) for f in (torch.sum, torch.mean, torch.exp, torch.erf, torch.tanh, F.gelu)]
    calls += [call(torch.matmul, x, x.transpose(1, 2)), call(F.avg_pool1d, x, 2)]
    calls += [call(F.conv1d, x, torch.ones(3, 4, 2).double() / 3)]
    assert_same(calls)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_accumulates_in_float(dtype: torch.dtype) -> None:
    # 4096 ones are exact in float; in half, 2048 + 1 is 2048; in bfloat16, 256 + 1 is 256.
    x = torch.ones(1, 256, 4, 4, dtype=dtype)
    weight = torch.ones(2, 256, 4, 4, dtype=dtype)
    rows = torch.ones(3, 4096, dtype=dtype)
    calls = [call(F.conv2d, x, weight), call(torch.mm, rows, rows.t()), call(torch.sum, rows, 1)]
    calls += [
        call(torch.mean, rows, 1),
        call(torch.cumsum, rows[:1, :512], 1),
        call(F.avg_pool2d, x, 4),
    ]
    calls += [call(F.layer_norm, rows, (4096,)), call(torch.bmm, rows[None], rows.t()[None])]
    assert_same(calls)


def test_convolutions() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 4, 5, 6, 7)
    images = x[:, :, 0]
    grouped = {"groups": 2, "padding": (1, 0, 2), "stride": (1, 2, 1)}
    upward = {"groups": 2, "padding": 1, "stride": 2, "output_padding": 1}
    calls = [
        call(F.conv3d, x, torch.randn(6, 2, 3, 2, 3), torch.randn(6), **grouped),
        call(F.conv3d, x, torch.randn(3, 4, 2, 2, 2), dilation=(2, 1, 3)),
        call(F.conv_transpose3d, x, torch.randn(4, 3, 2, 3, 2), torch.randn(6), **upward),
        call(F.conv2d, images, torch.randn(8, 1, 3, 3), groups=4, padding="same"),
        call(F.conv_transpose2d, images, torch.randn(4, 3, 3, 3), stride=(2, 3), dilation=2),
        call(F.conv1d, images[:, :, 0], torch.randn(5, 4, 3), stride=2, padding=4),
    ]
    assert_same(calls)


def test_indices_of_32_bits() -> None:
    x = torch.randn(4, 5)
    index = torch.tensor([[0, 4], [3, 1]], dtype=torch.int32)
    calls = [call(torch.index_select, x, 1, index[0]), call(F.embedding, index[1], x)]
    calls += [call(lambda x, i: x[i], x, index[1])]
    calls += [call(torch.gather, x, 1, index), call(torch.gather, x, 1, index.long())]
    assert_same(calls)


def test_channels_last() -> None:
    x = torch.randn(2, 3, 4, 5).contiguous(memory_format=torch.channels_last)
    scale = torch.tensor(3.0)
    calls = [call(torch.mul, x, 2.0), call(torch.mul, x, scale), call(torch.add, scale, x)]
    calls += [call(torch.mul, x, torch.randn(5)), call(torch.add, x, x.contiguous())]
    calls += [call(torch.sum, x, 1), call(torch.mean, x, (2, 3)), call(torch.cat, [x, x], 1)]
    calls += [call(torch.permute, x, (0, 2, 3, 1)), call(torch.flatten, x, 1), call(F.relu, x)]
    calls += [call(torch.softmax, x, 1), call(F.max_pool2d, x, 2), call(F.pad, x, (1, 2, 0, 1))]
    calls += [
        call(torch.slice_copy, x, 1, 1),
        call(torch.select, x, 1, 1),
        call(torch.where, x > 0, x, scale),
    ]
    calls += [call(torch.cumsum, x, 1), call(torch.argmax, x, 1), call(torch.nonzero, x)]
    assert_same(calls)


def test_negative_dimensions_and_no_elements() -> None:
    x = torch.randn(2, 3, 4)
    calls = []
    for dim in (-1, -2, -3):
        calls += [call(f, x, dim) for f in (torch.sum, torch.mean, torch.amax, torch.softmax)]
        calls += [call(f, x, dim) for f in (torch.cumsum, torch.argmin, torch.unsqueeze)]
        calls += [call(torch.select, x, dim, -1), call(torch.roll, x, 1, dim)]
        calls += [call(torch.transpose, x, dim, 0), call(torch.flip, x, (dim,))]
    calls += [
        call(torch.split, x, 2, -1),
        call(torch.chunk, x, 2, -2),
        call(torch.stack, [x, x], -1),
    ]
    empty = torch.empty(2, 0, 3)
    calls += [call(f, empty) for f in (torch.sum, torch.mean, torch.prod, torch.any, torch.relu)]
    calls += [call(f, empty, 1) for f in (torch.sum, torch.mean, torch.prod, torch.any, torch.all)]
    calls += [call(f, empty, 0) for f in (torch.amax, torch.amin, torch.argmax, torch.cumsum)]
    calls += [call(torch.cat, [empty, torch.ones(2, 1, 3)], 1), call(torch.softmax, empty, 1)]
    calls += [call(torch.matmul, empty, torch.ones(3, 2)), call(torch.matmul, empty.mT, empty)]
    assert_same(calls)


def test_rounding_and_correction() -> None:
    halves = torch.tensor([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.4999])
    x = torch.randn(3, 5)
    calls = [call(torch.round, t) for t in (halves, halves.half(), halves.double())]
    calls += [call(torch.round, halves * 10, decimals=-1)]
    calls += [call(torch.var, x, 1, correction=c) for c in (0, 1, 2, 5, 7)]
    calls += [call(torch.std, x, 1, correction=c) for c in (0, 1)]
    calls += [call(torch.var_mean, x, 0), call(torch.var, x[:, :1], 1)]
    assert_same(calls)


def test_padding() -> None:
    x = torch.arange(2.0 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    calls = [call(F.pad, x, pad) for pad in ((1, 2), (-1, 3), (0, 0, -2, -1), (1, 1, 1, 1, -1, 2))]
    for mode in ("reflect", "replicate"):
        calls += [
            call(F.pad, x, pad, mode=mode) for pad in ((1, 2, 3, 0), (4, 4, 3, 3), (0, 0, 0, 0))
        ]
        calls += [call(F.pad, x[0], (4, 1), mode=mode)]
    calls += [call(F.pad, x, (3, 0, 1, 2), mode="circular"), call(F.pad, x.int(), (1, 1), value=7)]
    assert_same(calls)


class _Split(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        a, b = torch.split(x, [2, x.shape[0] - 2])
        first, *_ = torch.chunk(x, 2, dim=1)
        return [a + 1, b * 2, first - 1]


@pytest.mark.parametrize("rows", [4, 5, 9])
def test_split_of_dynamic_sizes(rows: int) -> None:
    shapes = {"x": {0: Dim("rows", min=4, max=9)}}
    exported = torch.export.export(_Split(), (torch.randn(4, 6),), dynamic_shapes=shapes)
    program = to_edge(exported).to_executorch()
    method = Runtime.get().load_program(program.buffer).load_method("forward")
    x = torch.randn(rows, 6)
    assert not [p for p in map(difference, method.execute([x]), _Split()(x)) if p]


def _assert_refused(
    function: Callable[..., Any], example: tuple[Any, ...], bad: tuple[Any, ...], match: str
) -> None:
    class Module(torch.nn.Module):
        def forward(self, *args: torch.Tensor) -> Any:
            return function(*args)

    program = to_edge(torch.export.export(Module(), example, strict=False)).to_executorch()
    method = Runtime.get().load_program(program.buffer).load_method("forward")
    with pytest.raises(RuntimeError, match=match):
        method.execute(list(bad))
    # Nothing is left behind.
    assert not difference(method.execute(list(example))[0], function(*example))


@pytest.mark.parametrize("bad", [4, -5, 2**40])
@pytest.mark.parametrize(
    "function",
    [
        lambda x, i: torch.index_select(x, 0, i),
        lambda x, i: torch.gather(x, 0, i),
        lambda x, i: F.embedding(i, x.unsqueeze(1)),
        lambda x, i: x[i],
        lambda x, i: torch.scatter(x, 0, i, 1.0),
        lambda x, i: torch.scatter_add(x, 0, i, x[:2]),
        lambda x, i: torch.index_put(x, (i,), x[:2]),
    ],
    ids=["index_select", "gather", "embedding", "index", "scatter", "scatter_add", "index_put"],
)
def test_index_out_of_range_is_an_error(function: Callable[..., Any], bad: int) -> None:
    x = torch.tensor([1.0, 2.0, 3.0, 4.0])
    good = torch.tensor([3, 0])
    _assert_refused(function, (x, good), (x, torch.tensor([0, bad])), "out of range")


def test_complex_numbers() -> None:
    torch.manual_seed(0)
    calls = []
    for dtype in (torch.complex64, torch.complex128):
        x = torch.randn(2, 3, dtype=dtype)
        y = torch.randn(3, dtype=dtype)
        calls += [call(f, x, y) for f in (torch.add, torch.sub, torch.mul, torch.div, torch.pow)]
        calls += [call(f, x, y) for f in (torch.eq, torch.ne, torch.logical_and, torch.logical_xor)]
        calls += [call(torch.mul, x, 1 + 2j), call(torch.add, x, 2.5), call(torch.sub, x, y.real)]
        calls += [
            call(f, x)
            for f in (
                torch.exp, torch.log, torch.sqrt, torch.rsqrt, torch.sin, torch.cos, torch.tan,
                torch.sinh, torch.cosh, torch.tanh, torch.asin, torch.acos, torch.atan, torch.asinh,
                torch.acosh, torch.atanh, torch.neg, torch.reciprocal, torch.sigmoid, torch.abs,
                torch.expm1, torch.log1p, torch.log2, torch.log10, torch.conj_physical, torch.isnan,
                torch.isinf, torch.logical_not, torch.view_as_real, torch.sum, torch.mean,
                torch.prod, torch.any, torch.all, torch.nonzero, torch.real, torch.imag,
            )
        ]  # fmt: skip
        calls += [
            call(f, x, 1) for f in (torch.sum, torch.mean, torch.prod, torch.cumsum, torch.any)
        ]
        calls += [call(torch.mm, x, x.t()), call(torch.bmm, x[None], x.t()[None])]
        calls += [call(torch.addmm, y, x, torch.randn(3, 3, dtype=dtype), beta=2, alpha=0.5)]
        calls += [call(torch.where, x.real > 0, x, y), call(torch.masked_fill, x, x.real > 0, 2.0)]
        calls += [
            call(torch.cat, [x, x], 1),
            call(torch.permute, x, (1, 0)),
            call(torch.flip, x, (1,)),
        ]
        calls += [
            call(torch.index_select, x, 1, torch.tensor([2, 0])),
            call(torch.full_like, x, 3.0),
        ]
        calls += [call(torch.index_put, x, (torch.tensor([0, 0]),), x * 2, accumulate=True)]
    assert_same(calls)
