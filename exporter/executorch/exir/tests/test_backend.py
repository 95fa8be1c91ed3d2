# SPDX-License-Identifier: BSD-3-Clause
from collections.abc import Collection
from typing import Any

import pytest
import torch
from torch import nn
from torch.export import ExportedProgram, export

from executorch.exir import EdgeProgramManager, to_edge, to_edge_transform_and_lower
from executorch.exir.backend.backend_api import to_backend, validation_disabled
from executorch.exir.backend.backend_details import BackendDetails, PreprocessResult
from executorch.exir.backend.compile_spec_schema import CompileSpec
from executorch.exir.backend.partition import TAG
from executorch.exir.backend.partitioner import DelegationSpec, Partitioner, PartitionResult
from executorch.exir.backend.utils import (
    format_delegated_graph,
    get_delegates,
    get_non_lowered_nodes,
    tag_constant_data,
    tag_mutated_buffer,
)
from executorch.exir.dialects._ops import ops as exir_ops
from executorch.exir.error import ExportError
from executorch.exir.lowered_backend_module import LoweredBackendModule, get_lowered_submodules
from executorch.exir.schema import DelegateCall
from executorch.exir.tests.graph_execution import Function, GraphState, assert_same

aten = torch.ops.aten
edge_aten = exir_ops.edge.aten
SPECS = [CompileSpec("precision", b"high")]


class ListingBackend(BackendDetails):
    """Its payload lists the operators; the debug handles are numbered by their order."""

    @staticmethod
    def preprocess(
        edge_program: ExportedProgram, compile_specs: list[CompileSpec]
    ) -> PreprocessResult:
        assert compile_specs == SPECS
        nodes = [n for n in edge_program.graph.nodes if n.op == "call_function"]
        names = ",".join(getattr(n.target, "__name__", "?") for n in nodes)
        handles = {i: (n.meta["debug_handle"],) for i, n in enumerate(nodes)}
        # Backends may do what they like with their copy.
        edge_program.graph.output_node().args = ((),)
        return PreprocessResult(names.encode(), handles)


class Tagger(Partitioner):
    """Gives neighbouring nodes with certain operators to one partition each."""

    def __init__(
        self,
        ops: Collection[Any],
        whole: Collection[Any] = (),
        backend: str = "ListingBackend",
        own_data: bool = True,
    ) -> None:
        super().__init__()
        self._ops = ops
        self._whole = list(whole)
        self._delegation = DelegationSpec(backend, SPECS)
        self._own_data = own_data

    def partition(self, exported_program: ExportedProgram) -> PartitionResult:
        tags: dict[str, DelegationSpec] = {}
        modules = [m for m in exported_program.graph_module.modules() if hasattr(m, "graph")]
        for module in modules:
            before = False
            for node in module.graph.nodes:
                taken = node.op == "call_function" and node.target in self._ops
                if taken and not before:
                    tags[f"part{len(tags)}"] = self._delegation
                if taken:
                    node.meta[TAG] = f"part{len(tags) - 1}"
                before = taken
        if self._own_data:
            tag_constant_data(exported_program)
            tag_mutated_buffer(exported_program)
        return PartitionResult(exported_program, tags)

    def ops_to_not_decompose(self, ep: ExportedProgram) -> tuple[list[Any], None]:
        return self._whole, None


def lowered(manager: EdgeProgramManager, method: str = "forward") -> list[LoweredBackendModule]:
    module = manager.exported_program(method).graph_module
    return [m for _, m, _ in get_lowered_submodules(module)]


class Model(nn.Module):
    state: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(2, 2))
        self.register_buffer("state", torch.zeros(2, 2))

    def forward(self, a: torch.Tensor, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        y = torch.mm(a, x) + self.weight
        z = y.sin()
        self.state.add_(z)
        return torch.mm(z, a) + self.state, z


INPUTS = (torch.randn(2, 2), torch.randn(2, 2))
ADD_MM = Tagger({edge_aten.add.Tensor, edge_aten.mm.default})


def test_partitions_become_delegate_calls() -> None:
    manager = to_edge(export(Model(), INPUTS))
    result = manager.to_backend(ADD_MM)
    payloads = [m.processed_bytes for m in lowered(result)]
    assert payloads == [
        b"aten.mm.default,aten.add.Tensor",
        b"aten.add.Tensor,aten.mm.default,aten.add.Tensor",
    ]
    program = result.exported_program()
    assert [n.target for n in get_non_lowered_nodes(program.graph)] == [edge_aten.sin.default]
    assert len(get_delegates(program.graph)) == 2
    # The parameter and the buffer have moved into the parts; so has the mutation.
    assert [s.kind.name for s in program.graph_signature.input_specs] == ["USER_INPUT"] * 2
    assert [s.kind.name for s in program.graph_signature.output_specs] == ["USER_OUTPUT"] * 2
    first, second = (m.original_module for m in lowered(result))
    assert list(first.state_dict) == ["weight"]
    assert list(second.graph_signature.buffers_to_mutate.values()) == ["state"]
    # The manager that we started from is the same as before.
    assert lowered(manager) == []
    assert len(manager.exported_program().graph_signature.input_specs) == 4


def test_parts_without_state_compute_the_same() -> None:
    tagger = Tagger({edge_aten.add.Tensor, edge_aten.mm.default}, own_data=False)
    manager = to_edge(export(Model(), INPUTS)).to_backend([tagger])
    model, state = Model(), GraphState(manager.to_executorch().exported_program())
    model.load_state_dict(dict(manager.exported_program().state_dict))
    for _ in range(2):
        assert_same(state(*INPUTS), model(*INPUTS))


def test_delegates_are_written() -> None:
    manager = to_edge(export(Model(), INPUTS)).to_backend(ADD_MM).to_executorch()
    plan = manager.executorch_program.execution_plan[0]
    assert [d.id for d in plan.delegates] == ["ListingBackend"] * 2
    assert plan.delegates[0].compile_specs == SPECS
    calls = [i.instr_args for i in plan.chains[0].instructions]
    assert [type(c).__name__ for c in calls] == ["DelegateCall", "KernelCall", "DelegateCall"]
    assert isinstance(calls[0], DelegateCall)
    assert len(calls[0].args) == 3  # Two inputs, one output.
    assert manager.delegate_map["forward"][0]["delegate_map"] == {0: (1,), 1: (2,)}


def test_order_of_nodes_does_not_matter() -> None:
    # The cosine needs the first sine and stands between the two.
    function = Function(lambda x, y: (x.sin().cos(), y.sin()))

    class Sines(Tagger):
        def partition(self, exported_program: ExportedProgram) -> PartitionResult:
            for node in exported_program.graph.nodes:
                if node.target is edge_aten.sin.default:
                    node.meta[TAG] = "sines"
            return PartitionResult(exported_program, {"sines": self._delegation})

    program = to_edge(export(function, INPUTS)).to_backend(Sines([])).exported_program()
    program.graph.lint()
    targets = [getattr(n.target, "__name__", str(n.target)) for n in program.graph.nodes]
    assert targets.index("executorch_call_delegate") < targets.index("aten.cos.default")
    assert_same(program.module()(*INPUTS), function(*INPUTS))


def test_partition_that_depends_on_itself_is_refused() -> None:
    function = Function(lambda x: x.sin().cos().sin())

    class Sines(Tagger):
        def partition(self, exported_program: ExportedProgram) -> PartitionResult:
            for node in exported_program.graph.nodes:
                if node.target is edge_aten.sin.default:
                    node.meta[TAG] = "sines"
            return PartitionResult(exported_program, {"sines": self._delegation})

    with pytest.raises(
        ExportError, match=r"partition sines.*'aten_sin_default_1' depends on 'aten_cos_default'"
    ):
        to_edge(export(function, INPUTS[:1])).to_backend(Sines([]))


def test_results_with_several_tensors() -> None:
    function = Function(lambda x: x.max(1))
    tagger = Tagger({edge_aten.max.dim})
    program = to_edge(export(function, INPUTS[:1])).to_backend(tagger).exported_program()
    assert get_non_lowered_nodes(program.graph) == []
    assert_same(program.module()(INPUTS[0]), tuple(function(INPUTS[0])))


def test_branches_can_be_lowered() -> None:
    function = Function(
        lambda x: torch.cond(x.sum() > 0, lambda a: a.sin(), lambda a: a.cos(), (x,))
    )
    tagger = Tagger({edge_aten.sin.default})
    program = to_edge(export(function, INPUTS[:1])).to_backend(tagger).exported_program()
    branch = program.graph_module.get_submodule("true_graph_0")
    ((_, module, _),) = get_lowered_submodules(branch)
    assert module.processed_bytes == b"aten.sin.default"
    x = torch.ones(2, 2)
    for value in (x, -x):
        assert_same(program.module()(value), function(value))


def test_several_methods_and_partitioners() -> None:
    programs = {
        "a": export(Function(torch.sin), INPUTS[:1]),
        "b": export(Function(torch.cos), INPUTS[:1]),
    }
    sines, cosines = Tagger({edge_aten.sin.default}), Tagger({edge_aten.cos.default})
    both = to_edge(programs).to_backend([sines, cosines])
    assert [m.processed_bytes for m in lowered(both, "a")] == [b"aten.sin.default"]
    assert [m.processed_bytes for m in lowered(both, "b")] == [b"aten.cos.default"]
    one = to_edge(programs).to_backend({"b": [sines, cosines]})
    assert lowered(one, "a") == []
    assert len(lowered(one, "b")) == 1
    with pytest.raises(KeyError, match="c"):
        to_edge(programs).to_backend({"c": [sines]})


class TakesFirstLinear(Tagger):
    """Wants linear layers whole, and takes only the first one."""

    def __init__(self) -> None:
        super().__init__([], whole=[aten.linear.default])

    def partition(self, exported_program: ExportedProgram) -> PartitionResult:
        for node in exported_program.graph.find_nodes(
            op="call_function", target=edge_aten.linear.default
        )[:1]:
            node.meta[TAG] = "first"
        return PartitionResult(exported_program, {"first": self._delegation})


def test_operators_wanted_whole_are_decomposed_if_not_taken() -> None:
    model, x = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 5)), torch.randn(2, 3)
    manager = to_edge_transform_and_lower(export(model, (x,)), partitioner=[TakesFirstLinear()])
    assert [m.processed_bytes for m in lowered(manager)] == [b"aten.linear.default"]
    program = manager.exported_program()
    rest = [node.target for node in get_non_lowered_nodes(program.graph)]
    assert rest == [edge_aten.permute_copy.default, edge_aten.addmm.default]
    assert_same(program.module()(x), model(x))


class ChangesItsInput(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 5))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = x + 1
        return self.layers(y.mul_(2))


def test_operators_wanted_whole_in_a_traced_program() -> None:
    model, x = ChangesItsInput(), torch.randn(2, 3)
    manager = to_edge_transform_and_lower(export(model, (x,)), partitioner=[TakesFirstLinear()])
    rest = [node.target for node in get_non_lowered_nodes(manager.exported_program().graph)]
    assert edge_aten.linear.default not in rest
    assert_same(manager.exported_program().module()(x), model(x))


def test_whole_programs_can_be_lowered() -> None:
    program = to_edge(export(Function(torch.sin), INPUTS[:1])).exported_program()
    module = to_backend("ListingBackend", program, SPECS)
    assert (module.backend_id, module.processed_bytes) == ("ListingBackend", b"aten.sin.default")
    assert_same(module(INPUTS[0]), INPUTS[0].sin())
    remaining = to_backend(program, Tagger({edge_aten.sin.default}))
    assert "backend_id: ListingBackend" in format_delegated_graph(remaining.graph_module)
    with pytest.raises(TypeError, match="int"):
        to_backend(3)


def test_unknown_backends_are_named() -> None:
    manager = to_edge(export(Function(torch.sin), INPUTS[:1]))
    with pytest.raises(NotImplementedError, match=r"Backend Nobody was not found.*ListingBackend"):
        manager.to_backend(Tagger({edge_aten.sin.default}, backend="Nobody"))


class Meddler(Tagger):
    def partition(self, exported_program: ExportedProgram) -> PartitionResult:
        for node in exported_program.graph.find_nodes(
            op="call_function", target=edge_aten.sin.default
        ):
            node.target = edge_aten.cos.default
        return super().partition(exported_program)


def test_partitioners_must_not_change_the_graph() -> None:
    manager = to_edge(export(Function(torch.sin), INPUTS[:1]))
    with pytest.raises(ExportError, match="Meddler changed the graph"):
        manager.to_backend(Meddler({edge_aten.cos.default}))
    with validation_disabled():
        result = manager.to_backend(Meddler({edge_aten.cos.default}))
    assert [m.processed_bytes for m in lowered(result)] == [b"aten.cos.default"]
