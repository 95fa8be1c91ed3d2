# SPDX-License-Identifier: BSD-3-Clause
import io
from typing import Any

import pytest
import torch
from torch import fx
from torch._higher_order_ops import while_loop
from torch.export import Dim, ExportedProgram, export

from executorch.exir import to_edge
from executorch.exir.dialects._ops import ops as exir_ops
from executorch.exir.graph_module import (
    bfs_trace_with_node_process,
    contains_any_call_fn_target_op,
    get_control_flow_submodules,
)
from executorch.exir.pass_base import (
    ExportedProgramPassBase,
    ExportedProgramPassResult,
    ExportPass,
    NodeMetadata,
    ProxyValue,
)
from executorch.exir.pass_manager import ExportedProgramPassManager, PassManager
from executorch.exir.passes import (
    DebugPass,
    DimOrderOpsRevertPass,
    MemoryFormatOpsPass,
    SpecPropPass,
)
from executorch.exir.passes.sym_shape_eval_pass import UnboundedShapeError, upper_bound
from executorch.exir.print_program import add_cursor_to_graph, inspect_node, pretty_print
from executorch.exir.tests.graph_execution import Function, assert_same

edge_aten = exir_ops.edge.aten


def edge(function: Any, *inputs: torch.Tensor) -> ExportedProgram:
    return to_edge(export(Function(function), inputs)).exported_program()


class AddToMultiply(ExportPass):
    """Replaces every sum by a product."""

    def call_operator(
        self, op: Any, args: tuple[Any, ...], kwargs: dict[str, Any], meta: NodeMetadata
    ) -> ProxyValue:
        if op == edge_aten.add.Tensor:
            op = edge_aten.mul.Tensor
        return super().call_operator(op, args, kwargs, meta)


def test_export_pass_replaces_operators() -> None:
    x, y = torch.randn(2, 3), torch.randn(3)
    manager = to_edge(export(Function(lambda x, y: (x + y).sum(0) + y), (x, y)))
    program = manager.transform([AddToMultiply()]).exported_program()
    assert_same(program.module()(x, y), (x * y).sum(0) * y)
    node = program.graph.find_nodes(op="call_function", target=edge_aten.mul.Tensor)[0]
    assert node.meta["val"].shape == (2, 3)
    assert "stack_trace" in node.meta


def test_export_pass_enters_branches() -> None:
    def function(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return torch.cond(x.sum() > 0, lambda a, b: a + b, lambda a, b: a - b, (x, y)) + y

    x, y = torch.ones(2), torch.full((2,), 3.0)
    manager = to_edge(export(Function(function), (x, y)))
    program = manager.transform([AddToMultiply()]).exported_program()
    assert_same(program.module()(x, y), x * y * y)
    assert_same(program.module()(-x, y), (-x - y) * y)
    assert_same(manager.exported_program().module()(x, y), x + y + y)


def test_export_pass_enters_loops() -> None:
    def function(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return while_loop(lambda x: x.sum() < 100, lambda x: (x + y,), (x,))[0]

    x, y = torch.ones(2), torch.full((2,), 3.0)
    program = to_edge(export(Function(function), (x, y))).transform([AddToMultiply()])
    ((name, body, node), *_) = get_control_flow_submodules(program.exported_program().graph_module)[
        1:
    ]
    assert [n.target for n in body.graph.nodes if n.op == "call_function"] == [edge_aten.mul.Tensor]
    assert node.args[1].target == name


def test_pass_manager_flattens_and_runs_in_order() -> None:
    seen: list[str] = []

    def first(module: fx.GraphModule) -> None:
        seen.append("first")

    def second(module: fx.GraphModule) -> None:
        seen.append("second")

    module = edge(torch.sin, torch.randn(2)).graph_module
    result = PassManager([first, [second]], run_checks_after_each_pass=True)(module)
    assert result.graph_module is module
    assert seen == ["first", "second"]


class RenamesOutput(ExportedProgramPassBase):
    def requires(self, exported_program: ExportedProgram) -> None:
        if not contains_any_call_fn_target_op(
            exported_program.graph_module, [edge_aten.sin.default]
        ):
            raise ValueError("there is no sine")

    def call(self, exported_program: ExportedProgram) -> ExportedProgramPassResult:
        for node in exported_program.graph.find_nodes(
            op="call_function", target=edge_aten.sin.default
        ):
            node.target = edge_aten.cos.default
        return ExportedProgramPassResult(exported_program, True)


def test_program_passes_check_what_they_require() -> None:
    manager = ExportedProgramPassManager([RenamesOutput()])
    program = edge(torch.sin, torch.randn(2))
    assert manager(program).modified
    with pytest.raises(ValueError, match="no sine"):
        manager(program)


def test_dim_order_conversion_can_be_reverted() -> None:
    program = edge(
        lambda x: x.to(torch.float64).to(memory_format=torch.channels_last), torch.randn(1, 2, 3, 4)
    )
    original = str(program.graph)
    reverted = DimOrderOpsRevertPass()(program.graph_module).graph_module
    assert not contains_any_call_fn_target_op(
        reverted, [exir_ops.edge.dim_order_ops._to_dim_order_copy.default]
    )
    formats = [n.kwargs.get("memory_format") for n in reverted.graph.nodes if n.kwargs]
    assert formats == [torch.contiguous_format, torch.channels_last]
    assert str(MemoryFormatOpsPass()(reverted).graph_module.graph) == original


def test_spec_prop_shares_specs_of_results() -> None:
    program = edge(lambda x: x.max(1), torch.randn(2, 3))
    SpecPropPass()(program.graph_module)
    nodes = {node.name: node for node in program.graph.nodes}
    specs = nodes["aten_max_dim"].meta["spec"]
    assert [s.dtype for s in specs] == [torch.float32, torch.int64]
    assert nodes["getitem"].meta["spec"] is specs[0]
    assert nodes["output"].meta["spec"] == tuple(specs)


def test_upper_bounds_of_expressions() -> None:
    batch = Dim("batch", max=6)
    program = export(
        Function(lambda x: torch.cat([x, x]).flatten()),
        (torch.randn(3, 2),),
        dynamic_shapes=(({0: batch},),),
    )
    value = program.graph.output_node().args[0][0].meta["val"]
    assert upper_bound(value.shape[0]) == 24
    assert upper_bound(7) == 7
    unbounded = export(Function(torch.sin), (torch.randn(3),), dynamic_shapes=(({0: Dim("n")},),))
    value = unbounded.graph.output_node().args[0][0].meta["val"]
    with pytest.raises(UnboundedShapeError):
        upper_bound(value.shape[0])


def test_walks_reach_submodules() -> None:
    program = edge(
        lambda x: torch.cond(x.sum() > 0, lambda a: a.sin(), lambda a: a.cos(), (x,)),
        torch.randn(2),
    )
    seen: list[Any] = []
    bfs_trace_with_node_process(program.graph_module, lambda node: seen.append(node.target))
    assert seen.index(edge_aten.sin.default) < seen.index(edge_aten.cos.default)
    assert [name for name, _, _ in get_control_flow_submodules(program.graph_module)] == [
        "true_graph_0",
        "false_graph_0",
    ]
    assert contains_any_call_fn_target_op(program.graph_module, {edge_aten.cos.default})
    assert not contains_any_call_fn_target_op(program.graph_module, {edge_aten.tan.default})


def test_debug_pass_prints(capsys: pytest.CaptureFixture[str]) -> None:
    program = edge(torch.sin, torch.randn(2))
    result = DebugPass("after sine", show_spec=True)(program.graph_module)
    assert not result.modified
    text = capsys.readouterr().out
    assert text.startswith("after sine\n")
    assert "aten.sin.default" in text
    DebugPass(enable_debug_pass=False)(program.graph_module)
    assert capsys.readouterr().out == ""


def test_nodes_can_be_shown_in_their_graph() -> None:
    program = edge(lambda x: x.sin().cos(), torch.randn(2))
    cos = program.graph.find_nodes(op="call_function", target=edge_aten.cos.default)[0]
    lines = add_cursor_to_graph(program.graph, cos).splitlines()
    assert [line.startswith("-->") for line in lines] == [False, False, False, True, False]
    assert "debug_handle: 2" in inspect_node(program.graph, cos)


def test_pretty_print_shortens_data() -> None:
    from executorch.exir.schema import Buffer, Int

    out = io.StringIO()
    pretty_print([Buffer(b"12345"), Int(3)], out=out)
    assert "storage=<5 bytes>" in out.getvalue()
    assert "int_val=3" in out.getvalue()
