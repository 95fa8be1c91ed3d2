# SPDX-License-Identifier: BSD-3-Clause
"""Common subexpressions of a graph module, as a pass of its own."""

from __future__ import annotations

from torch import fx

from executorch.exir.pass_base import ExportPass, PassResult
from executorch.exir.passes.optimize.common_subexpressions import merge_in_graph


class CSEPass(ExportPass):
    """Replaces, in place, operators with the same arguments by the first of them.

    Random operators, and those that write to their arguments, stay.
    """

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        modified = merge_in_graph(graph_module)
        if modified:
            graph_module.recompile()
        return PassResult(graph_module, modified)
