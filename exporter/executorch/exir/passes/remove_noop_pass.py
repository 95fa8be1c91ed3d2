# SPDX-License-Identifier: BSD-3-Clause
"""Removes operators that yield their input."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import fx

from executorch.exir.graph_module import all_graph_modules
from executorch.exir.operator.convert import torch_op
from executorch.exir.pass_base import PassBase, PassResult
from executorch.exir.passes.quantized_ops import DEQUANTIZE_OPS, QUANTIZE_OPS

_aten = torch.ops.aten

_ALIASES = {
    _aten.alias.default,
    _aten.alias_copy.default,
    _aten.detach.default,
    _aten.detach_copy.default,
    _aten.dropout.default,
}
_COPIES = {
    _aten._to_copy.default,
    _aten.clone.default,
    _aten.to.dtype,
    _aten.contiguous.default,
}


def _is_same_tensor(node: fx.Node) -> bool:
    """Whether the result is like the first argument in everything that a program can see."""
    if not node.args or not isinstance(node.args[0], fx.Node):
        return False
    source, result = node.args[0].meta.get("val"), node.meta.get("val")
    return bool(
        isinstance(source, torch.Tensor)
        and isinstance(result, torch.Tensor)
        and source.dtype == result.dtype
        and list(source.shape) == list(result.shape)
        and source.stride() == result.stride()
    )


def _is_dim_order_copy(op: object) -> bool:
    return getattr(op, "namespace", "") == "dim_order_ops" and "empty" not in str(op)


def _is_noop(node: Any) -> bool:
    op = torch_op(node.target)
    if op is _aten.dropout.default:
        return node.args[2] is False
    if op in _ALIASES:
        return True
    if op is _aten.slice_copy.Tensor or op is _aten.slice.Tensor:
        return _is_same_tensor(node) and (len(node.args) < 5 or node.args[4] == 1)
    return (op in _COPIES or _is_dim_order_copy(op)) and _is_same_tensor(node)


def _is_noop_copy(node: fx.Node) -> bool:
    op = torch_op(node.target)
    is_copy = op is _aten._to_copy.default or str(op).startswith("dim_order_ops._to_dim_order_copy")
    return is_copy and _is_same_tensor(node)


def _remove(graph_module: fx.GraphModule, is_noop: Callable[[fx.Node], bool]) -> PassResult:
    modified = False
    for module in all_graph_modules(graph_module):
        dequantized = []
        for node in list(module.graph.nodes):
            if node.op != "call_function" or not is_noop(node):
                continue
            source = node.args[0]
            # An input that is returned as it is would share its storage with the output.
            if source.op == "placeholder" and any(user.op == "output" for user in node.users):
                continue
            node.replace_all_uses_with(source)
            module.graph.erase_node(node)
            modified = True
            if torch_op(source.target) in DEQUANTIZE_OPS:
                dequantized.append(source)
        eliminate_dq_q(module, dequantized)
        module.graph.eliminate_dead_code()
        module.recompile()
    return PassResult(graph_module, modified)


def eliminate_dq_q(graph_module: fx.GraphModule, dequant_nodes: Iterable[fx.Node]) -> None:
    """Removes, in place, quantizations of what was just dequantized with the same parameters."""
    for node in dequant_nodes:
        for user in list(node.users):
            if torch_op(user.target) in QUANTIZE_OPS and _same_parameters(node, user):
                user.replace_all_uses_with(node.args[0])  # type: ignore[arg-type]
                graph_module.graph.erase_node(user)


def _same_parameters(dequantize: fx.Node, quantize: fx.Node) -> bool:
    same_name = str(torch_op(dequantize.target)).replace("dequantize", "quantize")
    return same_name == str(torch_op(quantize.target)) and dequantize.args[1:] == quantize.args[1:]


class RemoveNoopPass(PassBase):
    """Removes, in place, copies that change nothing, slices that take everything, dropouts of a
    model in evaluation mode, and quantizations that these separated from their inverse.
    """

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        return _remove(graph_module, _is_noop)


class RemoveToCopyPass(PassBase):
    """Removes, in place, `_to_copy` where neither dtype nor layout change."""

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        return _remove(graph_module, _is_noop_copy)
