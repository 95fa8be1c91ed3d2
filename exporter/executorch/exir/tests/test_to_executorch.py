# SPDX-License-Identifier: BSD-3-Clause
import io
import os
import stat
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.export import Dim, export

from executorch.exir import ExecutorchBackendConfig, ExecutorchProgramManager, memory, to_edge
from executorch.exir._serialize._program import deserialize_pte_binary
from executorch.exir.error import ExportError
from executorch.exir.passes import HintBasedSymShapeEvalPass, MemoryPlanningPass
from executorch.exir.schema import KernelCall, Tensor
from executorch.exir.tests.graph_execution import Function, GraphState, assert_same

aten = torch.ops.aten


def executorch_program(
    model: nn.Module,
    inputs: tuple[Any, ...],
    config: ExecutorchBackendConfig | None = None,
    **kwargs: Any,
) -> ExecutorchProgramManager:
    return to_edge(export(model.eval(), inputs, **kwargs)).to_executorch(config)


def calls(manager: ExecutorchProgramManager) -> list[Any]:
    graph = manager.exported_program().graph
    targets = [node.target for node in graph.nodes if node.op == "call_function"]
    return [target for target in targets if target is not memory.alloc]


def run(manager: ExecutorchProgramManager, *inputs: Any) -> list[Any]:
    return GraphState(manager.exported_program())(*inputs)


MODELS: dict[str, tuple[nn.Module, tuple[torch.Tensor, ...]]] = {
    "mlp": (nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4)), (torch.randn(3, 8),)),
    "cnn": (
        nn.Sequential(
            nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 5)
        ),
        (torch.randn(1, 3, 8, 8),),
    ),
    "lstm": (nn.LSTM(4, 6, 2, batch_first=True), (torch.randn(2, 3, 4),)),
    "transformer": (
        nn.TransformerEncoderLayer(8, 2, 16, batch_first=True),
        (torch.randn(2, 5, 8),),
    ),
    "several_results": (
        Function(lambda x: (*x.split([1, 3], 1), *x.max(1), x.view(-1).sin(), x, x.topk(2)[0])),
        (torch.randn(3, 4),),
    ),
    "factories": (
        Function(lambda x: (x + torch.arange(4), torch.zeros(2, 2), torch.full((1,), 2.5))),
        (torch.randn(3, 4),),
    ),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("remove_view_copy", [True, False])
def test_program_computes_the_same(name: str, remove_view_copy: bool) -> None:
    model, inputs = MODELS[name]
    config = ExecutorchBackendConfig(remove_view_copy=remove_view_copy)
    manager = executorch_program(model, inputs, config)
    with torch.no_grad():
        assert_same(run(manager, *inputs), model(*inputs))
    for node in manager.exported_program().graph.nodes:
        if node.op == "call_function" and isinstance(node.target, torch._ops.OpOverload):
            assert node.target._schema.is_mutable, f"{node.target} allocates its result"


def test_edge_program_can_be_used_again() -> None:
    model, inputs = MODELS["cnn"]
    edge = to_edge(export(model.eval(), inputs))
    before = str(edge.exported_program().graph), str(edge.exported_program().graph_signature)
    first = edge.to_executorch().buffer
    program = edge.exported_program()
    assert (str(program.graph), str(program.graph_signature)) == before
    assert edge.to_executorch().buffer == first
    assert_same(program.module()(*inputs), model(*inputs))


def test_views_share_memory_with_their_base() -> None:
    def function(x: torch.Tensor) -> torch.Tensor:
        return x.sin().view(6).cos().unsqueeze(0).squeeze(0).exp().view(2, 3)

    config = ExecutorchBackendConfig(graph_optimizations=())  # They would merge the views.
    manager = executorch_program(Function(function), (torch.randn(2, 3),), config)
    # The last view is a result, which has memory of its own.
    view = memory.view
    expected = [aten.sin.out, view, aten.cos.out, view, view, aten.exp.out, aten.view_copy.out]
    assert calls(manager) == expected
    x = torch.randn(2, 3)
    assert_same(run(manager, x), function(x))


def test_views_of_views_refer_to_the_tensor_itself() -> None:
    manager = executorch_program(
        Function(lambda x: x.sin().view(6).view(3, 2).cos()), (torch.randn(2, 3),)
    )
    graph = manager.exported_program().graph
    bases = [n.args[0].target for n in graph.nodes if n.target is memory.view]
    assert set(bases) == {aten.sin.out}


def test_constants_are_folded_unless_the_program_grows() -> None:
    class Module(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(300, 300)
            self.shared = nn.Parameter(torch.randn(300, 300))
            self.scale = nn.Parameter(torch.randn(1))

        def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
            shared = x @ self.shared.t() + x @ self.shared
            return self.linear(x), shared / 300, x * self.scale.exp()

    model, x = Module(), torch.randn(2, 300)
    manager = executorch_program(model, (x,))
    # The transposed weight replaces the weight. `shared` would have to be stored twice.
    assert calls(manager).count(aten.permute_copy.out) == 1
    assert aten.exp.out not in calls(manager)
    with torch.no_grad():
        assert_same(run(manager, x), model(x))
    weights = 4 * 300 * 300
    assert 2 * weights < len(manager.buffer) < 2.1 * weights


def test_unused_parameters_are_not_stored() -> None:
    class Module(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.unused = nn.Parameter(torch.randn(1000))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x + 1

    assert len(executorch_program(Module(), (torch.ones(2),)).buffer) < 3000


class Counter(nn.Module):
    """Exchanges two buffers and adds to them: every new value depends on old ones."""

    a: torch.Tensor
    b: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("a", torch.zeros(2))
        self.register_buffer("b", torch.ones(2))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        old = self.a.clone()
        self.a.copy_(self.b)
        self.b.copy_(old)
        self.b.add_(x)
        return old, self.a


def test_buffers_keep_their_values_between_calls() -> None:
    manager = executorch_program(Counter(), (torch.ones(2),))
    model, state = Counter(), GraphState(manager.exported_program())
    for step in range(4):
        x = torch.full((2,), float(step))
        assert_same(state(x), model(x))


def test_changed_inputs_are_written_back() -> None:
    def function(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        x.mul_(2)
        y.copy_(x + 1)
        return x + y

    manager = executorch_program(Function(function), (torch.ones(2), torch.ones(2)))
    ours, theirs = ([torch.full((2,), 3.0), torch.zeros(2)] for _ in range(2))
    assert_same(run(manager, *ours), function(*theirs))
    assert_same(ours, theirs)


def test_dynamic_shapes_are_bounded() -> None:
    shapes = {"input": {0: Dim("batch", min=1, max=9)}}
    model = nn.Sequential(nn.Linear(8, 4), nn.Unflatten(1, (2, 2)), nn.Softmax(2))
    manager = executorch_program(model, (torch.randn(3, 8),), dynamic_shapes=shapes)
    tensors = [v.val for v in manager.executorch_program.execution_plan[0].values]
    sizes = [t.sizes for t in tensors if isinstance(t, Tensor) and t.shape_dynamism != 0]
    assert [9, 8] in sizes
    assert all(s[0] == 9 for s in sizes)


def test_hints_can_be_bounds() -> None:
    shapes = {"input": {0: Dim("batch")}}
    program = export(nn.Linear(8, 4), (torch.randn(3, 8),), dynamic_shapes=shapes)
    config = ExecutorchBackendConfig(sym_shape_eval_pass=HintBasedSymShapeEvalPass())
    plan = to_edge(program).to_executorch(config).executorch_program.execution_plan[0]
    assert plan.values[plan.inputs[0]].val.sizes == [3, 8]


class Unbounded(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.sin()


def test_unbounded_shapes_are_errors_that_name_nodes_and_lines() -> None:
    program = export(Unbounded(), (torch.randn(3, 8),), dynamic_shapes={"x": {0: Dim("batch")}})
    with pytest.raises(
        RuntimeError, match=r"(?s)upper bound.*'x': size.*'aten_sin_default': size.*x\.sin\(\)"
    ):
        to_edge(program).to_executorch()


class WithoutKernel(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.ops.test_to_executorch.f(x) + torch.ops.test_to_executorch.g(x)


def test_all_missing_out_variants_are_named() -> None:
    library = torch.library.Library("test_to_executorch", "FRAGMENT")
    for name in ("f", "g"):
        library.define(f"{name}(Tensor x) -> Tensor")
        library.impl(name, lambda x: x + 1, "CompositeExplicitAutograd")
    edge = to_edge(export(WithoutKernel(), (torch.ones(2),)))
    with pytest.raises(RuntimeError, match="Missing out variants") as error:
        edge.to_executorch()
    for name in ("f", "g"):
        operator, node = f"test_to_executorch::{name}", f"test_to_executorch_{name}_default"
        assert f"{operator}.default: node '{node}'. File" in str(error.value)


def test_custom_operator_with_out_variant() -> None:
    library = torch.library.Library("test_custom_op", "FRAGMENT")
    library.define("twice(Tensor x) -> Tensor")
    library.define("twice.out(Tensor x, *, Tensor(a!) out) -> Tensor(a!)")
    library.impl("twice", lambda x: x * 2, "CompositeExplicitAutograd")
    library.impl("twice.out", lambda x, out: out.copy_(x * 2), "CompositeExplicitAutograd")
    manager = executorch_program(Function(torch.ops.test_custom_op.twice), (torch.ones(2),))
    assert calls(manager) == [torch.ops.test_custom_op.twice.out]
    (operator,) = manager.executorch_program.execution_plan[0].operators
    assert (operator.name, operator.overload) == ("test_custom_op::twice", "out")


def test_inputs_and_outputs_can_be_left_to_the_caller() -> None:
    planning = MemoryPlanningPass(alloc_graph_input=False, alloc_graph_output=False)
    manager = executorch_program(
        Function(lambda x: x.sin().cos()),
        (torch.randn(2),),
        ExecutorchBackendConfig(memory_planning_pass={"forward": planning}),
    )
    plan = manager.executorch_program.execution_plan[0]
    for index in (*plan.inputs, *plan.outputs):
        assert plan.values[index].val.allocation_info is None


def test_several_methods_and_constant_methods() -> None:
    x = torch.randn(2)
    manager = to_edge(
        {"b": export(Function(torch.cos), (x,)), "a": export(Function(torch.sin), (x,))},
        constant_methods={"version": 3, "names": ["x", "y"]},
    ).to_executorch()
    assert manager.methods == {"a", "b"}
    assert manager.config_methods == {"version", "names"}
    names = [plan.name for plan in manager.executorch_program.execution_plan]
    assert names == ["a", "b", "version", "names"]
    assert set(manager.debug_handle_map) >= {"a", "b"}


def test_the_three_ways_to_get_the_file_agree(tmp_path: Path) -> None:
    manager = executorch_program(*MODELS["mlp"])
    stream = io.BytesIO()
    manager.write_to_file(stream)
    path = tmp_path / "model.pte"
    path.write_bytes(b"old")
    manager.save(path)
    assert path.read_bytes() == stream.getvalue() == manager.buffer
    # The permissions are those of any new file, and nothing else is left behind.
    (tmp_path / "other").touch()
    assert stat.S_IMODE(os.stat(path).st_mode) == stat.S_IMODE(os.stat(tmp_path / "other").st_mode)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["model.pte", "other"]
    plan = deserialize_pte_binary(manager.buffer).program.execution_plan[0]
    assert plan.name == "forward"
    assert all(isinstance(i.instr_args, KernelCall) for i in plan.chains[0].instructions)


def test_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = executorch_program(*MODELS["mlp"])
    path = tmp_path / "model.pte"
    path.write_bytes(b"old")

    def fail(file: Any) -> None:
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(manager, "write_to_file", fail)
    with pytest.raises(OSError, match="disk full"):
        manager.save(path)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["model.pte"]


def test_save_wants_a_pte_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.pte"):
        executorch_program(*MODELS["mlp"]).save(tmp_path / "model.bin")


def test_dump_names_operators() -> None:
    manager = executorch_program(*MODELS["mlp"])
    short, long = io.StringIO(), io.StringIO()
    manager.dump_executorch_program(out=short)
    manager.dump_executorch_program(verbose=True, out=long)
    assert "forward: 3 instructions" in short.getvalue()
    assert "aten::addmm.out(" in short.getvalue()
    assert "ExecutionPlan(" in long.getvalue()


def test_shared_buffers_are_not_folded_but_parameters_are() -> None:
    class Step(nn.Module):
        state: torch.Tensor

        def __init__(self, changes: bool) -> None:
            super().__init__()
            self._changes = changes
            self.linear = nn.Linear(20, 20)
            self.register_buffer("state", torch.zeros(20, 20))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            if self._changes:
                self.state.add_(x)
            return self.linear(x) + self.state.t()

    x = torch.randn(20, 20)
    programs = {"write": export(Step(True), (x,)), "read": export(Step(False), (x,))}
    planning = MemoryPlanningPass(share_mutable_buffers=True)
    config = ExecutorchBackendConfig(memory_planning_pass=planning)
    program = to_edge(programs).to_executorch(config).exported_program("read")
    permutes = program.graph.find_nodes(op="call_function", target=aten.permute_copy.out)
    assert [n.args[0].name for n in permutes] == ["b_state"]


class ChangesParameter(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            self.weight.add_(x)
        return self.weight * 2


def test_changed_parameters_are_refused() -> None:
    edge = to_edge(export(ChangesParameter(), (torch.ones(2),)))
    with pytest.raises(ExportError, match="changes its parameter weight"):
        edge.to_executorch()
