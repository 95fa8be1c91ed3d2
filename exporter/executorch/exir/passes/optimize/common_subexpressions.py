# SPDX-License-Identifier: BSD-3-Clause
"""Computes what is computed twice only once."""

from __future__ import annotations

import operator
from typing import Any

import torch
from torch import fx
from torch.export import ExportedProgram

from executorch.exir.graph_module import all_graph_modules
from executorch.exir.passes.optimize.nodes import aten_op, replace


def _key(node: fx.Node) -> Any:
    """Equal for nodes that certainly compute the same; None if nothing is known."""
    op = aten_op(node)
    if op is None:
        if node.target is not operator.getitem:
            return None
    elif torch.Tag.nondeterministic_seeded in op.tags or op._schema.is_mutable:
        return None
    # Types are part of it, because 1 == 1.0 == True.
    parts = fx.map_arg((node.args, node.kwargs), lambda n: f"%{n.name}")
    return node.target, repr(parts)


def merge_common_subexpressions(program: ExportedProgram) -> bool:
    """Replaces operators with the same arguments by the first of them."""
    return merge_in_graph(program.graph_module)


def merge_in_graph(graph_module: fx.GraphModule) -> bool:
    """The same for a graph module; whether anything was replaced."""
    changed = False
    for module in all_graph_modules(graph_module):
        known: dict[Any, fx.Node] = {}
        for node in list(module.graph.nodes):
            if node.op != "call_function" or (key := _key(node)) is None:
                continue
            first = known.setdefault(key, node)
            if first is not node:
                changed |= replace(module.graph, node, first)
    return changed
