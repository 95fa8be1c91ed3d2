# SPDX-License-Identifier: BSD-3-Clause
"""Gives every user of a dequantized tensor a dequantization of its own."""

from __future__ import annotations

from torch import fx

from executorch.exir.graph_module import all_graph_modules
from executorch.exir.operator.convert import torch_op
from executorch.exir.pass_base import PassBase, PassResult
from executorch.exir.passes.quantized_ops import DEQUANTIZE_OPS


class DuplicateDequantNodePass(PassBase):
    """Copies, in place, dequantizations with several users, so that each belongs to one pattern."""

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        modified = False
        for module in all_graph_modules(graph_module):
            for node in list(module.graph.nodes):
                if torch_op(node.target) not in DEQUANTIZE_OPS:
                    continue
                for user in list(node.users)[1:]:
                    with module.graph.inserting_before(node):
                        duplicate = module.graph.node_copy(node)
                    duplicate.meta = dict(node.meta)
                    user.replace_input_with(node, duplicate)
                    modified = True
            module.recompile()
        return PassResult(graph_module, modified)
