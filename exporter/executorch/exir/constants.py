# SPDX-License-Identifier: BSD-3-Clause
"""The inputs of a program whose values are known: parameters, buffers and constants."""

from __future__ import annotations

from typing import Any

import torch
from torch import fx
from torch.export import ExportedProgram
from torch.export.graph_signature import (
    ExportGraphSignature,
    InputKind,
    InputSpec,
    OutputKind,
    TensorArgument,
)

_KNOWN = (InputKind.PARAMETER, InputKind.BUFFER, InputKind.CONSTANT_TENSOR)


def trained_parameters(signature: ExportGraphSignature) -> set[str]:
    """Names of the parameters that the program has gradients of: an optimizer changes them."""
    return {
        spec.target
        for spec in signature.output_specs
        if spec.kind == OutputKind.GRADIENT_TO_PARAMETER and spec.target is not None
    }


def constant_values(
    program: ExportedProgram, include_buffers: bool = True
) -> dict[str, torch.Tensor]:
    """Node names and values of the inputs that are known and that the program never changes.

    include_buffers: buffers can be among them; otherwise, other methods may change them.
    """
    signature = program.graph_signature
    changed = set(signature.buffers_to_mutate.values()) | trained_parameters(signature)
    values: dict[str, torch.Tensor] = {}
    for spec in signature.input_specs:
        if spec.kind == InputKind.BUFFER and not include_buffers:
            continue
        if spec.kind in _KNOWN and spec.target not in changed:
            value = program.state_dict.get(spec.target, program.constants.get(spec.target))
            if isinstance(value, torch.Tensor):
                values[spec.arg.name] = value
    return values


def add_constant(program: ExportedProgram, value: torch.Tensor, fake: Any) -> fx.Node:
    """Adds, in place, a constant behind the existing ones; answers its node.

    fake: what `meta["val"]` of the node shall be.
    """
    graph, specs = program.graph, program.graph_signature.input_specs
    index = len(program.constants)
    while (name := f"_lifted_tensor_constant{index}") in program.constants:
        index += 1
    position = next(
        (i for i, spec in enumerate(specs) if spec.kind == InputKind.USER_INPUT), len(specs)
    )
    placeholders = graph.find_nodes(op="placeholder")
    if position < len(placeholders):
        anchor = placeholders[position]
    else:
        anchor = next(node for node in graph.nodes if node.op != "placeholder")
    with graph.inserting_before(anchor):
        node = graph.placeholder(name)
    node.meta["val"] = fake
    argument = TensorArgument(name=node.name)
    specs.insert(position, InputSpec(InputKind.CONSTANT_TENSOR, argument, name, None))
    program.constants[name] = value
    return node


def remove_unused_constants(program: ExportedProgram, include_buffers: bool = True) -> None:
    """Removes, in place, the known inputs that no node uses and that are never changed."""
    unchanged = constant_values(program, include_buffers)
    unused = {
        node.name: node
        for node in program.graph.find_nodes(op="placeholder")
        if node.name in unchanged and not node.users
    }
    signature = program.graph_signature
    signature.input_specs = [s for s in signature.input_specs if s.arg.name not in unused]
    for node in unused.values():
        program.graph.erase_node(node)
