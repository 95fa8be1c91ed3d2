# SPDX-License-Identifier: BSD-3-Clause
"""Where the numbers that relate instructions to the nodes of the captured graph come from."""

from __future__ import annotations

from torch import fx

FROM_NODE_KEY = "from_node"
DEBUG_HANDLE_KEY = "debug_handle"

UNSET_DEBUG_HANDLE = 0
"""The handle of a node that has none."""


def get_greatest_ancestor_node_identifier(node: fx.Node) -> str:
    """Identifies the node of the captured graph that `node` comes from: "name.graph id"."""
    sources = node.meta.get(FROM_NODE_KEY)
    if not sources:
        return f"{node.name}.{id(node.graph)}"
    source = sources[-1]
    while source.from_node:
        source = source.from_node[-1]
    return f"{source.name}.{source.graph_id}"
