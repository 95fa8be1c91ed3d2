# SPDX-License-Identifier: BSD-3-Clause
"""Gives every user of a constant a copy of its own."""

from __future__ import annotations

import copy

from torch.export import ExportedProgram
from torch.export.graph_signature import TensorArgument


def duplicate_constant_node(exported_program: ExportedProgram, candidate_node: str) -> set[str]:
    """Makes, in place, as many inputs of a constant as it has users; names of the new ones.

    candidate_node: name of the node of a parameter, buffer or constant. Its data is shared, and
    stored once in a program.
    """
    graph, signature = exported_program.graph, exported_program.graph_signature
    node = next(n for n in graph.find_nodes(op="placeholder") if n.name == candidate_node)
    index, spec = next(
        (i, s) for i, s in enumerate(signature.input_specs) if s.arg.name == candidate_node
    )
    created: set[str] = set()
    for number, user in enumerate(list(node.users)[1:], start=1):
        with graph.inserting_after(node):
            duplicate = graph.placeholder(f"{node.name}_copy_{number}")
        duplicate.meta = dict(node.meta)
        user.replace_input_with(node, duplicate)
        target = f"{spec.target}_copy_{number}"
        for store in (exported_program.state_dict, exported_program.constants):
            if spec.target in store:
                store[target] = store[spec.target]
        new = copy.copy(spec)
        new.arg, new.target = TensorArgument(name=duplicate.name), target
        signature.input_specs.insert(index + 1, new)
        created.add(duplicate.name)
    exported_program.graph_module.recompile()
    return created
