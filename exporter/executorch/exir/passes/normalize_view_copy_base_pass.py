# SPDX-License-Identifier: BSD-3-Clause
"""Makes every view refer to a tensor that is not itself a view."""

from __future__ import annotations

from typing import Any

import torch
from torch import fx

from executorch.exir.graph_module import all_graph_modules
from executorch.exir.operator.convert import torch_op
from executorch.exir.pass_base import PassBase, PassResult


def _is_view_copy(node: Any) -> bool:
    return node.op == "call_function" and torch_op(node.target) is torch.ops.aten.view_copy.default


class NormalizeViewCopyBasePass(PassBase):
    """Points `view_copy` of `view_copy` at the first tensor, in place."""

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        changed = 0
        for module in all_graph_modules(graph_module):
            for node in module.graph.nodes:
                if _is_view_copy(node) and _is_view_copy(node.args[0]):
                    node.update_arg(0, node.args[0].args[0])
                    changed += 1
            module.recompile()
        return PassResult(graph_module, changed > 0)

    def ensures(self, graph_module: fx.GraphModule) -> None:
        for module in all_graph_modules(graph_module):
            for node in module.graph.nodes:
                assert not (_is_view_copy(node) and _is_view_copy(node.args[0]))
