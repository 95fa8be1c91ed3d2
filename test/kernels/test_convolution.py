# SPDX-License-Identifier: BSD-3-Clause
"""convolution and convolution_backward, over random shapes, parameters and memory layouts."""

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))
from check_op import FLOATS, INTS, Call, check_op, check_refused, make_tensor

# groups, input channels per group, output channels per group: dense, grouped, depthwise.
CHANNELS = [
    (1, 3, 4),
    (1, 17, 9),
    (2, 3, 5),
    (8, 1, 1),
    (5, 1, 2),
    (1, 1, 3),
    (3, 1, 7),
    (1, 40, 33),
]
SPATIAL = {1: [1, 3, 8, 33, 150], 2: [1, 3, 8, 14, 33], 3: [2, 5, 6]}


@dataclass
class Sample:
    input: torch.Tensor
    weight: torch.Tensor
    bias: torch.Tensor | None
    parameters: tuple[Any, ...]
    """stride, padding, dilation, transposed, output_padding, groups"""
    output: torch.Tensor

    @property
    def args(self) -> list[Any]:
        return [self.input, self.weight, self.bias, *self.parameters]


def channels_last(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.movedim(1, -1).contiguous().movedim(-1, 1)


def samples(dtype: torch.dtype, count: int, seed: int) -> Iterator[Sample]:
    rng = random.Random(seed)
    while count > 0:
        dims = rng.choice([1, 2, 2, 3])

        def values(*options: int, dims: int = dims) -> list[int]:
            return rng.choices(options, k=dims)

        pointwise, transposed = rng.random() < 0.3, rng.random() < 0.3
        kernel, stride = values(1, 2, 3, 5), values(1, 1, 2, 3)
        padding, dilation = values(0, 1, 2), values(1, 1, 2)
        if pointwise:
            kernel, stride, padding = [1] * dims, [1] * dims, [0] * dims
        output_padding = values(0, 0, 1) if transposed else [0] * dims
        groups, inputs, outputs = rng.choice(CHANNELS)
        shape = [rng.choice([1, 2]), groups * inputs, *values(*SPATIAL[dims])]
        channels = [groups * inputs, outputs] if transposed else [groups * outputs, inputs]
        x = make_tensor(*shape, dtype=dtype)
        weight = make_tensor(*channels, *kernel, dtype=dtype)
        bias = make_tensor(groups * outputs, dtype=dtype) if rng.random() < 0.5 else None
        parameters = (stride, padding, dilation, transposed, output_padding, groups)
        try:
            output = torch.ops.aten.convolution(
                x.double(), weight.double(), bias if bias is None else bias.double(), *parameters
            )
        except RuntimeError:  # e.g. the kernel is larger than the input
            continue
        output = (output if dtype.is_floating_point else output.long()).to(dtype)
        if rng.random() < 0.3:
            x = channels_last(x)
        if rng.random() < 0.3:
            weight = channels_last(weight)
        output = channels_last(output) if rng.random() < 0.3 else output.contiguous()
        yield Sample(x, weight, bias, parameters, output)
        count -= 1


def tolerance(dtype: torch.dtype) -> dict[str, float]:
    limit = {torch.float32: 1e-3, torch.float16: 3e-2, torch.bfloat16: 3e-1}.get(dtype, 1e-9)
    return {"rtol": limit, "atol": limit} if dtype.is_floating_point else {}


@pytest.mark.parametrize("dtype", [*FLOATS, *INTS])
def test_convolution(dtype: torch.dtype) -> None:
    count = 150 if dtype == torch.float32 else 40
    calls = [
        Call(s.args, expected=s.output, dynamic=i % 3 == 0 and s.output.is_contiguous())
        for i, s in enumerate(samples(dtype, count, seed=1))
    ]
    check_op("aten::convolution.out", calls, **tolerance(dtype))


def test_one_value_for_all_dimensions() -> None:
    x, weight = make_tensor(1, 3, 9, 8), make_tensor(4, 3, 3, 3)
    check_op(
        "aten::convolution.out",
        [Call([x, weight, None, [2], [1], [1], False, [0], 1])],
        rtol=1e-4,
        atol=1e-4,
    )


@pytest.mark.parametrize("dtype", FLOATS)
def test_convolution_backward(dtype: torch.dtype) -> None:
    calls = []
    for sample in samples(dtype, 40, seed=2):
        gradient = torch.randn(sample.output.shape).to(dtype)
        bias_sizes = [sample.output.shape[1]]
        expected = torch.ops.aten.convolution_backward(
            *(t.double() for t in (gradient, sample.input, sample.weight)),
            bias_sizes,
            *sample.parameters,
            [True] * 3,
        )
        args = [gradient, sample.input, sample.weight, bias_sizes, *sample.parameters, [True] * 3]
        calls.append(Call(args, expected=[e.to(dtype).contiguous() for e in expected]))
    check_op("aten::convolution_backward.out", calls, **tolerance(dtype))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"stride": [0, 1]}, "stride"),
        ({"stride": [1 << 40]}, "stride"),
        ({"stride": [1, 1, 1]}, "stride"),
        ({"padding": [-1, 0]}, "padding"),
        ({"groups": 0}, "groups"),
        ({"groups": 2}, "input channels"),
        ({"bias": torch.zeros(5)}, "bias"),
        ({"weight": torch.zeros(6, 4, 7, 7)}, "does not fit"),
        ({"weight": torch.zeros(4, 6, 3, 3).transpose(0, 1)}, "outermost"),
        ({"out": torch.zeros(1, 6, 3, 4)}, "static"),
    ],
)
def test_refused(change: dict[str, Any], sentence: str) -> None:
    arguments: dict[str, Any] = {
        "input": torch.zeros(1, 4, 5, 5),
        "weight": torch.zeros(6, 4, 3, 3),
        "bias": None,
        "stride": [1, 1],
        "padding": [0, 0],
        "dilation": [1, 1],
        "transposed": False,
        "output_padding": [0, 0],
        "groups": 1,
        "out": torch.zeros(1, 6, 3, 3),
    } | change
    out = arguments.pop("out")
    check_refused("aten::convolution.out", Call(list(arguments.values())), [out], sentence)
