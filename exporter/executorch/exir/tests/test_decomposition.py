# SPDX-License-Identifier: BSD-3-Clause
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.export import Dim, ExportedProgram, export
from torch.nn import functional as F

from executorch.exir import decomposition
from executorch.exir.decomposition import decompose
from executorch.exir.tests.graph_execution import Function, assert_same

aten = torch.ops.aten

MODELS: dict[str, tuple[nn.Module, tuple[torch.Tensor, ...]]] = {
    "linear": (nn.Sequential(nn.Linear(8, 4), nn.GELU()), (torch.randn(3, 8),)),
    "convolutions": (
        nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU6(), nn.AdaptiveAvgPool2d(1)),
        (torch.randn(2, 3, 8, 8),),
    ),
    "lstm": (nn.LSTM(4, 6, 2, batch_first=True), (torch.randn(2, 3, 4),)),
    "gru": (nn.GRU(4, 6, batch_first=True), (torch.randn(2, 3, 4),)),
    "transformer": (
        nn.TransformerEncoderLayer(8, 2, 16, batch_first=True),
        (torch.randn(2, 5, 8),),
    ),
    "causal_attention": (
        Function(lambda q: F.scaled_dot_product_attention(q, q, q, is_causal=True)),
        (torch.randn(1, 2, 5, 8),),
    ),
    "resize": (
        Function(lambda x: (F.interpolate(x, scale_factor=2), F.pad(x, (1, 2), value=1.0))),
        (torch.randn(1, 3, 4, 4),),
    ),
    "loss": (Function(F.mse_loss), (torch.randn(3, 4), torch.randn(3, 4))),
    "same_tensor_twice": (Function(lambda x: x.detach() - x.contiguous()), (torch.randn(3),)),
}


def operators(program: ExportedProgram) -> Counter[Any]:
    # Whether an alias of a result is noted in the graph or not makes no difference.
    without_effect = (aten.alias.default, aten.detach.default)
    program.graph.eliminate_dead_code()
    nodes = [n for n in program.graph.nodes if n.op == "call_function"]
    return Counter(node.target for node in nodes if node.target not in without_effect)


@pytest.fixture
def forbid_tracing(monkeypatch: pytest.MonkeyPatch) -> None:
    def run_decompositions(*args: Any) -> None:
        raise AssertionError("the program was traced again")

    monkeypatch.setattr(ExportedProgram, "run_decompositions", run_decompositions)


@pytest.mark.parametrize("name", MODELS)
def test_gives_the_operators_that_tracing_gives(name: str) -> None:
    model, inputs = MODELS[name]
    program = export(model.eval(), inputs)
    assert operators(decompose(program)) == operators(program.run_decompositions())


@pytest.mark.usefixtures("forbid_tracing")
@pytest.mark.parametrize("name", MODELS)
def test_result_computes_the_same_without_tracing(name: str) -> None:
    model, inputs = MODELS[name]
    program = export(model.eval(), inputs)
    assert_same(decompose(program).module()(*inputs), model(*inputs))


def _changes_its_input(x: torch.Tensor) -> torch.Tensor:
    y = x + 1
    y.mul_(2)
    return y


def _branches(x: torch.Tensor) -> torch.Tensor:
    return torch.cond(x.sum() > 0, lambda a: a + 1, lambda a: F.silu(a), (x,))


@pytest.mark.parametrize("function", [_changes_its_input, _branches])
def test_other_programs_are_traced(function: Callable[..., torch.Tensor]) -> None:
    inputs = (torch.randn(2, 3),)
    program = export(Function(function), inputs)
    result = decompose(program)
    assert operators(result) == operators(program.run_decompositions())
    assert_same(result.module()(*inputs), function(*inputs))


class Sizes(nn.Module):
    """Needs sizes, and expressions of sizes, in operators that are decomposed."""

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        n = x.shape[0]
        return (
            x.chunk(2, 1)[0].flatten(),
            F.pad(x, (0, 0, 1, n)),
            torch.ones(2 * n, 3),
            x.repeat(2, 1).softmax(0),
            F.layer_norm(x, (8,)),
            x.unsqueeze(1).expand(n, 3, 8).reshape(3 * n, 8),
        )


DYNAMIC_MODELS = {
    "sizes": Sizes(),
    "linear": nn.Sequential(nn.Linear(8, 4), nn.LayerNorm(4)),
    "transformer": nn.TransformerEncoderLayer(8, 2, 16),
}


@pytest.mark.usefixtures("forbid_tracing")
@pytest.mark.parametrize("name", DYNAMIC_MODELS)
def test_dynamic_shapes(name: str) -> None:
    model = DYNAMIC_MODELS[name].eval()
    shapes = ({0: Dim("batch", min=2, max=9)},)
    program = decompose(export(model, (torch.randn(3, 8),), dynamic_shapes=shapes))
    for batch in (2, 9):
        x = torch.randn(batch, 8)
        assert_same(program.module()(x), model(x))


@pytest.mark.parametrize("name", DYNAMIC_MODELS)
def test_dynamic_shapes_give_the_operators_that_tracing_gives(name: str) -> None:
    model = DYNAMIC_MODELS[name].eval()
    shapes = ({0: Dim("batch", min=2, max=9)},)
    program = export(model, (torch.randn(3, 8),), dynamic_shapes=shapes)
    assert operators(decompose(program)) == operators(program.run_decompositions())


def test_preserved_operators_stay() -> None:
    program = export(nn.Sequential(nn.Linear(8, 4), nn.SiLU()), (torch.randn(3, 8),))
    kept = operators(decompose(program, [aten.linear.default]))
    assert kept == {aten.linear.default: 1, aten.sigmoid.default: 1, aten.mul.Tensor: 1}


def test_operators_beyond_the_default_table() -> None:
    program = export(Function(lambda x: F.normalize(x, dim=1)), (torch.randn(3, 8),))
    assert aten.linalg_vector_norm.default not in operators(decompose(program))


def test_synonyms_become_operators_with_kernels() -> None:
    program = decompose(export(Function(lambda x: x << 2 >> x), (torch.arange(3),)))
    assert operators(program) == {
        aten.bitwise_left_shift.Tensor_Scalar: 1,
        aten.bitwise_right_shift.Tensor: 1,
    }


def test_leaves_its_argument_alone() -> None:
    program = export(nn.Linear(8, 4), (torch.randn(3, 8),))
    before, constants = str(program.graph), dict(program.constants)
    result = decompose(program)
    result.constants["added"] = torch.ones(1)
    result.state_dict.clear()
    assert str(program.graph) == before
    assert program.constants == constants
    assert set(program.state_dict) == {"weight", "bias"}


def test_nodes_know_the_line_they_come_from() -> None:
    program = decompose(export(nn.Linear(8, 4), (torch.randn(3, 8),)))
    for node in program.graph.find_nodes(op="call_function", target=aten.addmm.default):
        assert "linear" in node.meta["stack_trace"]
        assert node.meta["from_node"][0].name == "linear"


def test_onednn_setting_is_restored() -> None:
    enabled = torch._C._get_mkldnn_enabled()
    with decomposition._without_onednn():
        assert not torch._C._get_mkldnn_enabled()
    assert torch._C._get_mkldnn_enabled() == enabled
