# SPDX-License-Identifier: BSD-3-Clause
"""Kernels of quantized_decomposed: quantization, and lookups and products of quantized weights."""

import sys
from pathlib import Path

import pytest
import torch

import executorch.kernels.quantized  # registers the operators  # noqa: F401
from executorch.exir import to_edge
from executorch.runtime import Runtime

sys.path.insert(0, str(Path(__file__).parent))
from check_op import FLOATS, Call, check_op, check_refused, layouts, make_tensor

RANGES = {
    torch.uint8: (0, 255),
    torch.int8: (-128, 127),
    torch.int16: (-32768, 32767),
    torch.uint16: (0, 65535),
    torch.int32: (-(2**31), 2**31 - 1),
}
SMALL = [torch.uint8, torch.int8, torch.int16]


def op(name: str) -> str:
    return f"quantized_decomposed::{name}"


def quantized(*shape: int, dtype: torch.dtype = torch.int8) -> torch.Tensor:
    low, high = RANGES[dtype]
    return make_tensor(*shape, dtype=dtype, low=max(low, -300), high=min(high, 300))


def test_quantize_per_tensor() -> None:
    calls = []
    for dtype, (low, high) in RANGES.items():
        if dtype == torch.int32:
            continue  # float has not the precision for its ends
        for values in FLOATS[:1] + FLOATS[2:]:
            x = make_tensor(3, 5, dtype=values)
            calls.append(Call([x, 0.037, 7, low, high, dtype]))
            calls.append(Call([x, 1.5, 3, max(low, -10), 20, dtype]))
    x = torch.tensor([0.5, 1.5, 2.5, -0.5, -1.5, 1e30, -1e30, float("inf"), -float("inf")])
    calls.append(Call([x, 1.0, 0, -128, 127, torch.int8]))
    calls += [Call([t, 0.1, 1, -128, 127, torch.int8]) for t in layouts(make_tensor(2, 3, 4, 5))]
    calls.append(Call([make_tensor(4), 0.1, 1, -128, 127, torch.int8], dynamic=True))
    check_op(op("quantize_per_tensor.out"), calls)


def test_quantize_per_tensor_by_tensors() -> None:
    x = make_tensor(3, 5)
    for scale in (torch.tensor([0.05]), torch.tensor(0.05, dtype=torch.float64)):
        for zero_point in (torch.tensor([3]), torch.tensor(3, dtype=torch.int32)):
            arguments = [x, scale, zero_point, -128, 127, torch.int8]
            check_op(op("quantize_per_tensor.Tensor_out"), [Call(arguments)])
            q = torch.ops.quantized_decomposed.quantize_per_tensor(*arguments)
            check_op(op("dequantize_per_tensor.Tensor_out"), [Call([q, *arguments[1:]])])


def test_dequantize_per_tensor() -> None:
    calls = []
    for dtype, (low, high) in RANGES.items():
        q = quantized(3, 5, dtype=dtype)
        calls.append(Call([q, 0.037, 7, low, high, dtype]))
        for out in (torch.float32, torch.float64):
            calls.append(Call([q, 0.5, -2, low, high, dtype], {"out_dtype": out}))
    calls += [Call([t, 0.1, 1, -128, 127, torch.int8]) for t in layouts(quantized(2, 3, 4, 5))]
    check_op(op("dequantize_per_tensor.out"), calls)


@pytest.mark.parametrize("double", [False, True])
def test_per_channel(double: bool) -> None:
    dtype = torch.float64 if double else torch.float32
    forward, backward = [], []
    for axis in (0, 1, 2, -1):
        n = (2, 3, 4, 4)[axis] if axis >= 0 else 4
        scales = make_tensor(n, dtype=dtype, low=0.01, high=0.2)
        zero_points = quantized(n).to(torch.int64) // 10
        for quantized_type in SMALL:
            low, high = RANGES[quantized_type]
            rest = [scales, zero_points, axis, low, high, quantized_type]
            x = make_tensor(2, 3, 4)
            forward.append(Call([x, *rest]))
            q = quantized(2, 3, 4, dtype=quantized_type)
            backward.append(Call([q, *rest]))
    scales = make_tensor(3, dtype=dtype, low=0.01, high=0.2)
    rest = [scales, torch.tensor([0, 1, 2]), 1, -128, 127, torch.int8]
    # PyTorch permutes the result; the kernel keeps the dim order.
    for x in layouts(make_tensor(2, 3, 4, 5)):
        expected = torch.ops.quantized_decomposed.quantize_per_channel(x.contiguous(), *rest)
        forward.append(
            Call([x, *rest], expected=torch.empty_like(x, dtype=torch.int8).copy_(expected))
        )
    check_op(op("quantize_per_channel.out"), forward)
    check_op(op("dequantize_per_channel.out"), backward)
    q = quantized(2, 3)
    check_op(op("dequantize_per_channel.out"), [Call([q, scales, None, 1, -128, 127, torch.int8])])


@pytest.mark.parametrize("double", [False, True])
def test_per_token(double: bool) -> None:
    dtype = torch.float64 if double else torch.float32
    scales = make_tensor(2, 3, 1, dtype=dtype, low=0.01, high=0.2)
    zero_points = quantized(2, 3, 1).to(torch.int64) // 10
    rest = [scales, zero_points, -128, 127, torch.int8]
    check_op(op("quantize_per_token.out"), [Call([make_tensor(2, 3, 8), *rest])])
    q = quantized(2, 3, 8)
    calls = [Call([q, *rest, out]) for out in (torch.float32, torch.float16, torch.bfloat16)]
    check_op(op("dequantize_per_token.out"), calls)


def test_choose_qparams() -> None:
    calls = [
        Call([x, low, high, 1e-5, dtype])
        for dtype, (low, high) in list(RANGES.items())[:3]
        for x in (make_tensor(7), make_tensor(3, 4).abs(), -make_tensor(5).abs(), torch.zeros(3))
    ]
    check_op(op("choose_qparams.Tensor_out"), calls)
    calls = [Call([x, torch.int8]) for x in (make_tensor(3, 8), make_tensor(2, 2, 5).abs() + 1)]
    calls += [
        Call([-make_tensor(4, 6).abs() - 1, torch.int8]),
        Call([torch.zeros(2, 3), torch.int8]),
    ]
    check_op(op("choose_qparams_per_token_asymmetric.out"), calls)


@pytest.mark.parametrize(("name", "per_byte"), [("byte", 1), ("4bit", 2), ("2bit", 4)])
def test_embeddings(name: str, per_byte: int) -> None:
    calls, typed = [], []
    weights = [quantized(6, 8, dtype=torch.uint8)]
    if name == "byte":
        weights.append(quantized(6, 8))
    for weight in weights:
        for groups in ((), (1,), (4,)):
            for scale_type in (torch.float32, torch.float16):
                scales = make_tensor(6, *groups, dtype=scale_type, low=0.1, high=2)
                for zero_points in (None, quantized(6, *groups).to(scale_type) // 16):
                    indices = torch.tensor([[0, 5, 2], [3, 3, 1]])
                    arguments = [weight, scales, zero_points, -8, 7, indices]
                    calls.append(Call(arguments))
                    typed.append(Call(arguments, {"dtype": torch.float32}))
    indices = torch.tensor([4, 0], dtype=torch.int32)
    calls.append(Call([weights[0], torch.ones(6), None, 0, 255, indices], dynamic=True))
    check_op(op(f"embedding_{name}.out"), calls, rtol=2e-3, atol=2e-2)
    check_op(op(f"embedding_{name}.dtype_out"), typed, rtol=2e-3, atol=2e-2)
    out = torch.empty(1, 8 * per_byte)
    for index in (-1, 6):
        call = Call([weights[0], torch.ones(6), None, 0, 255, torch.tensor([index])], expected=out)
        check_refused(op(f"embedding_{name}.out"), call, [out], "is not in a table of 6 rows")
    call = Call([weights[0], torch.ones(5), None, 0, 255, torch.tensor([0])], expected=out)
    check_refused(op(f"embedding_{name}.out"), call, [out], "scales do not fit")


def test_mixed_products() -> None:
    x, weight = make_tensor(3, 8), quantized(8, 5) // 16
    scales = make_tensor(8, low=0.1, high=1)
    check_op(op("mixed_mm.out"), [Call([x, weight, scales, None])], rtol=1e-4, atol=1e-3)
    rows = quantized(5, 8) // 16
    calls = [
        Call([inputs, rows, scales, None])
        for inputs in (x, make_tensor(2, 2, 8), make_tensor(8))
        for scales in (make_tensor(5, low=0.1, high=1), make_tensor(5, 4, low=0.1, high=1))
    ]
    calls.append(Call([x, rows, torch.ones(5), None, torch.float16]))
    check_op(op("mixed_linear.out"), calls, rtol=1e-3, atol=1e-2)
    out = torch.empty(3, 5)
    call = Call([x, rows, torch.ones(5), torch.zeros(5)], expected=out)
    check_refused(op("mixed_linear.out"), call, [out], "zero points are not supported")


def test_add() -> None:
    calls = []
    for dtype in (torch.uint8, torch.int8):
        low, high = RANGES[dtype]
        a, b = quantized(3, 5, dtype=dtype), quantized(3, 5, dtype=dtype)
        calls.append(Call([a, 0.5, 1, low, high, b, 0.25, 2, low, high, 0.5, 3, low, high]))
    check_op(op("add.out"), calls)


def test_what_is_refused() -> None:
    x, out = make_tensor(2, 3), torch.empty(2, 3, dtype=torch.int8)
    name = op("quantize_per_tensor.out")
    call = Call([x, 0.1, 0, 0, 255, torch.int8], expected=out)
    check_refused(name, call, [out], "quant_min 0 and quant_max 255 are no range of Char")
    call = Call([x, 0.1, 0, 0, 255, torch.uint8], expected=out)
    check_refused(name, call, [out], "has elements of Char, but dtype is Byte")
    call = Call([x, torch.ones(2), torch.zeros(3).long(), 1, -128, 127, torch.int8], expected=out)
    check_refused(op("quantize_per_channel.out"), call, [out], "scales: expected 3 elements")


def test_a_quantized_model_is_exported_and_runs() -> None:
    """The out variants are found without importing anything."""

    class Model(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            ops = torch.ops.quantized_decomposed
            q = ops.quantize_per_tensor(x, 0.05, 3, -128, 127, torch.int8)
            y = ops.dequantize_per_tensor(q, 0.05, 3, -128, 127, torch.int8)
            scale, zero_point = ops.choose_qparams(y, -128, 127, 1e-5, torch.int8)
            r = ops.quantize_per_tensor(y, scale, zero_point, -128, 127, torch.int8)
            return ops.dequantize_per_tensor(r, scale, zero_point, -128, 127, torch.int8)

    x = make_tensor(4, 6)
    program = to_edge(torch.export.export(Model(), (x,))).to_executorch()
    method = Runtime.get().load_program(program.buffer).load_method("forward")
    torch.testing.assert_close(method.execute([x])[0], Model()(x))
