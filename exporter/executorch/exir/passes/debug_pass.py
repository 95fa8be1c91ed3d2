# SPDX-License-Identifier: BSD-3-Clause
"""Prints a graph between two passes."""

from __future__ import annotations

import os
import re

from torch import fx

from executorch.exir.pass_base import PassBase, PassResult

_FRAME = re.compile(r'File "(.*)", line (\d+), in (.*)\n\s*(.*)')


class DebugPass(PassBase):
    """Prints the graph it is given, under a title.

    show_src, show_spec: with each node, print the Python that it comes from, or its tensor spec.
    show_full_path, show_all_frames: print paths of files, not only names; all frames of the stack,
        not only the innermost one.
    path_filter: a regular expression; print only frames in files whose path it matches.
    log_filename: append to this file instead of printing.
    """

    def __init__(
        self,
        msg: str = "",
        enable_debug_pass: bool = True,
        show_src: bool = False,
        show_full_path: bool = False,
        show_all_frames: bool = False,
        path_filter: str | None = None,
        show_spec: bool = False,
        log_filename: str | None = None,
    ) -> None:
        self.msg = msg
        self.enable_debug_pass = enable_debug_pass
        self.show_src = show_src
        self.show_full_path = show_full_path
        self.show_all_frames = show_all_frames
        self.path_filter = path_filter
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
            if self.show_src:
                lines.extend(f"    {line}" for line in self._frames(node))
        return "\n".join(lines)

    def _frames(self, node: fx.Node) -> list[str]:
        frames = _FRAME.findall(node.meta.get("stack_trace") or "")
        if self.path_filter is not None:
            frames = [frame for frame in frames if re.search(self.path_filter, frame[0])]
        if not self.show_all_frames:
            frames = frames[-1:]
        return [
            f"{path if self.show_full_path else os.path.basename(path)}:{line} in {name}: {text}"
            for path, line, name, text in frames
        ]
