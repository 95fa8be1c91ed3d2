# SPDX-License-Identifier: BSD-3-Clause
"""Copies of programs that can be changed without changing the original."""

from __future__ import annotations

import copy

from torch import fx
from torch.export import ExportedProgram

from executorch.exir.graph_module import get_control_flow_submodules, make_graph_module


def _copy_graph_module(module: fx.GraphModule) -> fx.GraphModule:
    """A graph module with its own nodes and submodules, and shared tensors."""
    graph = fx.Graph()
    nodes: dict[fx.Node, fx.Node] = {}
    graph.output(graph.graph_copy(module.graph, nodes))
    for old, new in nodes.items():
        new.name = old.name  # Graphs rename nodes that are named like built-in functions.
    old_output = module.graph.output_node()
    graph.output_node().meta = dict(old_output.meta)
    result = make_graph_module(module, graph)
    result.meta.update(module.meta)
    for name, submodule, _ in get_control_flow_submodules(module):
        setattr(result, name, _copy_graph_module(submodule))
    return result


def copy_program(program: ExportedProgram) -> ExportedProgram:
    """A program whose graph and signature can be changed without changing `program`."""
    result = copy.copy(program)
    result._graph_module = _copy_graph_module(program.graph_module)
    result._graph_signature = copy.deepcopy(program.graph_signature)
    result._state_dict = dict(program.state_dict)
    result._constants = dict(program.constants)
    return result
