# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import operator
from functools import partial
from typing import Any

import pytest
import torch
from torch import fx, nn
from torch.export import export

from executorch.exir import ExecutorchBackendConfig, memory, to_edge
from executorch.exir.error import ExportError, InternalError
from executorch.exir.memory_planning import (
    MemoryAlgoResult,
    MemoryPlanningAlgorithmSuite,
    SpecAllocResult,
    Verifier,
    apply_algo,
    collect_specs_from_nodes,
    filter_nodes,
    get_node_tensor_specs,
    greedy,
    naive,
    update_all_tensors_lifetime,
)
from executorch.exir.passes import MemoryPlanningPass
from executorch.exir.schema import DeviceType, NonConstBufferDevice
from executorch.exir.tensor import TensorSpec
from executorch.exir.tests.plan_interpreter import Interpreter
from executorch.exir.tests.test_emit import CASES, Counter, Function, lower, lower_case, plan_of


def chain(length: int) -> fx.GraphModule:
    """x -> relu -> relu ..., each result in an allocation of its own, with specs."""
    graph = fx.Graph()
    value = graph.placeholder("x")
    value.meta["val"] = torch.empty(4)
    for _ in range(length):
        out = graph.call_function(memory.alloc, (((4,), torch.float32),))
        out.meta["val"] = torch.empty(4)
        out.meta["spec"] = spec = TensorSpec.from_tensor(out.meta["val"])
        value = graph.call_function(torch.ops.aten.relu.out, (value,), {"out": out})
        value.meta["val"], value.meta["spec"] = out.meta["val"], spec
    next(iter(graph.nodes)).meta["spec"] = TensorSpec(torch.float32, torch.Size([4]))
    graph.output((value,))
    return fx.GraphModule(nn.Module(), graph)


def specs_by_name(module: fx.GraphModule) -> dict[str, TensorSpec]:
    return {n.name: get_node_tensor_specs(n)[0] for n in module.graph.nodes if "spec" in n.meta}


def test_lifetimes() -> None:
    module = chain(2)
    storages = update_all_tensors_lifetime(module)
    specs = specs_by_name(module)
    # x, alloc, relu_out, alloc_1, relu_out_1, output
    assert [n.name for n in module.graph.nodes][3] == "alloc_1"
    assert specs["x"].lifetime == [0, 2]
    assert specs["relu_out"].lifetime == [1, 4]
    assert specs["relu_out_1"].lifetime == [3, 5]
    assert storages == {specs[name] for name in ("x", "relu_out", "relu_out_1")}


def test_chain_needs_two_buffers() -> None:
    module = chain(6)
    assert apply_algo(MemoryPlanningAlgorithmSuite(), module, 16) == [0, 32]
    assert Verifier(module, True, True, True).verify_storage_reuse() > 0
    assert apply_algo(MemoryPlanningAlgorithmSuite([naive]), chain(6), 16) == [0, 7 * 16]


def residual(length: int) -> fx.GraphModule:
    """Storages of 3 sizes, of which two are live at a time, the biggest in the middle."""
    module = chain(length)
    for index, spec in enumerate(specs_by_name(module).values()):
        spec.shape = [[4, 40, 12][index % 3]]
    return module


def test_without_overlap_storages_share_whole_objects() -> None:
    module = residual(9)
    algorithm = partial(greedy, allow_overlapping_allocations=False)
    suite = MemoryPlanningAlgorithmSuite([algorithm])
    sizes = apply_algo(suite, module, 16)
    Verifier(module, True, True, True).verify_storage_reuse()
    start: dict[int, int] = {}
    for spec in specs_by_name(module).values():
        assert spec.mem_obj_id is not None and spec.mem_offset is not None
        assert start.setdefault(spec.mem_obj_id, spec.mem_offset) == spec.mem_offset
    assert sizes[1] >= apply_algo(MemoryPlanningAlgorithmSuite([greedy]), residual(9), 16)[1]


def test_algorithms_of_users() -> None:
    """In the two forms: one that sets the places itself, and one for the suite."""

    def stacked(
        alignment: int,
        specs: set[TensorSpec],
        graph_module: fx.GraphModule,
        graph_signature: Any,
        extra_padding: int = 0,
    ) -> MemoryAlgoResult:
        offset, places = 0, {}
        for index, spec in enumerate(specs):
            places[spec] = SpecAllocResult(1, index, offset)
            offset += spec.realign(alignment)
        return MemoryAlgoResult(places, [0, offset + extra_padding])

    def direct(*args: Any) -> list[int]:
        for spec, place in (result := stacked(*args)).spec_dict.items():
            spec.mem_id, spec.mem_obj_id = place.mem_id, place.mem_obj_id
            spec.mem_offset = place.mem_offset
        return result.bufsizes

    for algorithm in (direct, MemoryPlanningAlgorithmSuite([stacked])):
        module = chain(6)
        MemoryPlanningPass(algorithm).run(module)
        assert module.meta["non_const_buffer_sizes"] == [0, 7 * 16]


def test_collect_specs() -> None:
    module = planned(chain(2))
    nodes = list(module.graph.nodes)
    specs = list(collect_specs_from_nodes(nodes))
    assert specs == [get_node_tensor_specs(nodes[i])[0] for i in (0, 1, 3)]
    assert len(list(collect_specs_from_nodes(nodes, dedup=False))) == 5
    assert list(collect_specs_from_nodes(nodes, ignore_graph_input=True)) == specs[1:]
    assert list(collect_specs_from_nodes(nodes, ignore_graph_output=True)) == specs[:2]
    assert list(filter_nodes([nodes[0], {"out": [nodes[1]]}, 3])) == nodes[:2]


def test_best_algorithm_wins() -> None:
    assert apply_algo(MemoryPlanningAlgorithmSuite([naive, greedy]), chain(6), 16) == [0, 32]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("algorithm", [greedy, naive])
def test_plans_of_models_are_valid(name: str, algorithm: Any) -> None:
    config = ExecutorchBackendConfig(
        memory_planning_pass=MemoryPlanningPass(MemoryPlanningAlgorithmSuite([algorithm]))
    )
    # The pass verifies its result.
    plan = plan_of(lower_case(name, config))
    assert plan.non_const_buffer_sizes[0] == 0
    assert all(size % 16 == 0 for size in plan.non_const_buffer_sizes)


@pytest.mark.parametrize("alignment", [1, 64, 4096])
def test_alignment(alignment: int) -> None:
    config = ExecutorchBackendConfig(memory_planning_pass=MemoryPlanningPass(alignment=alignment))
    manager = lower(nn.Sequential(nn.Linear(3, 5), nn.ReLU()), (torch.randn(1, 3),), config)
    for node in manager.exported_program().graph.nodes:
        for spec in get_node_tensor_specs(node):
            assert spec.mem_offset is None or spec.mem_offset % alignment == 0
    with pytest.raises(ValueError, match="not a power of two"):
        MemoryPlanningPass(alignment=24)


def planned(module: fx.GraphModule) -> fx.GraphModule:
    apply_algo(MemoryPlanningAlgorithmSuite(), module, 16)
    return module


def test_verifier_notices_overlap() -> None:
    module = planned(chain(3))
    specs = specs_by_name(module)
    specs["relu_out"].mem_offset = specs["x"].mem_offset
    verifier = Verifier(module, True, True, True)
    with pytest.raises(InternalError, match="live at the same time overlaps"):
        verifier.verify_storage_reuse()
    assert verifier.verify_storage_reuse(allow_lifetime_and_storage_overlap=True) > 0


def test_verifier_notices_tensors_outside_of_the_arena() -> None:
    module = planned(chain(3))
    with pytest.raises(InternalError, match="outside of the arenas"):
        Verifier(module, True, True, True).verify_bounds([0, 16])
    specs_by_name(module)["x"].mem_offset = 8
    with pytest.raises(InternalError, match="misaligned"):
        Verifier(module, True, True, True).verify_bounds([0, 1024])


def test_verifier_notices_inputs_and_outputs_planned_against_the_flags() -> None:
    module = planned(chain(2))
    Verifier(module, True, True, True).verify_graph_input_output()
    with pytest.raises(InternalError, match="input is planned"):
        Verifier(module, False, True, True).verify_graph_input_output()
    with pytest.raises(InternalError, match="output is planned"):
        Verifier(module, True, False, True).verify_graph_input_output()


@pytest.mark.parametrize("alloc_input", [True, False])
@pytest.mark.parametrize("alloc_output", [True, False])
def test_inputs_and_outputs_may_be_left_to_the_caller(
    alloc_input: bool, alloc_output: bool
) -> None:
    planning = MemoryPlanningPass(alloc_graph_input=alloc_input, alloc_graph_output=alloc_output)
    config = ExecutorchBackendConfig(memory_planning_pass=planning)
    plan = plan_of(lower(Function(lambda x: (x + 1).relu() * 2), (torch.randn(4),), config))
    values: list[Any] = [plan.values[i].val for i in (*plan.inputs, *plan.outputs)]
    assert [v.allocation_info is not None for v in values] == [alloc_input, alloc_output]
    assert plan.non_const_buffer_sizes[1] > 0


def test_input_that_is_an_output_is_planned_only_if_both_are() -> None:
    planning = MemoryPlanningPass(alloc_graph_output=False)
    config = ExecutorchBackendConfig(memory_planning_pass=planning)
    plan = plan_of(lower(Function(lambda x: (x, x + 1)), (torch.randn(4),), config))
    value: Any = plan.values[plan.inputs[0]].val
    assert value.allocation_info is None


def test_mutable_buffers_live_as_long_as_the_program() -> None:
    program = lower(Counter(), (torch.randn(2),)).exported_program()
    nodes = list(program.graph.nodes)
    assert get_node_tensor_specs(nodes[0])[0].lifetime == [0, len(nodes) - 1]


def test_views_and_in_place_results_follow_their_base() -> None:
    program = lower_case("cache").exported_program()
    nodes = {node.name: node for node in program.graph.nodes}
    for node in nodes.values():
        if node.target is memory.view:
            base, view = node.args[0].meta["spec"], node.meta["spec"]
            assert view is not base and view.storage_base is base
            assert (view.mem_id, view.mem_offset) == (base.mem_id, base.mem_offset)
        if node.target is torch.ops.aten.copy_.default:
            assert node.meta["spec"] is node.args[0].meta["spec"]


def test_results_of_branches_are_those_of_the_call() -> None:
    module = lower_case("cond").exported_program().graph_module
    (cond,) = module.graph.find_nodes(op="call_function", target=torch.ops.higher_order.cond)
    for argument in cond.args[1:3]:
        branch = getattr(module, argument.target)
        (result,) = branch.graph.output_node().args[0]
        assert result.meta["spec"] is cond.meta["spec"][0]


def test_branches_share_memory() -> None:
    def branch(x: torch.Tensor) -> torch.Tensor:
        return (x.sin() + x.cos()).exp().sin()

    def two(p: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        return torch.cond(p, branch, lambda x: x + 1, (x,))

    def three(p: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        return torch.cond(p, branch, branch, (x,))

    inputs = (torch.tensor(True), torch.randn(1000))
    sizes = [plan_of(lower(Function(f), inputs)).non_const_buffer_sizes for f in (two, three)]
    assert sizes[0] == sizes[1]


def pools(alignment: int, specs: Any, *args: Any) -> list[int]:
    """A custom planner: everything that is not small goes into arena 3."""
    for spec in specs:
        if spec.nbytes() > 64:
            spec.mem_id = 3
    return MemoryPlanningAlgorithmSuite()(alignment, specs, *args)


def test_custom_memory_pools() -> None:
    config = ExecutorchBackendConfig(memory_planning_pass=MemoryPlanningPass(pools))
    manager = lower(Function(lambda x: (x * 2).sum() + 1), (torch.randn(100),), config)
    plan = plan_of(manager)
    assert plan.non_const_buffer_sizes[0] == plan.non_const_buffer_sizes[2] == 0
    assert plan.non_const_buffer_sizes[1] > 0 and plan.non_const_buffer_sizes[3] == 2 * 400


def test_devices_have_arenas_of_their_own() -> None:
    module = chain(3)
    for node in module.graph.nodes:
        if node.name == "alloc_1":
            node.meta["spec"].device = DeviceType.CUDA
    MemoryPlanningPass().run(module)
    assert module.meta["non_const_buffer_sizes"] == [0, 32, 16]
    assert module.meta["non_const_buffer_device"] == [NonConstBufferDevice(2, DeviceType.CUDA, 0)]
    assert specs_by_name(module)["relu_out_1"].mem_id == 2


def test_padding_for_xnnpack() -> None:
    class Delegate(nn.Module):
        backend_id = "XnnpackBackend"

    module = chain(2)
    module.delegate = Delegate()
    with module.graph.inserting_before(next(iter(module.graph.nodes))):
        module.graph.get_attr("delegate")
    assert apply_algo(MemoryPlanningAlgorithmSuite(), module, 16) == [0, 32 + 64]


def test_plan_can_be_made_again() -> None:
    module = chain(5)
    planning = MemoryPlanningPass()
    planning.run(module)
    places = [(s.mem_id, s.mem_offset) for s in specs_by_name(module).values()]
    planning.run(module)
    assert places == [(s.mem_id, s.mem_offset) for s in specs_by_name(module).values()]


class State(nn.Module):
    state: torch.Tensor
    scale: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("state", torch.zeros(5))
        self.register_buffer("scale", torch.full((3,), 2.0))

    def write(self, x: torch.Tensor) -> torch.Tensor:
        self.state.add_(x)
        return self.state.sum()

    def read(self) -> torch.Tensor:
        return self.state.view(5, 1) * self.scale


def test_methods_share_mutable_buffers() -> None:
    model = State()
    programs = {}
    for name, inputs in (("write", (torch.ones(5),)), ("read", ())):
        model.forward = getattr(model, name)
        programs[name] = export(model, inputs, strict=False)
    config = ExecutorchBackendConfig(
        memory_planning_pass=MemoryPlanningPass(share_mutable_buffers=True)
    )
    manager = to_edge(programs).to_executorch(config)
    program = manager.executorch_program
    plans = {plan.name: plan for plan in program.execution_plan}
    assert all(plan.non_const_buffer_sizes[2] == 32 for plan in plans.values())
    shared = bytearray(32)
    methods = {
        name: Interpreter(
            program,
            plan,
            manager._emitter_output.mutable_data,
            [*(bytearray(size) for size in plan.non_const_buffer_sizes[:2]), shared],
        )
        for name, plan in plans.items()
    }
    torch.testing.assert_close(methods["write"].run(torch.arange(5.0))[0], torch.tensor(10.0))
    torch.testing.assert_close(
        methods["read"].run()[0], torch.arange(5.0)[:, None] * torch.full((3,), 2.0)
    )


def test_sharing_needs_the_second_arena() -> None:
    planning = MemoryPlanningPass(pools, share_mutable_buffers=True)
    config = ExecutorchBackendConfig(memory_planning_pass=planning)
    with pytest.raises(ExportError, match="share_mutable_buffers needs arena 2"):
        lower(Function(lambda x: x * 2), (torch.randn(100),), config)


def test_getitem_shares_specs() -> None:
    program = lower_case("several outs").exported_program()
    for node in program.graph.find_nodes(op="call_function", target=operator.getitem):
        source, index = node.args
        assert node.meta["spec"] is source.meta["spec"][index]
