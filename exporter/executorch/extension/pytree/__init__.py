# SPDX-License-Identifier: BSD-3-Clause
"""Nested containers as flat lists of leaves: torch's pytrees, under ExecuTorch's names."""

from torch.utils._pytree import (
    TreeSpec,
    _broadcast_to_and_flatten,
    _register_pytree_node,
    tree_flatten,
    tree_map,
    tree_unflatten,
    treespec_dumps,
    treespec_loads,
)

broadcast_to_and_flatten = _broadcast_to_and_flatten
register_custom = _register_pytree_node
from_str = treespec_loads

__all__ = [
    "TreeSpec",
    "broadcast_to_and_flatten",
    "from_str",
    "register_custom",
    "tree_flatten",
    "tree_map",
    "tree_unflatten",
    "treespec_dumps",
    "treespec_loads",
]
