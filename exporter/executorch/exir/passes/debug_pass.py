# SPDX-License-Identifier: BSD-3-Clause
"""Prints a graph between two passes."""

from __future__ import annotations

from torch import fx

from executorch.exir.pass_base import PassBase, PassResult


class DebugPass(PassBase):
    """Prints the graph it is given, under a title.

    show_src, show_spec: with each node, print its Python stack or its tensor spec.
    log_filename: append to this file instead of printing.
    """

    def __init__(
        self,
        msg: str = "",
        enable_debug_pass: bool = True,
        show_src: bool = False,
        show_spec: bool = False,
        log_filename: str | None = None,
    ) -> None:
        self.msg = msg
        self.enable_debug_pass = enable_debug_pass
        self.show_src = show_src
        self.show_spec = show_spec
        self.log_filename = log_filename

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        if self.enable_debug_pass:
            text = self._format(graph_module)
            if self.log_filename is None:
                print(text)
            else:
                with open(self.log_filename, "a", encoding="utf-8") as log:
                    log.write(text + "\n")
        return PassResult(graph_module, False)

    def _format(self, graph_module: fx.GraphModule) -> str:
        lines = [self.msg] if self.msg else []
        for node in graph_module.graph.nodes:
            lines.append(
                str(node.format_node()) if node.op != "output" else f"return {node.args[0]}"
            )
            if self.show_spec:
                lines.append(f"    spec: {node.meta.get('spec')}")
            if self.show_src and "stack_trace" in node.meta:
                lines.extend(f"    {line}" for line in node.meta["stack_trace"].splitlines())
        return "\n".join(lines)
