# SPDX-License-Identifier: BSD-3-Clause
"""Gives operators on sizes the overload that a program can call."""

from __future__ import annotations

import torch
from torch import fx

from executorch.exir.graph_module import all_graph_modules
from executorch.exir.pass_base import PassBase, PassResult

_OVERLOADS = {
    torch.ops.aten.sym_size: torch.ops.aten.sym_size.int,
    torch.ops.aten.sym_stride: torch.ops.aten.sym_stride.int,
    torch.ops.aten.sym_numel: torch.ops.aten.sym_numel.default,
}


class ReplaceSymSizeOpPass(PassBase):
    """Replaces `aten.sym_size` without an overload by `aten.sym_size.int`, and so on, in place."""

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        for module in all_graph_modules(graph_module):
            for node in module.graph.nodes:
                if node.op == "call_function" and node.target in _OVERLOADS:
                    node.target = _OVERLOADS[node.target]
            module.recompile()
        return PassResult(graph_module, True)
