# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import torch
from torch import nn
from torch._higher_order_ops.map import map as torch_map
from torch._higher_order_ops.scan import scan
from torch._higher_order_ops.while_loop import while_loop
from torch.export import Dim, ExportedProgram, export
from torch.utils import _pytree as pytree

from executorch.exir import ExecutorchBackendConfig, to_edge
from executorch.exir._serialize._program import deserialize_pte_binary
from executorch.exir.emit import emit_program
from executorch.exir.error import ExportError
from executorch.exir.passes import MemoryPlanningPass
from executorch.exir.program import EdgeProgramManager, ExecutorchProgramManager
from executorch.exir.schema import (
    Bool,
    Buffer,
    Double,
    ExecutionPlan,
    Int,
    IntList,
    KernelCall,
    Null,
    String,
    Tensor,
    TensorDataLocation,
    TensorList,
    TensorShapeDynamism,
)
from executorch.exir.tests.plan_interpreter import Interpreter


class Function(nn.Module):
    """A function as a model."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *args: Any) -> Any:
        return self.function(*args)


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.linear = nn.Linear(8, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.norm(self.conv(x)))
        return self.linear(x.mean((2, 3))).softmax(-1)


class Counter(nn.Module):
    count: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("count", torch.full((2,), 3.0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.count.add_(1)
        return x + self.count


class Cache(nn.Module):
    cache: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("cache", torch.ones(1, 6, 4))

    def forward(self, x: torch.Tensor, position: torch.Tensor) -> tuple[torch.Tensor, ...]:
        self.cache.index_copy_(1, position, x)
        return self.cache.sum(1), self.cache.view(-1)


def dynamic(name: str, **bounds: int) -> dict[str, Any]:
    return {"dynamic_shapes": (({0: Dim(name, **bounds)},),)}


def true_tensor(value: bool = True) -> torch.Tensor:
    return torch.tensor(value)


def _nested(p: torch.Tensor, q: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    def outer(q: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        inner = torch.cond(q, lambda x: (x + 1) * x, lambda x: x - 5, (x,))
        return inner * 2

    return torch.cond(p, outer, lambda q, x: x - 1, (q, x))


def _two_conds(p: torch.Tensor, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    first = torch.cond(p, lambda x: x + 1, lambda x: x - 1, (x,))
    second = torch.cond(p, lambda x: x * 3 + x.sin(), lambda x: x.cos() - 2, (x,))
    return first, second


def _scan(i: torch.Tensor, j: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> Any:
    def combine(carry: Any, item: Any) -> Any:
        first = carry[0] + item[0] * carry[1]
        second = carry[1] * 0.5 + item[1]
        return (first, second), (first * second, item[0] + 1)

    return scan(combine, (i, j), (x, y))


def _while(i: torch.Tensor, x: torch.Tensor) -> Any:
    return while_loop(lambda i, x: i < 5, lambda i, x: (i + 1, x * 2 + i), (i, x))


R = torch.randn
CASES: dict[str, tuple[nn.Module, list[tuple[Any, ...]], dict[str, Any]]] = {
    "convolution": (Block(), [(R(1, 3, 8, 8),)], {}),
    "transformer": (
        nn.TransformerEncoderLayer(16, 2, 32, batch_first=True),
        [(R(1, 5, 16),)],
        {},
    ),
    "counter": (Counter(), [(R(2),)] * 3, {}),
    "cache": (Cache(), [(R(1, 1, 4), torch.tensor([2])), (R(1, 1, 4), torch.tensor([4]))], {}),
    "cond": (
        Function(lambda p, x: torch.cond(p, lambda x: (x + 1) * 2, lambda x: x - 1, (x,)) + 1),
        [(true_tensor(), R(3)), (true_tensor(False), R(3))],
        {},
    ),
    "two conds": (Function(_two_conds), [(true_tensor(), R(3)), (true_tensor(False), R(3))], {}),
    "nested conds": (
        Function(_nested),
        [(true_tensor(p), true_tensor(q), R(3)) for p in (True, False) for q in (True, False)],
        {},
    ),
    "cond with dynamic shape": (
        Function(lambda x: torch.cond(x.sum() > 0, lambda x: x * 2, lambda x: x - 1, (x,))),
        [(torch.ones(4, 3),), (-torch.ones(2, 3),), (torch.ones(5, 3),)],
        dynamic("n", max=7),
    ),
    "cond on a view": (
        Function(lambda p, x: torch.cond(p, lambda y: y + 1, lambda y: y * 2, ((x + 1).view(6),))),
        [(true_tensor(), R(2, 3)), (true_tensor(False), R(2, 3))],
        {},
    ),
    "map": (
        Function(lambda x, y: torch_map(lambda a, y: (a * 2 + y).sin(), x, y)),
        [(R(5, 3), R(3))] * 2,
        {},
    ),
    "scan": (Function(_scan), [(R(3), R(3), R(4, 3), R(4, 3))] * 2, {}),
    "while": (Function(_while), [(torch.tensor(i), R(2)) for i in (0, 3, 9)], {}),
    "dynamic views": (
        Function(lambda x: (x.view(x.shape[0] * 2, -1), x.flatten() * x.shape[0])),
        [(R(3, 6),), (R(5, 6),), (R(10, 6),)],
        dynamic("n", max=10),
    ),
    "several outs": (
        Function(lambda x: (*torch.topk(x, 3), *torch.split(x, [2, 5, 3], 1), *x.unbind(0))),
        [(R(4, 10),)],
        {},
    ),
    "indices": (
        Function(lambda x, i, j: (x[i], x[i, j], x[:, j])),
        [(R(5, 6), torch.tensor([1, 2, 4]), torch.tensor([0, 5, 2]))],
        {},
    ),
    "outputs that are not tensors": (Function(lambda x: (x + 1, None, 7, True)), [(R(3),)], {}),
    "inputs as outputs": (Function(lambda x, y: (x, x + y, y)), [(R(3), R(3))], {}),
    "empty tensor": (Function(lambda x: torch.cat([x, x + 1])), [(R(0, 3),)], {}),
    "bfloat16": (Function(lambda x: (x * 2).relu()), [(R(3).bfloat16(),)], {}),
}


def lower(
    model: nn.Module,
    inputs: tuple[Any, ...],
    config: ExecutorchBackendConfig | None = None,
    **kwargs: Any,
) -> ExecutorchProgramManager:
    return to_edge(export(model.eval(), inputs, strict=False, **kwargs)).to_executorch(config)


@cache
def edge_case(name: str) -> EdgeProgramManager:
    """The edge program of a case, which lowering does not change."""
    model, calls, kwargs = CASES[name]
    return to_edge(export(model.eval(), calls[0], strict=False, **kwargs))


def lower_case(
    name: str, config: ExecutorchBackendConfig | None = None
) -> ExecutorchProgramManager:
    return edge_case(name).to_executorch(config)


def plan_of(manager: ExecutorchProgramManager) -> ExecutionPlan:
    return manager.executorch_program.execution_plan[0]


def kernel_calls(plan: ExecutionPlan) -> list[tuple[str, list[Any]]]:
    """Registry name and argument values of each kernel call."""
    calls = []
    for instruction in plan.chains[0].instructions:
        call = instruction.instr_args
        if isinstance(call, KernelCall):
            op = plan.operators[call.op_index]
            name = f"{op.name}.{op.overload}" if op.overload else op.name
            calls.append((name, [plan.values[i].val for i in call.args]))
    return calls


@pytest.mark.parametrize("name", CASES)
def test_programs_compute_what_the_model_computes(name: str) -> None:
    model, calls, _ = CASES[name]
    manager = lower_case(name)
    file = deserialize_pte_binary(manager.buffer)
    interpreter = Interpreter(file.program, file.program.execution_plan[0], file.mutable_data)
    for inputs in calls:
        expected = pytree.tree_leaves(model(*inputs), is_leaf=lambda leaf: leaf is None)
        results = interpreter.run(*inputs)
        assert len(results) == len(expected)
        for got, want in zip(results, expected):
            if isinstance(want, torch.Tensor):
                torch.testing.assert_close(got, want.detach(), rtol=1e-4, atol=1e-5)
            else:
                assert got == want and type(got) is type(want)


def _random_function(seed: int) -> Callable[[torch.Tensor], list[torch.Tensor]]:
    """Forty operators on random earlier results, of which some are returned."""

    def function(x: torch.Tensor) -> list[torch.Tensor]:
        choose = random.Random(seed)
        values = [x]
        for _ in range(40):
            a, b = choose.choice(values), choose.choice(values)
            operation = choose.randrange(5)
            if operation == 0:
                values.append(torch.sin(a).reshape(-1) + b.reshape(-1)[0])
            elif operation == 1:
                values.append(a.reshape(2, -1).transpose(0, 1) * 0.5)
            elif operation == 2:
                values.append(torch.cat([a.reshape(-1)[:3], b.reshape(-1)[-3:]]))
            elif operation == 3:
                values.append(a.unsqueeze(0) - b.mean())
            else:
                values.append(torch.topk(a.reshape(-1), 4).values.exp().clamp(max=3))
            if values[-1].dim() > 4:
                values[-1] = values[-1].reshape(-1)
        return [*choose.sample(values, 4), values[-1]]

    return function


@pytest.mark.parametrize("seed", range(4))
def test_random_graphs(seed: int) -> None:
    function = _random_function(seed)
    x = R(4, 4)
    program = lower(Function(function), (x,)).executorch_program
    for got, want in zip(Interpreter(program, program.execution_plan[0]).run(x), function(x)):
        torch.testing.assert_close(got, want)


@pytest.mark.parametrize("name", ["transformer", "scan", "cache"])
def test_equal_models_give_equal_files(name: str) -> None:
    model, calls, kwargs = CASES[name]
    assert lower_case(name).buffer == lower(model, calls[0], **kwargs).buffer


def test_arguments_are_complete_and_followed_by_the_result() -> None:
    plan = plan_of(lower(Function(lambda x, y: torch.add(x, y, alpha=2)), (R(2), R(2))))
    ((name, args),) = kernel_calls(plan)
    assert name == "aten::add.out" and args[2] == Int(2) and args[3] is args[4]
    plan = plan_of(lower(Function(lambda x: torch.topk(x, 2)), (R(4),)))
    ((name, args),) = kernel_calls(plan)
    assert name == "aten::topk.values"
    assert args[1:5] == [Int(2), Int(-1), Bool(True), Bool(True)]
    assert isinstance(args[7], TensorList)
    assert [plan.values[i].val for i in args[7].items] == args[5:7]


def test_list_of_tensors_comes_after_its_elements() -> None:
    plan = plan_of(lower(Function(lambda x, y: torch.cat([x + 1, y * 2])), (R(2), R(3))))
    for index, value in enumerate(plan.values):
        if isinstance(value.val, TensorList):
            assert all(item < index for item in value.val.items)


def test_equal_constants_are_one_value() -> None:
    plan = plan_of(lower(Function(lambda x: (x + x) + (x + x * x)), (R(2),)))
    assert [value.val for value in plan.values].count(Int(1)) == 1
    plan = plan_of(lower(Function(lambda x: (x.sum(1), x.sum(1) + x.mean(1))), (R(2, 2),)))
    assert sum(isinstance(value.val, IntList) for value in plan.values) == 1


def test_values_that_look_alike_are_kept_apart() -> None:
    plan = plan_of(lower(Function(lambda x: (x + 1, 1, 1.0, True)), (R(2),)))
    assert [plan.values[i].val for i in plan.outputs[1:]] == [Int(1), Double(1.0), Bool(True)]


def test_equal_weights_are_stored_once() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Linear(4, 4, bias=False)
            self.second = nn.Linear(4, 4, bias=False)
            self.second.weight.data = self.first.weight.data.clone()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.second(self.first(x))

    manager = lower(Tied(), (R(1, 4),))
    sizes = [len(buffer.storage) for buffer in manager.executorch_program.constant_buffer]
    assert sizes == [0, 64]


def test_weights_are_not_copied() -> None:
    weight = nn.Parameter(torch.zeros(4))

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = weight

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * self.weight

    program = lower(Model(), (R(4),)).executorch_program
    weight.data.fill_(1.0)
    assert bytes(program.constant_buffer[1].storage) == bytes(weight.data.numpy())


def test_methods_are_sorted_and_getters_follow() -> None:
    model = Function(lambda x: x + 1)
    programs = {name: export(model, (R(2),)) for name in ("second", "first")}
    getters = {
        "get_vocab": 42,
        "a_list": [1, 1, 2.5],
        "a_tensor": torch.ones(2),
        "nothing": None,
        "text": "hello",
    }
    manager = to_edge(programs, constant_methods=getters).to_executorch()
    plans = manager.executorch_program.execution_plan
    assert [plan.name for plan in plans] == ["first", "second", *getters]
    by_name = {plan.name: [plan.values[i].val for i in plan.outputs] for plan in plans}
    assert by_name["get_vocab"] == [Int(42)]
    assert by_name["a_list"] == [Int(1), Int(1), Double(2.5)]
    assert by_name["nothing"] == [Null()] and by_name["text"] == [String("hello")]
    (tensor,) = by_name["a_tensor"]
    assert isinstance(tensor, Tensor) and tensor.allocation_info is None
    constant = manager.executorch_program.constant_buffer[tensor.data_buffer_idx]
    assert bytes(constant.storage) == bytes(torch.ones(2).numpy())
    assert all(plan.non_const_buffer_sizes == [0] for plan in plans[2:])
    assert all(plan.container_meta_type.encoded_inp_str == "" for plan in plans[2:])


def test_tree_specs() -> None:
    plan = plan_of(lower(Function(lambda x: {"a": x + 1}), (R(2),)))
    out = plan.container_meta_type.encoded_out_str
    assert pytree.tree_unflatten([5], pytree.treespec_loads(out)) == {"a": 5}


def test_initial_value_of_mutable_buffer_is_stored() -> None:
    manager = lower(Counter(), (R(2),))
    output = manager._emitter_output
    assert output.mutable_data == [Buffer(b""), Buffer(bytes(torch.full((2,), 3.0).numpy()))]
    value = plan_of(manager).values[0].val
    assert isinstance(value, Tensor) and value.data_buffer_idx == 1
    assert value.allocation_info is not None and value.extra_tensor_info is None


def test_names_of_mutable_buffers() -> None:
    config = ExecutorchBackendConfig(emit_mutable_buffer_names=True)
    value = plan_of(lower(Counter(), (R(2),), config)).values[0].val
    assert isinstance(value, Tensor) and value.extra_tensor_info is not None
    assert value.extra_tensor_info.fully_qualified_name == "count"


def test_mutable_buffers_without_memory_have_names() -> None:
    config = ExecutorchBackendConfig(
        memory_planning_pass=MemoryPlanningPass(alloc_mutable_buffers=False)
    )
    value = plan_of(lower(Counter(), (R(2),), config)).values[0].val
    assert isinstance(value, Tensor) and value.allocation_info is None
    assert value.data_buffer_idx == 0 and value.extra_tensor_info is not None
    assert value.extra_tensor_info.fully_qualified_name == "count"


def test_external_constants() -> None:
    program = lower(nn.Sequential(nn.Linear(2, 3)), (R(1, 2),)).exported_program()
    for node in program.graph.find_nodes(op="placeholder"):
        if node.name.endswith("bias"):
            node.meta["constant_tag"] = "file"
    output = emit_program(program)
    assert output.external_constant_map == {"file": {"0.bias": 0}}
    assert len(output.external_constant_buffer) == 1
    external = [
        value.val
        for value in output.program.execution_plan[0].values
        if isinstance(value.val, Tensor) and value.val.extra_tensor_info is not None
    ]
    assert len(external) == 1 and external[0].extra_tensor_info is not None
    assert external[0].extra_tensor_info.location == TensorDataLocation.EXTERNAL
    assert external[0].extra_tensor_info.fully_qualified_name == "0.bias"


def test_stack_traces() -> None:
    config = ExecutorchBackendConfig(emit_stacktrace=True)
    plan = plan_of(lower(Block(), (R(1, 3, 4, 4),), config))
    stacktrace = plan.chains[0].stacktrace
    assert stacktrace is not None and len(stacktrace) == len(plan.chains[0].instructions)
    frames = [frame for frames in stacktrace for frame in frames.items]
    assert any("softmax" in frame.context and frame.filename == __file__ for frame in frames)


def test_debug_handles() -> None:
    manager = lower(Function(lambda x: (x + 1).relu() * 2), (R(2),))
    nodes = manager.exported_program().graph.nodes
    handles = [node.meta.get("debug_handle") for node in nodes if "out" in node.kwargs]
    assert list(manager.debug_handle_map["forward"].values()) == [
        h for h in handles if h is not None
    ]


def test_static_views_cost_nothing() -> None:
    plan = plan_of(lower(Function(lambda x: (x + 1).view(6).exp()), (R(2, 3),)))
    assert [name for name, _ in kernel_calls(plan)] == ["aten::add.out", "aten::exp.out"]
    base, view = kernel_calls(plan)[0][1][-1], kernel_calls(plan)[1][1][0]
    assert view.sizes == [6] and view.allocation_info == base.allocation_info


def test_views_of_inputs_without_memory_are_made_at_run_time() -> None:
    config = ExecutorchBackendConfig(
        memory_planning_pass=MemoryPlanningPass(alloc_graph_input=False)
    )
    plan = plan_of(lower(Function(lambda x: x.view(6).exp()), (R(2, 3),), config))
    assert [name for name, _ in kernel_calls(plan)] == [
        "executorch_prim::et_view.default",
        "aten::exp.out",
    ]


def test_stacked_results_may_grow() -> None:
    plan = plan_of(lower_case("map"))
    value = plan.values[plan.outputs[0]].val
    assert isinstance(value, Tensor)
    assert value.shape_dynamism == TensorShapeDynamism.DYNAMIC_BOUND


class _Lowered(nn.Module):
    """What a backend leaves of a subgraph."""

    backend_id = "Doubling"
    processed_bytes = b"factor 2"
    compile_specs: list[Any] = []
    named_data_store_output = None
    meta = {"debug_handle_map": {0: (7,)}}

    def __init__(self, original: ExportedProgram) -> None:
        super().__init__()
        self.original_module = original

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * 2


def _with_delegates(count: int) -> ExportedProgram:
    """`x * 2 ** count` with each doubling done by a delegate, planned."""
    from torch._higher_order_ops.executorch_call_delegate import executorch_call_delegate

    from executorch.exir.passes import SpecPropPass

    program = export(Function(lambda x: x + 0), (R(3),))
    graph, module = program.graph, program.graph_module
    value = next(iter(graph.find_nodes(op="placeholder")))
    (add,) = graph.find_nodes(op="call_function", target=torch.ops.aten.add.Tensor)
    with graph.inserting_before(add):
        for index in range(count):
            name = f"lowered_module_{index}"
            setattr(module, name, _Lowered(program))
            attribute = graph.create_node("get_attr", name)
            call = graph.call_function(executorch_call_delegate, (attribute, value))
            call.meta["val"] = add.meta["val"]
            value = call
    add.replace_all_uses_with(value)
    graph.erase_node(add)
    SpecPropPass()(module)
    MemoryPlanningPass().run(module, program.graph_signature)
    return program


def test_delegates() -> None:
    output = emit_program(_with_delegates(3))
    (plan,) = output.program.execution_plan
    assert [payload.data for payload in output.program.backend_delegate_data] == [b"factor 2"]
    assert [d.id for d in plan.delegates] == ["Doubling"] * 3
    assert output.instruction_id_to_num_outs_map == {"forward": {0: 1, 1: 1, 2: 1}}
    assert output.method_to_delegate_debug_id_map["forward"][1] == {
        "name": "Doubling",
        "delegate_map": {0: (7,)},
    }

    def double(payload: bytes, interpreter: Interpreter, args: list[int]) -> None:
        interpreter.set(args[1], interpreter.get(args[0]) * int(payload.split()[1]))

    interpreter = Interpreter(output.program, plan, backends={"Doubling": double})
    x = R(3)
    torch.testing.assert_close(interpreter.run(x)[0], x * 8)


def test_error_names_the_node() -> None:
    program = lower(Function(lambda x: x + 1), (R(2),)).exported_program()
    graph = program.graph
    (add,) = graph.find_nodes(op="call_function", target=torch.ops.aten.add.out)
    add.target = len
    with pytest.raises(
        ExportError, match=r"method forward: .*built-in function len.* can't be called"
    ):
        emit_program(program)
