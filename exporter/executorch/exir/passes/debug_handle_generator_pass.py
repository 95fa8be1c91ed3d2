# SPDX-License-Identifier: BSD-3-Clause
"""Numbers the nodes of a graph by the captured node that they come from."""

from __future__ import annotations

from torch import fx
from torch.export import ExportedProgram

from executorch.exir.debug_handle_utils import (
    DEBUG_HANDLE_KEY,
    UNSET_DEBUG_HANDLE,
    get_greatest_ancestor_node_identifier,
)
from executorch.exir.graph_module import bfs_trace_with_node_process
from executorch.exir.pass_base import PassBase, PassResult


class DebugHandleGeneratorPass(PassBase):
    """Sets `meta["debug_handle"]`, from 1, of every call.

    Nodes that come from the same captured node have the same handle.
    """

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        handles: dict[str, int] = {}

        def number(node: fx.Node) -> None:
            if node.op == "call_function":
                source = get_greatest_ancestor_node_identifier(node)
                node.meta[DEBUG_HANDLE_KEY] = handles.setdefault(source, len(handles) + 1)

        bfs_trace_with_node_process(graph_module, number)
        return PassResult(graph_module, True)


def generate_missing_debug_handles(ep: ExportedProgram) -> None:
    """Gives a handle of its own, in place, to every node that has none."""
    largest = 0

    def find(node: fx.Node) -> None:
        nonlocal largest
        handle = node.meta.get(DEBUG_HANDLE_KEY)
        if isinstance(handle, int):
            largest = max(largest, handle)

    def number(node: fx.Node) -> None:
        nonlocal largest
        if node.meta.get(DEBUG_HANDLE_KEY, UNSET_DEBUG_HANDLE) == UNSET_DEBUG_HANDLE:
            largest += 1
            node.meta[DEBUG_HANDLE_KEY] = largest

    bfs_trace_with_node_process(ep.graph_module, find)
    bfs_trace_with_node_process(ep.graph_module, number)
