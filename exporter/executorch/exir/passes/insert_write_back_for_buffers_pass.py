# SPDX-License-Identifier: BSD-3-Clause
"""Makes changes of buffers and inputs, which a functional program only returns, happen."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import fx
from torch.export import ExportedProgram
from torch.export.graph_signature import OutputKind

from executorch.exir.dialects.edge._ops import edge_op
from executorch.exir.error import ExportError, ExportErrorType
from executorch.exir.pass_manager import MUTATIONS
from executorch.exir.passes.memory_format_ops_pass import convert_memory_format_op
from executorch.exir.passes.spec_prop_pass import make_spec


def insert_write_back_for_buffers_pass(program: ExportedProgram) -> None:
    """Adds, in place, an `aten.copy_` into each changed buffer or input at the end of the graph.

    The new values cease to be results of the graph; the signature keeps the mutations, naming the
    `copy_` nodes.
    """
    signature, graph = program.graph_signature, program.graph
    nodes = {node.name: node for node in graph.find_nodes(op="placeholder")}
    names = {spec.target: spec.arg.name for spec in signature.input_specs if spec.target}
    output = graph.output_node()
    values = list(output.args[0])
    written: list[tuple[int, fx.Node, fx.Node]] = []
    for index, spec in enumerate(signature.output_specs):
        if spec.kind == OutputKind.PARAMETER_MUTATION:
            raise ExportError(
                ExportErrorType.NOT_SUPPORTED,
                f"the model changes its parameter {spec.target}, which is a constant in a program; "
                "make it a buffer",
            )
        if spec.kind in MUTATIONS:
            target = nodes[names.get(spec.target, spec.target)]
            written.append((index, target, values[index]))
    if not written:
        return
    targets = {target for _, target, _ in written}
    with graph.inserting_before(output):
        # A value that is itself one of the tensors to be written must be read before any writing.
        for position, (index, target, value) in enumerate(written):
            if value in targets and value is not target:
                written[position] = index, target, _clone(graph, value)
        for index, value in enumerate(values):
            if signature.output_specs[index].kind not in MUTATIONS and value in targets:
                values[index] = _clone(graph, value)
        for index, target, value in written:
            copy = graph.call_function(torch.ops.aten.copy_.default, (target, value))
            copy.meta["val"] = target.meta["val"]
            copy.meta["spec"] = target.meta.get("spec")
            spec = signature.output_specs[index]
            spec.arg = replace(spec.arg, name=copy.name)
    removed = {index for index, _, _ in written}
    output.args = (tuple(v for i, v in enumerate(values) if i not in removed),)
    output.meta["spec"] = tuple(
        v.meta.get("spec") if isinstance(v, fx.Node) else None for v in output.args[0]
    )


def _clone(graph: fx.Graph, value: fx.Node) -> fx.Node:
    node = graph.call_function(edge_op(torch.ops.aten.clone.default), (value,))
    node.meta["val"] = value.meta["val"]
    node.meta["spec"] = make_spec(node.meta["val"])
    convert_memory_format_op(node)
    return node
