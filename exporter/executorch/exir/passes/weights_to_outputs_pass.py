# SPDX-License-Identifier: BSD-3-Clause
"""Makes a training program return its parameters, so that an optimizer can change them."""

from __future__ import annotations

from torch.export import ExportedProgram
from torch.export.graph_signature import InputKind, OutputKind, OutputSpec, TensorArgument


def weights_to_outputs_pass(exported_program: ExportedProgram) -> ExportedProgram:
    """Adds, in place, each parameter that has a gradient to the outputs, behind all others.

    Does nothing to a program without gradients.
    """
    signature, graph = exported_program.graph_signature, exported_program.graph
    trained = [
        spec.target
        for spec in signature.output_specs
        if spec.kind == OutputKind.GRADIENT_TO_PARAMETER
    ]
    if not trained:
        return exported_program
    names = {
        spec.target: spec.arg.name
        for spec in signature.input_specs
        if spec.kind == InputKind.PARAMETER
    }
    nodes = {node.name: node for node in graph.find_nodes(op="placeholder")}
    parameters = [nodes[names[target]] for target in trained if target in names]
    output = graph.output_node()
    output.args = ((*output.args[0], *parameters),)
    signature.output_specs = [
        *signature.output_specs,
        *(OutputSpec(OutputKind.TOKEN, TensorArgument(node.name), None) for node in parameters),
    ]
    exported_program.graph_module.recompile()
    return exported_program
