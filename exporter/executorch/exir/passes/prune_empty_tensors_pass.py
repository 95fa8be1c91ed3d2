# SPDX-License-Identifier: BSD-3-Clause
"""Removes tensors without elements from concatenations."""

from __future__ import annotations

from typing import Any

import torch
from torch import fx

from executorch.exir.dialects.edge._ops import EdgeOpOverload, edge_op
from executorch.exir.graph_module import all_graph_modules
from executorch.exir.operator.convert import torch_op
from executorch.exir.pass_base import PassBase, PassResult

_cat = torch.ops.aten.cat.default
_full = torch.ops.aten.full.default


def _is_empty(node: fx.Node) -> bool:
    shape = node.meta["val"].shape
    return any(isinstance(size, int) and size == 0 for size in shape)


class PruneEmptyTensorsPass(PassBase):
    """Removes the arguments of `cat` that have no elements, in place."""

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        modified = False
        for module in all_graph_modules(graph_module):
            for node in list(module.graph.nodes):
                if torch_op(node.target) is _cat and any(map(_is_empty, node.args[0])):
                    self.remove_empty_tensors_from_cat(module, node)
                    modified = True
            if modified:
                module.graph.eliminate_dead_code()
                module.recompile()
        return PassResult(graph_module, modified)

    def remove_empty_tensors_from_cat(
        self, graph_module: fx.GraphModule, cat_node: fx.Node
    ) -> None:
        """Keeps the others; if none is left, the result becomes an empty tensor."""
        sources: Any = cat_node.args[0]
        kept = [source for source in sources if not _is_empty(source)]
        if kept:
            cat_node.args = (kept, *cat_node.args[1:])
            return
        value = cat_node.meta["val"]
        is_edge = isinstance(cat_node.target, EdgeOpOverload)
        with graph_module.graph.inserting_before(cat_node):
            empty = graph_module.graph.call_function(
                edge_op(_full) if is_edge else _full,
                (tuple(value.shape), 0),
                {"dtype": value.dtype},
            )
        empty.meta = dict(cat_node.meta)
        cat_node.replace_all_uses_with(empty)
        graph_module.graph.erase_node(cat_node)
