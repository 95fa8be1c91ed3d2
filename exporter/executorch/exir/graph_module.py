# SPDX-License-Identifier: BSD-3-Clause
"""Walks over graph modules and the control flow submodules inside them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

import torch
from torch import fx
from torch.fx._lazy_graph_module import _LazyGraphModule

# Which arguments of a higher order operator are submodules.
_SUBMODULE_ARGS: dict[str, tuple[int, ...]] = {
    "cond": (1, 2),
    "while_loop": (0, 1),
    "map_impl": (0,),
    "scan": (0,),
}

Submodule = tuple[str, fx.GraphModule, fx.Node]


def _submodules(graph_module: fx.GraphModule, operators: Collection[str]) -> list[Submodule]:
    found: list[Submodule] = []
    for node in graph_module.graph.nodes:
        if not isinstance(node.target, torch._ops.HigherOrderOperator):
            continue
        name = node.target.name()
        if name not in operators:
            continue
        for index in _SUBMODULE_ARGS[name]:
            attribute = node.args[index]
            if not isinstance(attribute, fx.Node) or attribute.op != "get_attr":
                raise RuntimeError(f"argument {index} of {node.format_node()} is not a submodule")
            submodule = getattr(graph_module, str(attribute.target))
            found.append((str(attribute.target), submodule, node))
    return found


def get_control_flow_submodules(graph_module: fx.GraphModule) -> list[Submodule]:
    """(attribute name, submodule, calling node) of every branch and loop body, in graph order."""
    return _submodules(graph_module, _SUBMODULE_ARGS)


def get_cond_while_submodules(graph_module: fx.GraphModule) -> list[Submodule]:
    return _submodules(graph_module, ("cond", "while_loop"))


def get_scan_submodules(graph_module: fx.GraphModule) -> list[Submodule]:
    return _submodules(graph_module, ("scan",))


def make_graph_module(root: torch.nn.Module, graph: fx.Graph) -> fx.GraphModule:
    """A graph module that generates code only when it is called.

    Passes call `recompile` after they have changed a graph; that would cost more than the passes.
    """
    return _LazyGraphModule(root, graph)


def all_graph_modules(graph_module: fx.GraphModule) -> Iterator[fx.GraphModule]:
    """`graph_module` and, depth first, every control flow submodule below it."""
    yield graph_module
    for _, submodule, _ in get_control_flow_submodules(graph_module):
        yield from all_graph_modules(submodule)


def bfs_trace_with_node_process(gm: fx.GraphModule, node_op: Callable[[fx.Node], None]) -> None:
    """Calls `node_op` for every node of `gm` and of the submodules below it, level by level."""
    level = [gm]
    while level:
        for module in level:
            for node in module.graph.nodes:
                node_op(node)
        level = [sub for module in level for _, sub, _ in get_control_flow_submodules(module)]


def contains_any_call_fn_target_op(graph_module: fx.GraphModule, ops: Collection[Any]) -> bool:
    return any(
        node.op == "call_function" and node.target in ops
        for module in all_graph_modules(graph_module)
        for node in module.graph.nodes
    )


def source_line(node: fx.Node) -> str:
    """The line of the model that `node` comes from; empty if that isn't known.

    For example: File "model.py", line 3, in forward: return x + 1
    """
    lines = [line.strip() for line in node.meta.get("stack_trace", "").splitlines()]
    for index in reversed(range(len(lines))):
        if lines[index].startswith("File "):
            return ": ".join(lines[index : index + 2])
    return ""


def origin(node: fx.Node) -> str:
    """The name of the node of the captured program that `node` comes from."""
    name, source = node.name, node.meta.get("from_node")
    while source:
        name, source = source[0].name, source[0].from_node
    return name
