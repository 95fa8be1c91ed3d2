# SPDX-License-Identifier: BSD-3-Clause
"""Replaces operators between dequantize and quantize by operators on quantized tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.ao.quantization.fx._decomposed
from torch import fx
from torch.export import ExportedProgram

import executorch.kernels.quantized  # noqa: F401  defines operators
from executorch.exir.dialects._ops import ops
from executorch.exir.graph_module import all_graph_modules
from executorch.exir.operator.convert import torch_op
from executorch.exir.pass_base import ExportPass, PassResult
from executorch.exir.passes.constant_prop_pass import constant_prop_pass

_QUANTIZE = torch.ops.quantized_decomposed.quantize_per_tensor.default
_DEQUANTIZE = torch.ops.quantized_decomposed.dequantize_per_tensor.default
_ADD = torch.ops.aten.add.Tensor
_RELU = torch.ops.aten.relu.default
_SLICE = torch.ops.aten.slice_copy.Tensor
_CAT = torch.ops.aten.cat.default


class QuantFusionPass(ExportPass):
    """Fuses, in place, what stands between `dequantize_per_tensor` and `quantize_per_tensor`.

    `add`, also with `relu`, becomes `quantized_decomposed.add`. `slice` and `cat` work on the
    quantized tensors if all have the same parameters. Meant for `ExecutorchBackendConfig.passes`,
    for targets with the library of quantized kernels.

    _fix_node_meta_val, node_value_dict: accepted; values of nodes are always right.
    """

    def __init__(
        self,
        _fix_node_meta_val: bool = False,
        node_value_dict: Mapping[str, torch.Tensor] | None = None,
    ) -> None:
        super().__init__()

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        modified = False
        for module in all_graph_modules(graph_module):
            for node in list(module.graph.nodes):
                if torch_op(node.target) is _QUANTIZE and _fuse(module.graph, node):
                    modified = True
            if modified:
                module.graph.eliminate_dead_code()
                module.recompile()
        return PassResult(graph_module, modified)


def quant_fusion_and_const_prop_pass(program: ExportedProgram) -> ExportedProgram:
    """`QuantFusionPass`, and then what depends on constants only is computed."""
    QuantFusionPass()(program.graph_module)
    return constant_prop_pass(program)


def _fuse(graph: fx.Graph, quantize: fx.Node) -> bool:
    """Replaces the operator whose result is quantized; whether that was possible."""
    operator = _only_used_once(quantize.args[0])
    if operator is None:
        return False
    target = torch_op(operator.target)
    if target is _SLICE:
        sources = [_quantized(operator.args[0])]
        return _move(graph, quantize, operator, sources, lambda new: (new[0], *operator.args[1:]))
    if target is _CAT:
        sources = [_quantized(item) for item in operator.args[0]]
        return _move(graph, quantize, operator, sources, lambda new: (new, *operator.args[1:]))
    scale, zero_point, quant_min, quant_max = quantize.args[1:5]
    if target is _RELU:
        # Numbers that are not negative are those from the zero point on.
        quant_min = max(quant_min, zero_point)  # type: ignore[type-var]
        operator = _only_used_once(operator.args[0])
    if operator is None or torch_op(operator.target) is not _ADD:
        return False
    if operator.kwargs.get("alpha", 1) != 1:
        return False
    left, right = (_quantized(item) for item in operator.args)
    if left is None or right is None or not _same_shape_and_type(quantize, left[0], right[0]):
        return False
    # The element type follows from the tensors.
    result = (scale, zero_point, quant_min, quant_max)
    args = (left[0], *left[1][:4], right[0], *right[1][:4], *result)
    _replace(graph, quantize, ops.edge.quantized_decomposed.add.default, args, operator.meta)
    return True


_Quantized = tuple[fx.Node, tuple[Any, ...]]


def _only_used_once(node: Any) -> fx.Node | None:
    return node if isinstance(node, fx.Node) and len(node.users) == 1 else None


def _quantized(node: Any) -> _Quantized | None:
    """What `node` dequantizes, with the parameters; None for any other node."""
    if not isinstance(node, fx.Node) or torch_op(node.target) is not _DEQUANTIZE or node.kwargs:
        return None
    source = node.args[0]
    return (source, tuple(node.args[1:])) if isinstance(source, fx.Node) else None


def _same_shape_and_type(*nodes: fx.Node) -> bool:
    first, *others = (node.meta["val"] for node in nodes)
    return all(o.shape == first.shape and o.dtype == first.dtype for o in others)


def _move(
    graph: fx.Graph,
    quantize: fx.Node,
    operator: fx.Node,
    sources: Sequence[_Quantized | None],
    arguments: Any,
) -> bool:
    """Lets an operator that only moves elements work on quantized ones."""
    parameters = tuple(quantize.args[1:])
    found = [source for source in sources if source is not None and source[1] == parameters]
    if len(found) != len(sources):
        return False
    args = arguments([source for source, _ in found])
    _replace(graph, quantize, operator.target, args, operator.meta, operator.kwargs)
    return True


def _replace(
    graph: fx.Graph,
    node: fx.Node,
    target: Any,
    args: tuple[Any, ...],
    meta: Mapping[str, Any],
    kwargs: Mapping[str, Any] | None = None,
) -> None:
    with graph.inserting_before(node):
        new = graph.call_function(target, args, dict(kwargs or {}))
    new.meta = {**meta, "val": node.meta["val"]}
    node.replace_all_uses_with(new)
    graph.erase_node(node)
