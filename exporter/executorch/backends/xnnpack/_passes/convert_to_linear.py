# SPDX-License-Identifier: BSD-3-Clause
"""Puts together what `linear` was decomposed to."""

from __future__ import annotations

from typing import Any

from torch import fx

from executorch.exir.dialects._ops import ops
from executorch.exir.pass_base import ExportPass, PassResult

_PRODUCTS = (ops.edge.aten.mm.default, ops.edge.aten.addmm.default)
_TRANSPOSITIONS = {
    ops.edge.aten.t_copy.default: None,
    ops.edge.aten.permute_copy.default: [1, 0],
}


class ConvertToLinearPass(ExportPass):
    """Makes `linear` of an `mm` or `addmm` with the transpose of its weights."""

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        graph = graph_module.graph
        modified = False
        for node in list(graph.nodes):
            parts = _linear_arguments(node)
            if parts is None:
                continue
            with graph.inserting_before(node):
                linear = graph.call_function(ops.edge.aten.linear.default, parts)
            linear.meta = dict(node.meta)
            node.replace_all_uses_with(linear)
            graph.erase_node(node)
            modified = True
        if modified:
            graph.eliminate_dead_code()
            graph_module.recompile()
        return PassResult(graph_module, modified)


def _linear_arguments(node: Any) -> tuple[fx.Node, ...] | None:
    """Input, weight and, if there is one, bias; None if the node is no such product."""
    if node.target not in _PRODUCTS:
        return None
    *bias, matrix, transposed = node.args
    weight = _transposed(transposed)
    if weight is None or not isinstance(matrix, fx.Node):
        return None
    if any(node.kwargs.get(name, 1) != 1 for name in ("alpha", "beta")):
        return None
    if bias and not (isinstance(bias[0], fx.Node) and bias[0].meta["val"].dim() == 1):
        return None
    return (matrix, weight, *bias)


def _transposed(node: Any) -> Any:
    """What `node` is the transpose of; None if it is none."""
    if not isinstance(node, fx.Node) or node.target not in _TRANSPOSITIONS:
        return None
    perm = _TRANSPOSITIONS[node.target]
    arguments: Any = node.args
    return arguments[0] if perm is None or list(arguments[1]) == perm else None
