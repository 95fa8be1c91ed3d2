# SPDX-License-Identifier: BSD-3-Clause
"""Turns copies that only change the shape into views."""

from __future__ import annotations

from typing import Any

import torch
from torch import fx

from executorch.exir import memory
from executorch.exir.dialects.edge._ops import edge_op
from executorch.exir.graph_module import all_graph_modules
from executorch.exir.pass_base import PassBase, PassResult

_aten = torch.ops.aten
_VIEW_COPIES = {
    edge_op(_aten.view_copy.default),
    edge_op(_aten.squeeze_copy.default),
    edge_op(_aten.squeeze_copy.dim),
    edge_op(_aten.squeeze_copy.dims),
    edge_op(_aten.unsqueeze_copy.default),
}


def _size_argument(node: fx.Node) -> list[Any] | None:
    """The size that `memory.view` needs for the result of `node`; None if it can't be written."""
    if node.target is edge_op(_aten.view_copy.default):
        return list(node.args[1])  # type: ignore[arg-type]
    size = list(node.meta["val"].shape)
    symbolic = [i for i, s in enumerate(size) if not isinstance(s, int)]
    if len(symbolic) > 1:
        return None
    return [-1 if i in symbolic else int(s) for i, s in enumerate(size)]


class ReplaceViewCopyWithViewPass(PassBase):
    """Replaces `view_copy`, `squeeze_copy` and `unsqueeze_copy` by `memory.view`, in place.

    Results of the graph keep their own storage, because callers may own that. A view always refers
    to a tensor that is not itself a view.
    """

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        for module in all_graph_modules(graph_module):
            for node in list(module.graph.nodes):
                if node.op == "call_function" and node.target in _VIEW_COPIES:
                    self._replace(node)
            module.recompile()
        return PassResult(graph_module, True)

    @staticmethod
    def _replace(node: fx.Node) -> None:
        base: Any = node.args[0]
        if any(user.op == "output" for user in node.users):
            return
        if not (base.meta["val"].is_contiguous() and node.meta["val"].is_contiguous()):
            return
        size = _size_argument(node)
        if size is None:
            return
        while base.target is memory.view:
            base = base.args[0]
        node.target = memory.view
        node.args = (base, size)
        node.kwargs = {}
