# SPDX-License-Identifier: BSD-3-Clause
"""Passes that users apply themselves, each on a graph of a few nodes."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import fx, nn
from torch.export import ExportedProgram, export

from executorch.exir import to_edge
from executorch.exir.dialects._ops import bind_pattern_to_op
from executorch.exir.dialects._ops import ops as exir_ops
from executorch.exir.dialects.backend._ops import BackendOpOverload
from executorch.exir.error import ExportError
from executorch.exir.operator.convert import torch_op
from executorch.exir.pass_manager import ExportedProgramPassManager, PassManager
from executorch.exir.passes import (
    DebugPass,
    FoldRedundantDequantizeQuantizePass,
    NormalizeTransposePass,
    PropagateDevicePass,
    PruneEmptyTensorsPass,
    RemoveGraphAssertsPass,
    RemoveNoopPass,
    ReplaceBrokenOpsWithFunctionalOpsPass,
    ScalarToTensorPass,
    SpecPropPass,
    ToDevicePass,
    dead_code_elimination_pass,
    propagate_dynamic_shape,
)
from executorch.exir.passes.debug_handle_generator_pass import generate_missing_debug_handles
from executorch.exir.passes.executorch_prim_ops_registry import is_sym_op
from executorch.exir.passes.normalize_view_copy_base_pass import NormalizeViewCopyBasePass
from executorch.exir.passes.pass_registry import PassRegistry
from executorch.exir.passes.reinplace import DEFAULT_INPLACEABLE_OPS, reinplace_pass
from executorch.exir.passes.remove_mixed_type_operators import RemoveMixedTypeOperators
from executorch.exir.passes.remove_unused_parameters_pass import remove_unused_parameters_pass
from executorch.exir.schema import DeviceType
from executorch.exir.sym_util import collect_free_symbols, eval_shape, eval_shape_upper_bound
from executorch.exir.tests.graph_execution import Function, assert_same

aten, edge_aten = torch.ops.aten, exir_ops.edge.aten
R = torch.randn


def captured(function: Any, *inputs: Any, **options: Any) -> ExportedProgram:
    return export(Function(function), inputs, **options)


def edge(function: Any, *inputs: Any, **options: Any) -> ExportedProgram:
    return to_edge(captured(function, *inputs, **options)).exported_program()


def operators(module: fx.GraphModule) -> list[str]:
    return [str(torch_op(n.target)) for n in module.graph.nodes if n.op == "call_function"]


def test_noops_are_removed() -> None:
    x = R(2, 3)
    program = captured(lambda x: (x + 1).to(torch.float32)[:, :3].clone() * 2, x)
    module = RemoveNoopPass()(program.graph_module).graph_module
    RemoveGraphAssertsPass()(module)
    assert operators(module) == ["aten.add.Tensor", "aten.mul.Tensor"]
    assert_same(module(x), ((x + 1) * 2,))


def test_dequantized_and_quantized_again() -> None:
    quantized = torch.ops.quantized_decomposed
    options = (0.1, 0, -128, 127, torch.int8)

    def function(x: torch.Tensor) -> torch.Tensor:
        q = quantized.quantize_per_tensor(x, *options)
        d = quantized.dequantize_per_tensor(q, *options)
        again = quantized.quantize_per_tensor(d, *options)
        return quantized.dequantize_per_tensor(again, *options)

    program = edge(function, R(3))
    FoldRedundantDequantizeQuantizePass()(program.graph_module)
    assert [name.split(".")[1] for name in operators(program.graph_module)] == [
        "quantize_per_tensor",
        "dequantize_per_tensor",
    ]


def test_transpositions_become_permutations() -> None:
    x = R(2, 3, 4)
    program = captured(lambda x: x.transpose(-1, 0) * 2, x)
    module = NormalizeTransposePass()(program.graph_module).graph_module
    assert "aten.permute.default" in operators(module)
    assert_same(module(x), (x.transpose(-1, 0) * 2,))


def test_views_become_copies() -> None:
    program = captured(lambda x: x.view(6).unsqueeze(0), R(2, 3))
    module = ReplaceBrokenOpsWithFunctionalOpsPass()(program.graph_module).graph_module
    assert operators(module) == ["aten.view_copy.default", "aten.unsqueeze_copy.default"]


def test_numbers_become_tensors() -> None:
    x = R(2)
    program = captured(lambda x: x + 1.5, x)
    module = ScalarToTensorPass()(program.graph_module).graph_module
    assert operators(module) == ["aten.full.default", "aten.add.Tensor"]
    assert_same(module(x), (x + 1.5,))


def test_mixed_types_are_converted() -> None:
    x, y = R(2), torch.tensor([1, 2])
    program = edge(lambda x, y: x + y, x, y)
    module = RemoveMixedTypeOperators()(program.graph_module).graph_module
    assert operators(module) == ["aten._to_copy.default", "aten.add.Tensor"]
    assert_same(module(x, y), (x + y,))


def test_assertions_are_removed() -> None:
    def function(x: torch.Tensor, n: torch.Tensor) -> torch.Tensor:
        size = n.item()
        torch._check(size >= 0)
        torch._check(size <= 2)
        return x[:size]

    program = captured(function, R(3), torch.tensor(1))
    before = operators(program.graph_module)
    RemoveGraphAssertsPass()(program.graph_module)
    after = operators(program.graph_module)
    assert any("_assert" in name for name in before)
    assert not any("_assert" in name for name in after)


def test_views_of_views() -> None:
    x = R(2, 3)
    program = edge(lambda x: (x + 1).view(6).view(3, 2) * 2, x)
    assert NormalizeViewCopyBasePass()(program.graph_module).modified
    views = program.graph.find_nodes(op="call_function", target=edge_aten.view_copy.default)
    assert {view.args[0].name for view in views} == {"aten_add_tensor"}
    dead_code_elimination_pass(program.graph_module)
    assert operators(program.graph_module).count("aten.view_copy.default") == 1
    assert_same(program.module()(x), (x + 1).view(3, 2) * 2)


def test_empty_tensors_are_not_concatenated() -> None:
    x, empty = R(2, 3), torch.ones(0, 3)
    program = edge(lambda x, empty: torch.cat([x, empty * 2]), x, empty)
    PruneEmptyTensorsPass()(program.graph_module)
    assert operators(program.graph_module) == ["aten.cat.default"]
    assert_same(program.module()(x, empty), x)


def test_devices_are_replaced() -> None:
    program = captured(lambda x: x + torch.zeros(2, device="cpu"), R(2))
    ToDevicePass("meta")(program.graph_module)
    zeros = program.graph.find_nodes(op="call_function", target=aten.zeros.default)
    assert [node.kwargs["device"] for node in zeros] == ["meta"]


def test_unused_parameters_are_removed() -> None:
    class Unused(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.used = nn.Linear(2, 2)
            self.unused = nn.Linear(3, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.used(x)

    program = export(Unused(), (R(1, 2),))
    remove_unused_parameters_pass(program)
    assert set(program.state_dict) == {"used.weight", "used.bias"}
    assert len(program.graph.find_nodes(op="placeholder")) == 3


def test_debug_handles() -> None:
    program = edge(lambda x: torch.softmax(x + 1, 0).sin(), R(3))
    handles = [n.meta.get("debug_handle") for n in program.graph.nodes if n.op == "call_function"]
    assert handles == sorted(handles) and handles[0] == 1
    for node in program.graph.nodes:
        node.meta.pop("debug_handle", None)
    generate_missing_debug_handles(program)
    handles = [node.meta["debug_handle"] for node in program.graph.nodes]
    assert handles == list(range(1, len(handles) + 1))


def test_debug_pass_prints_frames(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    program = edge(lambda x: x + 1, R(3))
    DebugPass("title", show_src=True)(program.graph_module)
    text = capsys.readouterr().out
    assert text.startswith("title") and "graph_execution.py:" in text
    DebugPass(show_src=True, show_full_path=True, show_all_frames=True, path_filter="nowhere")(
        program.graph_module
    )
    assert "graph_execution.py" not in capsys.readouterr().out
    DebugPass("logged", log_filename=str(tmp_path / "log"))(program.graph_module)
    assert (tmp_path / "log").read_text().startswith("logged")


def test_in_place_where_nobody_notices() -> None:
    assert {edge_aten.index_put.default} == DEFAULT_INPLACEABLE_OPS
    i, v = torch.tensor([1]), torch.ones(1)
    program = edge(lambda x, i, v: (x + 1).index_put((i,), v) * 2, R(4), i, v)
    reinplace_pass(program)
    assert "aten.index_put_.default" in operators(program.graph_module)
    kept = {
        "an input": lambda x, i, v: x.index_put((i,), v),
        "used later": lambda x, i, v: (lambda y: (y.index_put((i,), v), y * 2))(x + 1),
        "view used later": lambda x, i, v: (lambda y: (y.index_put((i,), v), y.view(2, 2) * 2))(
            x + 1
        ),
        "its own values": lambda x, i, v: (lambda y: y.index_put((i,), y.view(4)[:1]))(x + 1),
    }
    for name, function in kept.items():
        program = edge(function, R(4), i, v)
        reinplace_pass(program)
        if name != "its own values":
            assert "aten.index_put_.default" not in operators(program.graph_module), name
    program = edge(lambda x: (x + 1).relu() * 2, R(4))
    reinplace_pass(program, {edge_aten.relu.default})
    assert "aten.relu_.default" in operators(program.graph_module)
    with pytest.raises(ExportError, match=r"aten.mm.default has no in-place variant mm_.default"):
        reinplace_pass(program, {edge_aten.mm.default})
    override = {edge_aten.relu.default: edge_aten.add_.Tensor}
    with pytest.raises(ExportError, match="takes other arguments"):
        reinplace_pass(program, set(), override)


class OnDevice(nn.Module):
    def forward(self, a: torch.Tensor, b: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        c = a + b
        return (c * 2).sin() + c, c


@pytest.mark.parametrize("skip", [False, True])
def test_copies_to_and_from_a_device(skip: bool) -> None:
    from executorch.exir.backend.compile_spec_schema import CompileSpec
    from executorch.exir.backend.partitioner import DelegationSpec
    from executorch.exir.backend.test.op_partitioner_demo import AddAttributePartitionerDemo

    partitioner = AddAttributePartitionerDemo()
    specs = [CompileSpec("target_device", b"cuda:0")]
    partitioner.delegation_spec = DelegationSpec("BackendWithCompilerDemo", specs)
    manager = to_edge(export(OnDevice(), (R(2, 2), R(2, 2)))).to_backend(partitioner)
    module = manager.exported_program().graph_module
    SpecPropPass()(module)
    PropagateDevicePass(skip, skip)(module)
    names = [n for n in operators(module) if n.startswith("et_copy")]
    h2d, d2h = "et_copy._h2d_copy.default", "et_copy._d2h_copy.default"
    # The second delegate takes the first one's result where it is.
    assert names == ([d2h, h2d] if skip else [h2d, h2d, d2h, h2d, d2h])
    (a, _) = (n for n in module.graph.find_nodes(op="placeholder") if n.name in "ab")
    assert a.meta["spec"].device == (DeviceType.CUDA if skip else DeviceType.CPU)
    first, second = module.graph.output_node().meta["spec"]
    assert first.device == (DeviceType.CUDA if skip else DeviceType.CPU)
    assert second.device == DeviceType.CPU


def test_unknown_devices_are_refused() -> None:
    from executorch.exir.passes.propagate_device_pass import _parse_device

    assert _parse_device(b"cuda:1") == (DeviceType.CUDA, 1)
    with pytest.raises(ExportError, match="target_device is 'toaster'; expected one of cpu, cuda"):
        _parse_device(b"toaster")


def test_backend_operators() -> None:
    library = torch.library.Library("test_more_passes", "DEF")

    @bind_pattern_to_op(library, "add_relu(Tensor x, Tensor y) -> Tensor")
    def add_relu(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return torch.relu(x + y)

    op = exir_ops.backend.test_more_passes.add_relu.default
    assert isinstance(op, BackendOpOverload) and op._equivalent_callable is add_relu
    assert op is exir_ops.backend.test_more_passes.add_relu.default
    assert_same(op(torch.ones(2), -torch.ones(2) * 2), torch.zeros(2))
    assert exir_ops.edge.test_more_passes.add_relu.default is not op


def test_operators_on_numbers() -> None:
    n = torch.export.Dim("n", max=8)
    program = edge(lambda x: x * (x.shape[0] + 1), R(3), dynamic_shapes=(({0: n},),))
    kinds = {is_sym_op(n.target) for n in program.graph.nodes if n.op == "call_function"}
    assert kinds == {True, False}
    (size,) = program.graph.find_nodes(op="placeholder")[-1].meta["val"].shape
    assert eval_shape([size, 4]) == [3, 4]
    assert eval_shape_upper_bound([size]) == [8]
    assert len(collect_free_symbols([size, 4])) == 1
    PassManager(propagate_dynamic_shape())(program.graph_module)
    specs = [node.meta["spec"] for node in program.graph.find_nodes(op="placeholder")]
    assert specs[-1].shape == [8]


def test_pass_managers() -> None:
    program = edge(lambda x: x + 1, R(3))
    seen: list[str] = []

    def once(module: fx.GraphModule) -> None:
        seen.append("once")

    ExportedProgramPassManager([[once], once])(program)
    assert seen == ["once", "once"]
    with pytest.raises(RuntimeError, match="must not come after"):
        ExportedProgramPassManager([once, once], [lambda a, b: False])


def test_registry() -> None:
    @PassRegistry.register("test_pass")
    class Registered:
        pass

    assert PassRegistry.get("test_pass") == [Registered]
    PassRegistry.register_list(
        "test_list", [dead_code_elimination_pass, dead_code_elimination_pass]
    )
    assert len(PassRegistry.get("test_list")) == 2
    with pytest.raises(ExportError, match="no pass is named test_nothing"):
        PassRegistry.get("test_nothing")
