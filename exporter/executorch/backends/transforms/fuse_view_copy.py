# SPDX-License-Identifier: BSD-3-Clause
"""One `view_copy` in place of several in a row."""

from __future__ import annotations

from torch import fx

from executorch.exir.dialects._ops import ops
from executorch.exir.pass_base import ExportPass, PassResult

_VIEW = ops.edge.aten.view_copy.default


class FuseViewCopyTransform(ExportPass):
    """Makes views of views views of their first source; removes those that keep the shape."""

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        graph, modified = graph_module.graph, False
        for node in list(graph.nodes):
            if node.target != _VIEW:
                continue
            source = node.args[0]
            if source.target == _VIEW:
                node.replace_input_with(source, source.args[0])
                source, modified = source.args[0], True
            if _shape(node) is not None and _shape(node) == _shape(source):
                node.replace_all_uses_with(source)
                modified = True
        if modified:
            graph.eliminate_dead_code()
            graph_module.recompile()
        return PassResult(graph_module, modified)


def _shape(node: fx.Node) -> list[int] | None:
    value = node.meta.get("val")
    shape = list(getattr(value, "shape", ["unknown"]))
    return shape if all(isinstance(size, int) for size in shape) else None
