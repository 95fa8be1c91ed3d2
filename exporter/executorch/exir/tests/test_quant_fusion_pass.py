# SPDX-License-Identifier: BSD-3-Clause
"""Operators between dequantize and quantize become operators on quantized tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.ao.quantization.fx._decomposed
from torch.export import export

from executorch.exir import ExecutorchBackendConfig, to_edge
from executorch.exir.passes.cse_pass import CSEPass
from executorch.exir.passes.quant_fusion_pass import QuantFusionPass
from executorch.runtime import Runtime

Q = torch.ops.quantized_decomposed


def fake_quantized(x: torch.Tensor, scale: float = 0.1, zero_point: int = 3) -> torch.Tensor:
    parameters = (scale, zero_point, 0, 255, torch.uint8)
    return Q.dequantize_per_tensor(Q.quantize_per_tensor(x, *parameters), *parameters)


class Function(torch.nn.Module):
    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> Any:
        return self.function(x, y)


f = fake_quantized
CASES: dict[str, tuple[Any, str | None]] = {
    "add": (lambda x, y: f(f(x) + f(y, 0.2, 1), 0.3, 2), "quantized_decomposed.add.default"),
    "add_relu": (
        lambda x, y: f(torch.relu(f(x) + f(y, 0.2, 1)), 0.3, 2),
        "quantized_decomposed.add.default",
    ),
    "slice": (lambda x, y: f(f(x)[1:3]), "aten.slice_copy.Tensor"),
    "cat": (lambda x, y: f(torch.cat([f(x), f(y)])), "aten.cat.default"),
    "other_parameters": (lambda x, y: f(torch.cat([f(x), f(y, 0.5)])), None),
    "other_shape": (lambda x, y: f(f(x) + f(y[:1])), None),
    "needed_elsewhere": (lambda x, y: ((s := f(x) + f(y)), f(s)), None),
    "another_operator": (lambda x, y: f(f(x) * f(y)), None),
}


@pytest.mark.parametrize("name", CASES)
def test_fusion(name: str) -> None:
    function, fused = CASES[name]
    inputs = (torch.randn(4, 6), torch.randn(4, 6))
    edge = to_edge(export(Function(function), inputs))
    before = edge.exported_program().module()(*inputs)
    after = edge.transform([QuantFusionPass()]).exported_program()
    torch.testing.assert_close(after.module()(*inputs), before, rtol=0, atol=0.31)
    targets = [str(node.target) for node in after.graph.nodes if node.op == "call_function"]
    # What is fused stands where there are no real numbers.
    quantized = [t for t in targets if "quantize_per_tensor" in t]
    assert (len(quantized) <= 3) == (fused is not None)
    if fused is not None:
        assert any(fused in target for target in targets)


def test_in_a_program() -> None:
    function, _ = CASES["add_relu"]
    inputs = (torch.randn(4, 6), torch.randn(4, 6))
    edge = to_edge(export(Function(function), inputs))
    expected = edge.exported_program().module()(*inputs)
    program = edge.to_executorch(ExecutorchBackendConfig(passes=[QuantFusionPass()]))
    names = [op.name for op in program.executorch_program.execution_plan[0].operators]
    assert "quantized_decomposed::add" in names
    method = Runtime.get().load_program(program.buffer).load_method("forward")
    assert method is not None
    torch.testing.assert_close(method.execute(inputs)[0], expected, rtol=0, atol=0.31)


def test_common_subexpressions() -> None:
    edge = to_edge(
        export(
            Function(lambda x, y: (x + y).sin() + (x + y).sin() + torch.rand(1) + torch.rand(1)),
            (torch.ones(2), torch.ones(2)),
        )
    )
    graph = edge.transform([CSEPass()]).exported_program().graph
    targets = [
        str(n.target).split(":")[1].strip(" >") for n in graph.nodes if "Edge" in str(n.target)
    ]
    assert targets.count("aten.sin.default") == 1
    assert targets.count("aten.rand.default") == 2
