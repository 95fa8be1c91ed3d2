# SPDX-License-Identifier: BSD-3-Clause
"""Programs that take and return quantized tensors."""

from __future__ import annotations

import pytest
import torch
import torch.ao.quantization.fx._decomposed
from torch.export import export

from executorch.exir import EdgeProgramManager, to_edge
from executorch.exir.passes.quantize_io_pass import (
    QuantizeInputs,
    QuantizeOutputs,
    extract_io_quant_params,
    get_config_method_name,
)
from executorch.exir.scalar_type import ScalarType
from executorch.runtime import Runtime

Q = torch.ops.quantized_decomposed
RANGE = (-128, 127, torch.int8)


class Sum(torch.nn.Module):
    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        x = Q.dequantize_per_tensor(Q.quantize_per_tensor(x, 0.1, 3, *RANGE), 0.1, 3, *RANGE)
        result = Q.quantize_per_tensor(x + y, 0.5, 7, *RANGE)
        return Q.dequantize_per_tensor(result, 0.5, 7, *RANGE)


def edge() -> EdgeProgramManager:
    return to_edge(export(Sum(), (torch.ones(2, 3), torch.ones(2, 3))))


def test_a_program_with_quantized_input_and_output_runs() -> None:
    manager = edge()
    manager = manager.transform([QuantizeInputs(manager, [0])])
    manager = manager.transform([QuantizeOutputs(manager, [0])])
    program = Runtime.get().load_program(manager.to_executorch().buffer)
    for name, expected in (
        ("input0_scale", 0.1),
        ("input0_zp", 3),
        ("output0_scale", 0.5),
        ("output0_quant_max", 127),
        ("output0_dtype", ScalarType.CHAR),
    ):
        method = program.load_method(name)
        assert method is not None
        assert method.execute([])[0] == expected
    forward = program.load_method("forward")
    assert forward is not None
    x, y = torch.randn(2, 3), torch.randn(2, 3)
    (result,) = forward.execute([Q.quantize_per_tensor(x, 0.1, 3, *RANGE), y])
    assert result.dtype == torch.int8
    torch.testing.assert_close(Q.dequantize_per_tensor(result, 0.5, 7, *RANGE), Sum()(x, y))


def test_parameters_for_an_input_that_is_not_quantized() -> None:
    manager = edge()
    parameters = {"scale": 0.25, "zero_point": 4, "qmin": -128, "qmax": 127, "dtype": torch.int8}
    passes = [QuantizeInputs(manager, {1: parameters}, "forward")]
    manager = manager.transform(passes)
    assert "forward_input1_zp" in manager.config_methods
    y = manager.exported_program().graph.find_nodes(op="placeholder")[1]
    assert y.meta["val"].dtype == torch.int8
    with pytest.raises(ValueError, match="scale is missing"):
        manager.transform([QuantizeInputs(manager, {1: {}})])


def test_extracting() -> None:
    assert extract_io_quant_params(edge())["inputs"] == {
        "x": {
            "scale": 0.1,
            "zero_point": 3,
            "quant_min": -128,
            "quant_max": 127,
            "dtype": ScalarType.CHAR,
        }
    }


def test_what_is_not_quantized() -> None:
    manager = edge()
    for pass_, message in (
        (QuantizeInputs(manager, [1]), "the input y can only become"),
        (QuantizeInputs(manager, [2]), "no input 2; the program has 2"),
        (QuantizeOutputs(manager, [1]), "no output 1; the program has 1"),
    ):
        with pytest.raises(ValueError, match=message):
            manager.transform([pass_])
    assert get_config_method_name(None, "output", 2, "zp") == "output2_zp"
