# SPDX-License-Identifier: BSD-3-Clause
from typing import Any

import pytest
import torch
from torch import fx, nn
from torch._export.verifier import SpecViolationError
from torch.export import Dim, ExportedProgram, export
from torch.export.graph_signature import InputKind

from executorch.exir import EdgeCompileConfig, to_edge
from executorch.exir.dialects._ops import ops as exir_ops
from executorch.exir.dialects.edge._ops import EdgeOpOverload
from executorch.exir.pass_base import PassResult
from executorch.exir.tests.graph_execution import Function, assert_same

edge_aten = exir_ops.edge.aten
dim_order_ops = exir_ops.edge.dim_order_ops


def edge_program(
    model: nn.Module,
    inputs: tuple[Any, ...],
    config: EdgeCompileConfig | None = None,
    **kwargs: Any,
) -> ExportedProgram:
    program = to_edge(export(model.eval(), inputs, **kwargs), compile_config=config)
    return program.exported_program()


def calls(program: ExportedProgram) -> list[Any]:
    return [node.target for node in program.graph.nodes if node.op == "call_function"]


def only_call(program: ExportedProgram, target: Any) -> Any:
    (node,) = program.graph.find_nodes(op="call_function", target=target)
    return node


MODELS: dict[str, tuple[nn.Module, tuple[torch.Tensor, ...]]] = {
    "mlp": (nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4)), (torch.randn(3, 8),)),
    "cnn": (
        nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.MaxPool2d(2), nn.Flatten()),
        (torch.randn(1, 3, 8, 8),),
    ),
    "transformer": (
        nn.TransformerEncoderLayer(8, 2, 16, batch_first=True),
        (torch.randn(2, 5, 8),),
    ),
    "views": (
        Function(
            lambda x: (
                x.transpose(0, 1).flatten(),
                x.permute(2, 0, 1)[1:].sin(),
                x.expand(3, 2, 3, 4).sum(0),
                x.mT.contiguous().view(-1),
                x.chunk(2, -1),
                x[:, 1, None] * 2,
            )
        ),
        (torch.randn(2, 3, 4),),
    ),
    "numbers": (
        Function(
            lambda x, i, b: (2 - x, x / 3, 1.5 + i, i / 2, i * 2, b * 3, torch.where(b, x, 0.5))
        ),
        (torch.randn(4), torch.arange(4), torch.arange(4) > 1),
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_edge_program_computes_the_same(name: str) -> None:
    model, inputs = MODELS[name]
    program = edge_program(model, inputs)
    assert_same(program.module()(*inputs), model(*inputs))
    for target in calls(program):
        assert isinstance(target, EdgeOpOverload) or target.__name__ == "getitem"
        if isinstance(target, EdgeOpOverload):
            assert all(r.alias_info is None for r in target._schema.returns), f"{target} is a view"


@pytest.mark.parametrize("name", MODELS)
def test_values_describe_what_operators_compute(name: str) -> None:
    model, inputs = MODELS[name]
    program = edge_program(model, inputs)

    class Check(fx.Interpreter):
        def run_node(self, n: fx.Node) -> Any:
            result = super().run_node(n)
            value = n.meta.get("val")
            if isinstance(value, torch.Tensor) and n.op == "call_function":
                assert (result.shape, result.dtype) == (value.shape, value.dtype)
                assert value.is_contiguous()
            return result

    remaining = iter(inputs)
    arguments = [
        next(remaining)
        if spec.kind == InputKind.USER_INPUT
        else program.state_dict.get(spec.target, program.constants.get(spec.target))
        for spec in program.graph_signature.input_specs
    ]
    Check(program.graph_module).run(*arguments)


def test_numbers_become_constants_of_the_promoted_type() -> None:
    program = edge_program(
        Function(lambda x, i: (x * 2, x + 2, i + 2, i * 0.5, x * 2.0)),
        (torch.randn(3), torch.arange(3)),
    )
    constants = sorted((str(c.dtype), c.item()) for c in program.constants.values())
    # One constant for each value and type; 2 and 2.0 are told apart.
    assert constants == [
        ("torch.float32", 0.5),
        ("torch.float32", 2.0),
        ("torch.float32", 2.0),
        ("torch.int64", 2),
    ]
    assert set(calls(program)) == {edge_aten.mul.Tensor, edge_aten.add.Tensor}


def test_numbers_known_at_run_time_stay_scalars() -> None:
    program = edge_program(
        Function(lambda x: x * x.shape[0]),
        (torch.randn(3, 2),),
        dynamic_shapes=(({0: Dim("n", max=5)},),),
    )
    assert calls(program) == [torch.ops.aten.sym_size.int, edge_aten.mul.Scalar]


def test_operators_without_effect_go_away() -> None:
    def function(x: torch.Tensor) -> torch.Tensor:
        y = nn.functional.dropout(x.sin(), training=False).to(torch.float32)
        return y.detach().view(y.shape).expand(y.shape).permute(0, 1).contiguous().cos()

    program = edge_program(Function(function), (torch.randn(2, 3),))
    assert calls(program) == [edge_aten.sin.default, edge_aten.cos.default]


def test_copies_of_inputs_stay() -> None:
    class Module(nn.Module):
        state: torch.Tensor

        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("state", torch.zeros(2, 2))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            old = self.state.clone()
            self.state.add_(x)
            return old

    program = edge_program(Module(), (torch.ones(2, 2),))
    assert dim_order_ops._clone_dim_order.default in calls(program)


@pytest.mark.parametrize("skip", [False, True])
def test_memory_formats_become_dim_orders(skip: bool) -> None:
    program = edge_program(
        Function(
            lambda x: (
                x.to(memory_format=torch.channels_last),
                x.to(torch.float64),
                torch.empty(2, 3).fill_(1),
            )
        ),
        (torch.randn(1, 3, 4, 5),),
        EdgeCompileConfig(_skip_dim_order=skip),
    )
    copies = program.graph.find_nodes(
        op="call_function",
        target=edge_aten._to_copy.default if skip else dim_order_ops._to_dim_order_copy.default,
    )
    assert len(copies) == 2
    if skip:
        assert copies[0].kwargs["memory_format"] == torch.channels_last
    else:
        assert [n.kwargs["dim_order"] for n in copies] == [[0, 2, 3, 1], [0, 1, 2, 3]]
        assert all("memory_format" not in n.kwargs for n in copies)


def test_layouts_are_followed_through_the_graph() -> None:
    # In PyTorch the result of cos is transposed; here the copy made by permute is contiguous.
    program = edge_program(Function(lambda x: x.t().cos()), (torch.randn(2, 3),))
    assert only_call(program, edge_aten.cos.default).meta["val"].is_contiguous()


def test_transposed_parameters_are_stored_contiguous() -> None:
    class Module(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.randn(3, 4).t())

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x @ self.weight

    model, x = Module(), torch.randn(2, 4)
    program = edge_program(model, (x,))
    assert program.state_dict["weight"].is_contiguous()
    assert not model.weight.is_contiguous()
    assert_same(program.module()(x), model(x))


def test_branches_are_converted_too() -> None:
    def function(x: torch.Tensor) -> torch.Tensor:
        return torch.cond(x.sum() > 0, lambda a: a.t() * 2, lambda a: (a + 1).t(), (x,))

    x = torch.randn(2, 3)
    program = edge_program(Function(function), (x,))
    branches = [m for n, m in program.graph_module.named_children()]
    targets = [[n.target for n in b.graph.nodes if n.op == "call_function"] for b in branches]
    assert targets == [
        [edge_aten.permute_copy.default, edge_aten.mul.Scalar],
        [edge_aten.add.Scalar, edge_aten.permute_copy.default],
    ]
    for sign in (x.abs(), -x.abs()):
        assert_same(program.module()(sign), function(sign))


def test_debug_handles_group_nodes_by_origin() -> None:
    program = edge_program(nn.Sequential(nn.Linear(4, 2), nn.ReLU()), (torch.randn(3, 4),))
    nodes = [n for n in program.graph.nodes if n.op == "call_function"]
    permute, addmm, relu = (n.meta["debug_handle"] for n in nodes)
    assert permute == addmm != relu


def test_captured_program_is_not_changed() -> None:
    program = export(nn.Sequential(nn.Linear(4, 2), nn.SiLU()), (torch.randn(3, 4),))
    before = str(program.graph), str(program.graph_signature), dict(program.constants)
    to_edge(program)
    assert (str(program.graph), str(program.graph_signature), dict(program.constants)) == before


def test_several_methods() -> None:
    x = torch.randn(2)
    manager = to_edge(
        {"a": export(Function(torch.sin), (x,)), "b": export(Function(torch.cos), (x,))},
        constant_methods={"version": 3},
    )
    assert manager.methods == {"a", "b"}
    assert manager.config_methods == {"version"}
    assert calls(manager.exported_program("b")) == [edge_aten.cos.default]
    with pytest.raises(KeyError):
        manager.exported_program("c")


def test_transform_returns_a_new_manager() -> None:
    manager = to_edge(export(Function(lambda x: x.sin().sin()), (torch.randn(2),)))

    def to_cos(module: fx.GraphModule) -> PassResult:
        for node in module.graph.find_nodes(op="call_function", target=edge_aten.sin.default):
            node.target = edge_aten.cos.default
        return PassResult(module, True)

    changed = manager.transform([to_cos])
    assert calls(changed.exported_program()) == [edge_aten.cos.default] * 2
    assert calls(manager.exported_program()) == [edge_aten.sin.default] * 2
    assert calls(manager.transform({"other": [to_cos]}).exported_program()) == calls(
        manager.exported_program()
    )


def test_rule_breaking_passes_are_refused_with_node_and_line() -> None:
    class Sine(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.sin()

    manager = to_edge(export(Sine(), (torch.randn(2),)))

    def to_plain_operator(module: fx.GraphModule) -> None:
        for node in module.graph.find_nodes(op="call_function", target=edge_aten.sin.default):
            node.target = torch.ops.aten.cos.default

    with pytest.raises(SpecViolationError, match=r"aten.cos.default.*not an edge operator"):
        manager.transform([to_plain_operator])
    unchecked = EdgeCompileConfig(_check_ir_validity=False)
    result = manager.transform([to_plain_operator], unchecked).exported_program()
    assert calls(result) == [torch.ops.aten.cos.default]

    def to_transposed(module: fx.GraphModule) -> None:
        node = module.graph.find_nodes(op="call_function", target=edge_aten.sin.default)[0]
        node.meta["val"] = torch.empty(3, 2, device="meta").t()

    with pytest.raises(
        SpecViolationError,
        match=r"strides \(1, 2\).*node 'aten_sin_default'.*test_to_edge.py.*x.sin\(\)",
    ):
        manager.transform([to_transposed])
