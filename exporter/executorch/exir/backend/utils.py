# SPDX-License-Identifier: BSD-3-Clause
"""Helpers for partitioners, and for looking at their results."""

from __future__ import annotations

import operator

import torch
from torch import fx
from torch.export import ExportedProgram
from torch.export.graph_signature import OutputKind

from executorch.exir.backend.partition import TAG
from executorch.exir.constants import constant_values
from executorch.exir.delegate import executorch_call_delegate
from executorch.exir.lowered_backend_module import get_lowered_submodules


def _tag_if_used_by_one_partition(node: fx.Node) -> None:
    tags = {user.meta.get(TAG) for user in node.users}
    if len(tags) == 1 and None not in tags:
        node.meta[TAG] = tags.pop()


def tag_constant_data(edge_program: ExportedProgram) -> None:
    """Gives each constant that only one partition uses to that partition."""
    known = constant_values(edge_program)
    for node in edge_program.graph.find_nodes(op="placeholder"):
        if node.name in known:
            _tag_if_used_by_one_partition(node)


def tag_mutated_buffer(edge_program: ExportedProgram) -> None:
    """Gives each buffer that only one partition uses and changes to that partition."""
    signature = edge_program.graph_signature
    nodes = {node.name: node for node in edge_program.graph.find_nodes(op="placeholder")}
    names = {target: name for name, target in signature.inputs_to_buffers.items()}
    values = edge_program.graph.output_node().args[0]
    for spec, value in zip(signature.output_specs, values):
        if spec.kind == OutputKind.BUFFER_MUTATION:
            buffer = nodes[names[spec.target]]
            if {user.meta.get(TAG) for user in buffer.users} == {value.meta.get(TAG)}:
                _tag_if_used_by_one_partition(buffer)


def get_delegates(graph: fx.Graph) -> list[fx.Node]:
    """The nodes that refer to lowered modules."""
    calls = graph.find_nodes(op="call_function", target=executorch_call_delegate, sort=True)
    return [call.args[0] for call in calls]


def get_non_lowered_nodes(graph: fx.Graph) -> list[fx.Node]:
    """The calls that no backend does."""
    return [
        node
        for node in graph.nodes
        if node.op == "call_function"
        and node.target is not executorch_call_delegate
        and not (
            node.target is operator.getitem and node.args[0].target is executorch_call_delegate
        )
    ]


def is_shape_dynamic(node: fx.Node) -> bool:
    """Whether the tensor that `node` yields has a symbolic size."""
    return any(isinstance(size, torch.SymInt) for size in node.meta["val"].shape)


def format_delegated_graph(graph_module: fx.GraphModule) -> str:
    """The graph as text, with the original graph of each lowered module below its call."""
    lowered = {node: module for _, module, node in get_lowered_submodules(graph_module)}
    lines = ["graph():"]
    for node in graph_module.graph.nodes:
        lines.append(f"  {node.format_node() or f'return {node.args[0]}'}")
        if node in lowered:
            module = lowered[node]
            lines.append(f"    backend_id: {module.backend_id}")
            lines.append("    lowered graph():")
            for inner in module.original_module.graph.nodes:
                lines.append(f"      {inner.format_node() or f'return {inner.args[0]}'}")
    return "\n".join(lines)


def print_delegated_graph(graph_module: fx.GraphModule) -> None:
    print(format_delegated_graph(graph_module))
