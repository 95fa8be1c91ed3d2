# SPDX-License-Identifier: BSD-3-Clause
"""Constants in the program and beside it, state that methods share, parameters that are trained."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import fx, nn
from torch.export import ExportedProgram, export
from torch.export.experimental import _export_forward_backward

from executorch import exir
from executorch.exir import EdgeProgramManager, ExecutorchBackendConfig, to_edge
from executorch.exir.passes import MemoryPlanningPass
from executorch.exir.passes.external_constants_pass import delegate_external_constants_pass_unlifted
from executorch.exir.schema import String, TensorDataLocation
from executorch.exir.tests.graph_execution import Function, assert_same
from executorch.exir.tests.run_program import assert_equal
from executorch.runtime import Runtime

R = torch.randn


class Model(nn.Module):
    offset: torch.Tensor
    total: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 3)
        self.register_buffer("offset", torch.ones(3))
        self.register_buffer("total", torch.zeros(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.total.add_(1)
        return self.layer(x) + self.offset + self.total


def weights_only(node: fx.Node) -> str | None:
    return "layer" if "layer" in node.name else None


@pytest.mark.parametrize(
    "choice, file", [(True, "_default_external_constant"), (weights_only, "layer")]
)
def test_external_constants(
    choice: bool | Callable[[fx.Node], str | None], file: str, tmp_path: Path
) -> None:
    model, x = Model().eval(), R(2, 3)
    config = ExecutorchBackendConfig(external_constants=choice)
    manager = to_edge(export(model, (x,))).to_executorch(config)
    assert set(manager._tensor_data) == {file}
    manager.save(tmp_path / "model.pte")
    manager.write_tensor_data_to_file(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([f"{file}.ptd", "model.pte"])
    program = Runtime.get().load_program(tmp_path / "model.pte", data_path=tmp_path / f"{file}.ptd")
    method = program.load_method("forward")
    with torch.no_grad():
        for _ in range(2):
            assert_equal(method.execute([x]), [model(x)])


def test_backends_are_told_where_to_put_constants() -> None:
    module = export(Model(), (R(2, 3),)).module()
    delegate_external_constants_pass_unlifted(module, gen_tag_fn=lambda node: "file")
    tags = {n.name: n.meta["custom"] for n in module.graph.find_nodes(op="get_attr")}
    assert tags and all(custom == {"delegate_constant_tag": "file"} for custom in tags.values())


def test_equal_constants_are_stored_once() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a = nn.Parameter(torch.ones(100, 100))
            self.b = nn.Parameter(torch.ones(100, 100))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x @ self.a @ self.b

    assert len(to_edge(export(Twice(), (R(2, 100),))).to_executorch().buffer) < 45_000


class Getter(nn.Module):
    state: torch.Tensor

    def __init__(self, state: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("state", state)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.state + x


class Setter(Getter):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.state.copy_(x)
        return x + 1


def test_methods_share_state() -> None:
    state, zero = torch.arange(3.0), torch.zeros(3)
    methods = {"get": export(Getter(state), (zero,)), "set": export(Setter(state), (zero,))}
    planning = MemoryPlanningPass(share_mutable_buffers=True)
    config = ExecutorchBackendConfig(memory_planning_pass=planning)
    program = Runtime.get().load_program(to_edge(methods).to_executorch(config).buffer)
    getter, setter = program.load_method("get"), program.load_method("set")
    assert_equal(getter.execute([zero]), [torch.arange(3.0)])
    setter.execute([torch.full((3,), 7.0)])
    assert_equal(getter.execute([zero]), [torch.full((3,), 7.0)])


class Loss(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 3)
        self.loss = nn.CrossEntropyLoss()

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return self.loss(self.layer(x), y)


def trained(model: nn.Module, *inputs: Any) -> ExportedProgram:
    return _export_forward_backward(export(model, inputs, strict=True))


def test_gradients_and_parameters_are_outputs() -> None:
    model, x, y = Loss(), R(1, 3), torch.tensor([[1.0, 0, 0]])
    manager = to_edge(trained(model, x, y)).to_executorch()
    outputs = Runtime.get().load_program(manager.buffer).load_method("forward").execute([x, y])
    loss = model(x, y)
    loss.backward()
    layer = model.layer
    expected = [loss, layer.weight.grad, layer.bias.grad, layer.weight, layer.bias]
    assert_equal(outputs, [tensor.detach() for tensor in expected])
    plans = {plan.name: plan for plan in manager.executorch_program.execution_plan}
    method = Runtime.get().load_program(manager.buffer).load_method
    assert method("__et_training_gradients_index_forward").execute([]) == [1]
    assert method("__et_training_parameters_index_forward").execute([]) == [3]
    names = [value.val for value in plans["__et_training_fqn_forward"].values]
    assert names == [String("layer.weight"), String("layer.bias")]


def test_initial_values_of_trained_parameters_can_be_external() -> None:
    program = to_edge(trained(Loss(), R(1, 3), torch.tensor([[1.0, 0, 0]])))
    config = ExecutorchBackendConfig(external_mutable_weights=True)
    manager = program.to_executorch(config)
    assert set(manager._tensor_data) == {"_default_external_constant"}
    plan = manager.executorch_program.execution_plan[0]
    weight: Any = plan.values[plan.outputs[-2]].val
    assert weight.allocation_info is not None
    assert weight.extra_tensor_info.location == TensorDataLocation.EXTERNAL
    assert weight.extra_tensor_info.fully_qualified_name == "layer.weight"
    # Without trained parameters, the setting changes nothing.
    assert not to_edge(export(Model(), (R(2, 3),))).to_executorch(config)._tensor_data


def test_edge_programs_are_saved_and_loaded() -> None:
    program = to_edge(export(Model(), (R(2, 3),))).exported_program()
    file = io.BytesIO()
    exir.save(program, file)
    file.seek(0)
    loaded = exir.load(file)
    assert [n.target for n in loaded.graph.nodes] == [n.target for n in program.graph.nodes]
    assert EdgeProgramManager(loaded).to_executorch().buffer


def test_first_interface() -> None:
    captured = exir.capture(lambda x: x + 1, (R(3),), exir.CaptureConfig())
    edge = captured.to_edge()
    assert_same(edge(torch.ones(3)), torch.full((3,), 2.0))
    program = edge.to_executorch()
    method = Runtime.get().load_program(program.buffer).load_method("forward")
    assert_equal(method.execute([torch.ones(3)]), [torch.full((3,), 2.0)])
    assert program.program.execution_plan[0].name == "forward"
    with pytest.raises(RuntimeError, match="to_edge"):
        captured.to_executorch()
    assert exir.capture(nn.Linear(2, 2).forward, (R(1, 2),)).to_edge().exported_program.state_dict


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: to_edge(Loss()), "method forward is a Loss, not an ExportedProgram; capture"),
        (lambda: edge_sine().to_backend("Xnnpack"), "a partitioner is expected, got a str"),
        (lambda: edge_sine().to_executorch({}), "ExecutorchBackendConfig is expected"),
    ],
)
def test_wrong_arguments_are_named(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        call()


def edge_sine() -> EdgeProgramManager:
    return to_edge(export(Function(torch.sin), (R(2),)))


def test_unwritable_paths(tmp_path: Path) -> None:
    manager = edge_sine().to_executorch()
    path = tmp_path / "missing" / "model.pte"
    with pytest.raises(FileNotFoundError, match=r"can't write a file: .*missing.model\.pte"):
        manager.save(path)
    (tmp_path / "model.pte").mkdir()
    with pytest.raises(OSError):
        manager.save(tmp_path / "model.pte")
    assert [p.name for p in tmp_path.iterdir()] == ["model.pte"]
