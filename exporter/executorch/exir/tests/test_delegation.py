# SPDX-License-Identifier: BSD-3-Clause
"""Backends through the demos that come with the package: nesting, control flow, several methods."""

from typing import Any

import pytest
import torch
from torch import nn
from torch.export import ExportedProgram, export

from executorch.devtools.backend_debug import get_delegation_info, print_delegation_info
from executorch.exir import EdgeProgramManager, to_edge, to_edge_transform_and_lower
from executorch.exir._serialize._program import deserialize_pte_binary
from executorch.exir.backend.backend_api import to_backend
from executorch.exir.backend.backend_details import BackendDetails, PreprocessResult
from executorch.exir.backend.canonical_partitioners.all_node_partitioner import AllNodePartitioner
from executorch.exir.backend.canonical_partitioners.config_partitioner import (
    ConfigerationBasedPartitioner,
    PartitionerConfig,
)
from executorch.exir.backend.canonical_partitioners.duplicate_constant_node_pass import (
    duplicate_constant_node,
)
from executorch.exir.backend.canonical_partitioners.pattern_op_partitioner import (
    generate_grouped_partitions_from_list_of_nodes,
    generate_partitions_from_list_of_nodes,
    generate_pattern_op_partitions,
)
from executorch.exir.backend.compile_spec_schema import CompileSpec
from executorch.exir.backend.operator_support import DontPartition, DontPartitionName
from executorch.exir.backend.partitioner import DelegationSpec
from executorch.exir.backend.test.backend_with_compiler_demo import BackendWithCompilerDemo
from executorch.exir.backend.test.backend_with_named_data_map import BackendWithNDMPartitioner
from executorch.exir.backend.test.demos.rpc.executor_backend_partitioner import (
    ExecutorBackendPartitioner,
)
from executorch.exir.backend.test.op_partitioner_demo import (
    AddAttributePartitionerDemo,
    AddMulPartitionerDemo,
    AddOperatorSupport,
    AllNodesPartitionerDemo,
    NonDecompTestPartitioner,
)
from executorch.exir.backend.utils import DelegateMappingBuilder, is_identical_graph
from executorch.exir.dialects._ops import ops as exir_ops
from executorch.exir.lowered_backend_module import LoweredBackendModule, get_lowered_submodules
from executorch.exir.tests.graph_execution import Function, assert_same

edge_aten = exir_ops.edge.aten
R = torch.randn


class MulAdd(nn.Module):
    def forward(self, a: torch.Tensor, x: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        y = torch.mm(a, x)
        z = y + b
        a = z - a
        y = torch.mm(a, x)
        return y + b


INPUTS = (R(2, 2), R(2, 2), R(2, 2))


def edge(model: nn.Module | None = None, inputs: tuple[Any, ...] = INPUTS) -> EdgeProgramManager:
    return to_edge(export(model or MulAdd(), inputs))


def lowered(manager: EdgeProgramManager, name: str = "forward") -> list[LoweredBackendModule]:
    module = manager.exported_program(name).graph_module
    return [lowered for _, lowered, _ in get_lowered_submodules(module)]


def test_payload_and_maps_of_the_demo() -> None:
    manager = edge().to_backend(AddMulPartitionerDemo())
    first, second = lowered(manager)
    assert first.processed_bytes == (
        b"2version:0#op:demo::aten.mm.default, numel:4, dtype:torch.float32<debug_handle>1#"
        b"op:demo::aten.add.Tensor, numel:4, dtype:torch.float32<debug_handle>2#"
    )
    assert second.meta["debug_handle_map"] == {4: (4,), 5: (5,)}
    assert first.compile_specs == [CompileSpec("max_value", b"\x04")]
    assert_same(manager.exported_program().module()(*INPUTS), MulAdd()(*INPUTS))


def test_delegation_info(capsys: pytest.CaptureFixture[str]) -> None:
    module = edge().to_backend(AddMulPartitionerDemo()).exported_program().graph_module
    info = get_delegation_info(module)
    assert (info.num_delegated_subgraphs, info.num_delegated_nodes) == (2, 4)
    assert info.delegation_by_operator["aten_mm_default"].delegated == 2
    assert info.delegation_by_operator["aten_sub_tensor"].non_delegated == 1
    assert info.get_summary() == (
        "Total delegated subgraphs: 2\n"
        "Number of delegated nodes: 4\n"
        "Number of non-delegated nodes: 3\n"
    )
    print_delegation_info(module)
    assert "aten_add_tensor" in capsys.readouterr().out


def test_a_part_may_call_other_backends() -> None:
    manager = edge().to_backend(AddMulPartitionerDemo()).to_backend(ExecutorBackendPartitioner())
    (outer,) = lowered(manager)
    inner = get_lowered_submodules(outer.original_module.graph_module)
    assert [module.backend_id for _, module, _ in inner] == ["BackendWithCompilerDemo"] * 2
    assert_same(manager.exported_program().module()(*INPUTS), MulAdd()(*INPUTS))
    program = deserialize_pte_binary(outer.processed_bytes).program
    assert [d.id for d in program.execution_plan[0].delegates] == ["BackendWithCompilerDemo"] * 2
    assert len(manager.to_executorch().executorch_program.execution_plan[0].delegates) == 1


class Branches(nn.Module):
    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return torch.cond(
            x.sum() > 0, lambda x, y: torch.mm(x, y) + x, lambda x, y: (x + y) * 2, (x, y)
        )


@pytest.mark.parametrize("partitioner", [AddMulPartitionerDemo(), AllNodesPartitionerDemo()])
def test_branches(partitioner: Any) -> None:
    manager = edge(Branches(), INPUTS[:2]).to_backend(partitioner)
    for value in (1.0, -1.0):
        inputs = torch.full((2, 2), value), INPUTS[1]
        assert_same(manager.exported_program().module()(*inputs), Branches()(*inputs))
    delegates = manager.to_executorch().executorch_program.execution_plan[0].delegates
    assert len(delegates) == (2 if isinstance(partitioner, AddMulPartitionerDemo) else 1)


class WithState(nn.Module):
    total: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2, 2))
        self.register_buffer("total", torch.zeros(2, 2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.total.add_(x)
        return x + self.weight + self.total


def test_whole_program_with_its_state() -> None:
    partitioner = AllNodePartitioner("BackendWithCompilerDemo", [])
    manager = edge(WithState(), INPUTS[:1]).to_backend(partitioner)
    (module,) = lowered(manager)
    assert len(manager.exported_program().graph_signature.input_specs) == 1
    assert set(module.original_module.state_dict) == {"weight", "total"}


def test_lowered_modules_are_modules() -> None:
    module = to_backend(
        "BackendWithCompilerDemo", edge(Function(torch.sin), (R(3),)).exported_program(), []
    )

    class Composite(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lowered = module

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.lowered(x) + 1

    x = R(3)
    assert_same(Composite()(x), x.sin() + 1)
    manager = edge(Composite(), (x,))
    (found,) = lowered(manager)
    assert found.processed_bytes == module.processed_bytes
    assert_same(manager.exported_program().module()(x), x.sin() + 1)
    plan = manager.to_executorch().executorch_program.execution_plan[0]
    assert [d.id for d in plan.delegates] == ["BackendWithCompilerDemo"]
    assert [d.id for d in module.program().execution_plan[0].delegates] == [
        "BackendWithCompilerDemo"
    ]
    assert deserialize_pte_binary(module.buffer()).program.execution_plan[0].name == "forward"


def test_named_data_is_written() -> None:
    manager = edge(Function(lambda x: x.sin() + x * x), (R(3),))
    program = manager.to_backend(BackendWithNDMPartitioner()).to_executorch()
    named = deserialize_pte_binary(program.buffer).named_data
    assert named is not None
    names = {"aten.sin.default", "aten.mul.Tensor", "aten.add.Tensor"}
    assert set(named.pte_data) == names


def test_operators_are_kept_whole() -> None:
    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(4, 4, bias=False)

        def forward(self, q: torch.Tensor) -> torch.Tensor:
            return nn.functional.scaled_dot_product_attention(q, q, self.layer(q))

    program = export(Attention(), (R(1, 1, 4, 4),))
    manager = to_edge_transform_and_lower(program, partitioner=[NonDecompTestPartitioner()])
    (module,) = lowered(manager)
    assert b"aten.linear.default" in module.processed_bytes
    assert b"aten.scaled_dot_product_attention.default" in module.processed_bytes


class Everything(BackendDetails):
    """Sees the parts of all methods at once."""

    seen: list[dict[str, int]] = []

    @staticmethod
    def preprocess(
        edge_program: ExportedProgram, compile_specs: list[CompileSpec]
    ) -> PreprocessResult:
        raise AssertionError("preprocess_multimethod is to be called instead")

    @classmethod
    def preprocess_multimethod(
        cls,
        edge_programs: dict[str, list[ExportedProgram]],
        compile_specs: dict[str, list[list[CompileSpec]]],
    ) -> dict[str, list[PreprocessResult]]:
        cls.seen.append({name: len(programs) for name, programs in edge_programs.items()})
        return {
            name: [PreprocessResult(f"{name}{i}".encode()) for i in range(len(programs))]
            for name, programs in edge_programs.items()
        }


def test_all_methods_at_once() -> None:
    partitioner = AddAttributePartitionerDemo()
    partitioner.delegation_spec = DelegationSpec("Everything", [])
    programs = {"a": export(MulAdd(), INPUTS), "b": export(WithState(), INPUTS[:1])}
    manager = to_edge(programs).to_backend(partitioner)
    assert Everything.seen[-1] == {"a": 2, "b": 1}
    assert [m.processed_bytes for m in lowered(manager, "a")] == [b"a0", b"a1"]
    assert [m.processed_bytes for m in lowered(manager, "b")] == [b"b0"]


class Failing(BackendDetails):
    @staticmethod
    def preprocess(
        edge_program: ExportedProgram, compile_specs: list[CompileSpec]
    ) -> PreprocessResult:
        raise ValueError("no such instruction")


class Wrong(BackendDetails):
    @staticmethod
    def preprocess(
        edge_program: ExportedProgram, compile_specs: list[CompileSpec]
    ) -> PreprocessResult:
        return b""  # type: ignore[return-value]


def test_errors_of_backends_say_what_was_compiled() -> None:
    with pytest.raises(
        ValueError, match=r"(?s)no such instruction.*backend Failing.*5 nodes"
    ) as error:
        edge().to_backend(AllNodePartitioner("Failing", []))
    assert "'aten_mm_default' File" in str(error.value)
    assert "test_delegation.py" in str(error.value)
    with pytest.raises(
        TypeError, match="backend Wrong must return a PreprocessResult, got a bytes"
    ):
        edge().to_backend(AllNodePartitioner("Wrong", []))


@pytest.mark.parametrize("spec", ["text", CompileSpec("key", "text")])  # type: ignore[arg-type]
def test_wrong_compile_specs_are_refused(spec: Any) -> None:
    with pytest.raises(
        TypeError, match=r"compile specs of backend .* must be CompileSpec\(key: str"
    ):
        edge().to_backend(AllNodePartitioner("BackendWithCompilerDemo", [spec]))


def test_partitions_of_listed_and_matching_nodes() -> None:
    program = edge().exported_program()
    nodes = {node.name: node for node in program.graph.nodes}
    listed = [[nodes["aten_mm_default"]], [nodes["aten_add_tensor"]], [nodes["aten_add_tensor_1"]]]
    parts = generate_partitions_from_list_of_nodes(program.graph_module, listed)
    assert sorted(sorted(n.name for n in p.nodes) for p in parts) == [
        ["aten_add_tensor", "aten_mm_default"],
        ["aten_add_tensor_1"],
    ]
    pattern = edge(Function(lambda a, b, c: torch.mm(a, b) + c)).exported_program().graph
    parts = generate_pattern_op_partitions(program.graph_module, patterns=[pattern])
    assert sorted(len(p.nodes) for p in parts) == [2, 2]
    parts = generate_pattern_op_partitions(program.graph_module, op_support=AddOperatorSupport())
    assert sorted(len(p.nodes) for p in parts) == [1, 1]


def test_groups_stay_together_and_partitions_have_no_cycles() -> None:
    program = edge(
        Function(lambda x: (x.sin().cos().sin(), x.sin() + 1)), (R(2),)
    ).exported_program()
    nodes = {node.name: node for node in program.graph.nodes}
    sines = [nodes["aten_sin_default"], nodes["aten_sin_default_1"]]
    # Together they would have to run before and after the cosine.
    parts = generate_grouped_partitions_from_list_of_nodes(program.graph_module, [sines])
    assert sorted(len(p.nodes) for p in parts) == [1, 1]
    group = [nodes["aten_sin_default"], nodes["aten_sin_default_2"], nodes["aten_add_tensor"]]
    (part,) = generate_grouped_partitions_from_list_of_nodes(program.graph_module, [group])
    assert set(part.nodes) == set(group)


class AddConfig(PartitionerConfig):
    target_name = "add.Tensor"

    def check_constraints(self, node: torch.fx.Node, ep: ExportedProgram) -> bool:
        return node.name != "aten_add_tensor_1"

    def get_partition(self, node: torch.fx.Node, ep: ExportedProgram) -> list[torch.fx.Node]:
        return [node]


def test_partitioner_of_configurations() -> None:
    spec = DelegationSpec(BackendWithCompilerDemo.__name__, [])
    manager = edge().to_backend(ConfigerationBasedPartitioner(spec, [AddConfig]))
    (module,) = lowered(manager)
    assert module.processed_bytes.startswith(b"1version")


def test_unsupported_nodes_are_remembered() -> None:
    nodes = [n for n in edge().exported_program().graph.nodes if n.op == "call_function"]
    support = DontPartition(edge_aten.add.Tensor)
    assert [n.name for n in nodes if support.is_node_supported({}, n)] == [
        "aten_mm_default",
        "aten_sub_tensor",
        "aten_mm_default_1",
    ]
    assert support.num_rejected() == 2
    by_name = DontPartitionName("mm", exact=False)
    assert sum(by_name.is_node_supported({}, n) for n in nodes) == 3


def test_constants_can_be_duplicated() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.ones(2))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return (x + self.weight).sin() * self.weight

    manager = edge(Twice(), (R(2),))
    program = manager.exported_program()
    (new,) = duplicate_constant_node(program, "p_weight")
    assert all(
        len(n.users) == 1 for n in program.graph.find_nodes(op="placeholder") if n.name != "x"
    )
    assert new in [s.arg.name for s in program.graph_signature.input_specs]
    x = R(2)
    assert_same(program.module()(x), (x + 1).sin() * 1)


def test_mapping_builder() -> None:
    nodes = [n for n in edge().exported_program().graph.nodes if n.op == "call_function"]
    builder = DelegateMappingBuilder(generated_identifiers=True)
    assert builder.insert_delegate_mapping_entry(nodes=nodes[:2]) == 0
    assert builder.insert_delegate_mapping_entry(handles=[5, 4, None]) == 1
    assert builder.get_delegate_mapping() == {0: (1, 2), 1: (4, 5)}
    named = DelegateMappingBuilder()
    named.insert_delegate_mapping_entry(nodes[0], identifier="first")
    with pytest.raises(ValueError, match="an entry for identifier 'first' already"):
        named.insert_delegate_mapping_entry(nodes[1], identifier="first")
    with pytest.raises(TypeError, match="another type"):
        named.insert_delegate_mapping_entry(nodes[1], identifier=3)
    with pytest.raises(ValueError, match="an identifier"):
        named.insert_delegate_mapping_entry(nodes[1])


def test_graphs_are_compared_by_structure() -> None:
    one, two = edge().exported_program(), edge().exported_program()
    assert is_identical_graph(one.graph_module, two.graph_module)
    other = edge(Function(lambda a, x, b: torch.mm(a, x) + b)).exported_program()
    assert not is_identical_graph(one.graph_module, other.graph_module)
