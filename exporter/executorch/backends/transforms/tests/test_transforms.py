# SPDX-License-Identifier: BSD-3-Clause
"""The passes that backends share compute the same as before, and leave what they promise."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import fx, nn
from torch.export import ExportedProgram, export
from torch.export.graph_signature import InputKind

from executorch.backends.transforms.addmm_mm_to_linear import AddmmToLinearTransform
from executorch.backends.transforms.duplicate_dynamic_quant_chain import (
    DuplicateDynamicQuantChainPass,
)
from executorch.backends.transforms.fuse_view_copy import FuseViewCopyTransform
from executorch.backends.transforms.mean_to_sum_div import MeanToSumDiv
from executorch.backends.transforms.rank_0_to_rank_1 import Rank0ToRank1Pass
from executorch.backends.transforms.remove_getitem_op import RemoveGetItemPass
from executorch.backends.transforms.utils import (
    create_constant_placeholder,
    create_mutable_buffer,
    delete_constant_placeholder,
    get_param_tensor,
    is_param_node,
    set_param_tensor,
)
from executorch.exir import EdgeCompileConfig, to_edge
from executorch.exir.dialects._ops import ops


class Function(nn.Module):
    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *inputs: torch.Tensor) -> Any:
        return self.function(*inputs)


def edge_program(module: nn.Module, *inputs: torch.Tensor) -> ExportedProgram:
    config = EdgeCompileConfig(_check_ir_validity=False)
    return to_edge(export(module, inputs), compile_config=config).exported_program()


def targets(module: fx.GraphModule) -> list[Any]:
    return [node.target for node in module.graph.nodes if node.op == "call_function"]


def run_pass(transform: Any, function: Callable[..., Any], *inputs: torch.Tensor) -> list[Any]:
    """Targets after the pass, which must not change results."""
    program = edge_program(Function(function), *inputs)
    module = transform(program.graph_module).graph_module
    torch.testing.assert_close(module(*inputs)[0], function(*inputs))
    return targets(module)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x: torch.max(x, 1)[0], ops.edge.aten.amax.default),
        (lambda x: torch.min(x, 1, keepdim=True)[0], ops.edge.aten.amin.default),
        (lambda x: nn.functional.max_pool2d(x, 2, 1), ops.edge.aten.max_pool2d.default),
    ],
)
def test_one_of_several_results(function: Callable[..., Any], expected: Any) -> None:
    found = run_pass(RemoveGetItemPass(), function, torch.randn(1, 3, 6, 6))
    assert expected in found
    assert operator.getitem not in found


def test_results_that_are_both_used_stay() -> None:
    def both(x: torch.Tensor) -> torch.Tensor:
        values, indices = torch.max(x, 1)
        return values + indices

    assert ops.edge.aten.max.dim in run_pass(RemoveGetItemPass(), both, torch.randn(4, 5))


def test_views_of_views() -> None:
    found = run_pass(
        FuseViewCopyTransform(),
        lambda x: x.view(6, 4).view(2, 12).view(24).relu(),
        torch.randn(2, 12),
    )
    assert found.count(ops.edge.aten.view_copy.default) == 1


def test_mean() -> None:
    found = run_pass(MeanToSumDiv(), lambda x: x.mean((1, 2)), torch.randn(2, 3, 4))
    assert ops.edge.aten.mean.dim not in found
    assert ops.edge.aten.sum.dim_IntList in found


def test_linear() -> None:
    model = nn.Linear(3, 4)
    program = edge_program(model, torch.randn(2, 3))
    module = AddmmToLinearTransform()(program.graph_module).graph_module
    assert ops.edge.aten.linear.default in targets(module)


def test_numbers_get_a_dimension() -> None:
    program = edge_program(Function(lambda x, y: x + y), torch.tensor(2.0), torch.randn(3))
    module = Rank0ToRank1Pass()(program.graph_module).graph_module
    shapes = [n.meta["val"].shape for n in module.graph.find_nodes(op="placeholder")]
    assert shapes == [(1,), (3,)]


def test_dynamic_quantization_for_each_user() -> None:
    import executorch.exir.passes.quantized_ops  # noqa: F401

    q = torch.ops.quantized_decomposed

    def quantize_twice(x: torch.Tensor) -> torch.Tensor:
        scale, zero = q.choose_qparams.tensor(x, -128, 127, 1e-6, torch.int8)
        number = q.quantize_per_tensor.tensor(x, scale, zero, -128, 127, torch.int8)
        y = q.dequantize_per_tensor.tensor(number, scale, zero, -128, 127, torch.int8)
        return (y + 1) * (y - 1)

    module = export(Function(quantize_twice), (torch.randn(4),)).graph_module
    x = torch.randn(4)
    expected = module(x)[0]
    result = DuplicateDynamicQuantChainPass()(module)
    assert result.modified
    assert targets(result.graph_module).count(q.choose_qparams.tensor) == 2
    torch.testing.assert_close(result.graph_module(x)[0], expected)


def test_parameters_are_found_added_changed_and_removed() -> None:
    program = edge_program(nn.Linear(3, 4), torch.randn(2, 3))
    placeholders = program.graph.find_nodes(op="placeholder")
    assert [is_param_node(program, n) for n in placeholders] == [True, True, False]
    weight = get_param_tensor(program, placeholders[0])
    assert weight is not None and weight.shape == (4, 3)
    with pytest.raises(RuntimeError):
        get_param_tensor(program, placeholders[2])

    set_param_tensor(program, placeholders[1], torch.zeros(4))
    x = torch.randn(2, 3)
    torch.testing.assert_close(program.module()(x), x @ weight.t())

    for kind, persistent in (
        (InputKind.PARAMETER, None),
        (InputKind.BUFFER, True),
        (InputKind.BUFFER, False),
        (InputKind.CONSTANT_TENSOR, None),
    ):
        name = f"added_{kind.name.lower()}_{persistent}"
        data = torch.full((4,), 2.0)
        node = create_constant_placeholder(program, program.graph, name, kind, data, persistent)
        again = create_constant_placeholder(program, program.graph, name, kind, data, persistent)
        assert again is node and is_param_node(program, node)
        output = program.graph.output_node()
        result = output.args[0][0]
        with program.graph.inserting_before(output):
            added = program.graph.call_function(ops.edge.aten.add.Tensor, (result, node))
        added.meta = dict(result.meta)
        output.replace_input_with(result, added)
        program.graph_signature.output_specs[0].arg.name = added.name
        program.graph_module.recompile()
        program.validate()
        torch.testing.assert_close(program.module()(x), program.module()(x))
        with pytest.raises(RuntimeError):
            delete_constant_placeholder(program, node)
        output.replace_input_with(added, result)
        program.graph_signature.output_specs[0].arg.name = result.name
        program.graph.erase_node(added)
        delete_constant_placeholder(program, node)
    program.graph_module.recompile()
    torch.testing.assert_close(program.module()(x), x @ weight.t())


def test_a_buffer_that_changes() -> None:
    program = edge_program(nn.Linear(3, 4), torch.randn(2, 3))
    node = create_mutable_buffer(program, "b_count", torch.zeros(1))
    assert node.meta["val"].shape == (1,)
    assert list(program.graph_signature.buffers_to_mutate.values()) == ["b_count"]
    program.graph_module.recompile()
    program.validate()
