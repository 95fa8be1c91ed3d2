# SPDX-License-Identifier: BSD-3-Clause
"""Operators with several results of which one is used."""

from __future__ import annotations

import operator
from typing import Any

from torch import fx

from executorch.exir.dialects._ops import ops
from executorch.exir.pass_base import ExportPass, PassResult


def _single_result(node: fx.Node) -> tuple[Any, tuple[Any, ...], dict[str, Any]] | None:
    """Target, arguments and keyword arguments of what computes only the first result of `node`."""
    if node.target == ops.edge.aten.max_pool2d_with_indices.default:
        return ops.edge.aten.max_pool2d.default, node.args, dict(node.kwargs)
    if node.target in (ops.edge.aten.max.dim, ops.edge.aten.min.dim):
        is_max = node.target == ops.edge.aten.max.dim
        target = ops.edge.aten.amax.default if is_max else ops.edge.aten.amin.default
        source, dim, *rest = node.args
        return target, (source, [dim], *rest), dict(node.kwargs)
    return None


class RemoveGetItemPass(ExportPass):
    """Replaces `max_pool2d_with_indices`, `max.dim` and `min.dim`, where only their first result is
    used, by `max_pool2d`, `amax` and `amin`, so that no `getitem` is left of them.
    """

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        graph, modified = graph_module.graph, False
        for node in list(graph.nodes):
            parts = _single_result(node) if node.op == "call_function" else None
            users = list(node.users)
            if parts is None or not users:
                continue
            if any(u.target is not operator.getitem or u.args[1] != 0 for u in users):
                continue
            target, args, kwargs = parts
            with graph.inserting_before(node):
                result = graph.call_function(target, args, kwargs)
            result.meta = {**node.meta, "val": node.meta["val"][0]}
            for user in users:
                user.replace_all_uses_with(result)
                graph.erase_node(user)
            graph.erase_node(node)
            modified = True
        if modified:
            graph_module.recompile()
        return PassResult(graph_module, modified)
