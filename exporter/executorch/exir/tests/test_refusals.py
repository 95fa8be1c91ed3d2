# SPDX-License-Identifier: BSD-3-Clause
"""Bad input is refused with a sentence that names the node, its source line and a way out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch._export.verifier import SpecViolationError
from torch.export import ExportedProgram, export

from executorch.exir import (
    EdgeCompileConfig,
    EdgeProgramManager,
    ExecutorchBackendConfig,
    to_edge,
    to_edge_transform_and_lower,
)
from executorch.exir.backend.backend_api import to_backend
from executorch.exir.backend.backend_details import BackendDetails, PreprocessResult
from executorch.exir.error import InternalError
from executorch.exir.passes import MemoryPlanningPass


class Function(torch.nn.Module):
    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: torch.Tensor) -> Any:
        return self.function(x)


def captured(function: Callable[..., Any]) -> ExportedProgram:
    return export(Function(function), (torch.ones(4, 4),))


def bessel(x: torch.Tensor) -> torch.Tensor:
    return torch.special.bessel_j0(x + 1)


def doubled(x: torch.Tensor) -> torch.Tensor:
    return x + x


def edge() -> EdgeProgramManager:
    return to_edge(captured(doubled))


@pytest.mark.parametrize("lower", [to_edge, to_edge_transform_and_lower])
def test_neither_core_aten_nor_a_kernel(lower: Callable[..., EdgeProgramManager]) -> None:
    program = captured(bessel)
    with pytest.raises(SpecViolationError) as error:
        lower(program)
    message = str(error.value)
    assert "special_bessel_j0.default is not in Core ATen opset" in message
    assert "_core_aten_ops_exception_list=[torch.ops.aten.special_bessel_j0.default]" in message
    assert "node 'aten_special_bessel_j0_default'" in message
    assert "self.function(x)" in message
    # The ways out.
    op = torch.ops.aten.special_bessel_j0.default
    for config in (
        EdgeCompileConfig(_core_aten_ops_exception_list=[op]),
        EdgeCompileConfig(preserve_ops=[op]),
        EdgeCompileConfig(_check_ir_validity=False),
    ):
        lower(program, compile_config=config)


def test_operators_with_a_kernel_need_not_be_core() -> None:
    assert torch.Tag.core not in torch.ops.aten.median.default.tags
    to_edge(captured(torch.median))


@pytest.mark.parametrize("target", [torch.ops.aten.add.Tensor, lambda a, b: a])
def test_a_pass_that_leaves_the_dialect(target: Any) -> None:
    def replace(module: torch.fx.GraphModule) -> None:
        for node in module.graph.nodes:
            if node.op == "call_function":
                node.target = target

    with pytest.raises(SpecViolationError, match=r"node 'aten_add_tensor'.*self.function") as error:
        edge().transform([replace])
    assert "edge" in str(error.value)


def test_plans_that_do_not_hold() -> None:
    def plan(place: Callable[[int, Any], None]) -> Callable[..., list[int]]:
        def algorithm(alignment: int, specs: Any, *_: Any) -> list[int]:
            for index, spec in enumerate(specs):
                place(index, spec)
            return [0, 64]

        return algorithm

    def everywhere_the_same(_: int, spec: Any) -> None:
        spec.mem_id, spec.mem_offset = 1, 0

    def one_after_another(index: int, spec: Any) -> None:
        spec.mem_id, spec.mem_offset = 1, 64 * index

    for place, message in (
        (everywhere_the_same, r"live at the same time overlaps:\n  node '.*self.function"),
        (one_after_another, r"outside of the arenas of \[0, 64\] bytes or misaligned: node '"),
        (lambda *_: None, "left a tensor without a place"),
    ):
        planning = MemoryPlanningPass(plan(place))
        with pytest.raises(InternalError, match=f"(?s){message}"):
            edge().to_executorch(ExecutorchBackendConfig(memory_planning_pass=planning))


class RefusingBackend(BackendDetails):
    @staticmethod
    def preprocess(edge_program: ExportedProgram, compile_specs: Any) -> PreprocessResult:
        raise RuntimeError("the device is too small")


def test_backends() -> None:
    with pytest.raises(RuntimeError, match="too small") as error:
        to_backend("RefusingBackend", edge().exported_program(), [])
    assert "Raised by backend RefusingBackend" in str(error.value)
    assert "self.function(x)" in str(error.value)
    for specs in ([3], 3):
        with pytest.raises(TypeError, match=r"must be CompileSpec\(key: str, value: bytes\)"):
            to_backend("RefusingBackend", edge().exported_program(), specs)


def test_configurations_of_another_kind() -> None:
    with pytest.raises(TypeError, match="EdgeCompileConfig is expected"):
        to_edge(captured(doubled), compile_config=ExecutorchBackendConfig())
    with pytest.raises(TypeError, match="ExecutorchBackendConfig is expected"):
        edge().to_executorch(EdgeCompileConfig())
