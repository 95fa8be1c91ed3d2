# SPDX-License-Identifier: BSD-3-Clause
"""Makes changes of buffers and inputs, which a functional program only returns, happen."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import torch
from torch import fx
from torch.export import ExportedProgram
from torch.export.graph_signature import OutputKind

from executorch.exir.dialects.edge._ops import edge_op
from executorch.exir.error import ExportError, ExportErrorType
from executorch.exir.operator.convert import torch_op
from executorch.exir.pass_manager import MUTATIONS
from executorch.exir.passes.memory_format_ops_pass import convert_memory_format_op
from executorch.exir.passes.reinplace import (
    Aliases,
    is_like,
    overwritten_argument,
    storage_of,
)
from executorch.exir.passes.spec_prop_pass import make_spec

WRITES_INTO = "writes_into"
"""Key in the `meta` of a node: the input that its out variant writes to, instead of to storage of
its own."""


def _can_write_into(value: fx.Node, target: fx.Node, aliases: Aliases) -> bool:
    """Whether the operator `value` can compute its result in the storage of `target`."""
    op = torch_op(value.target)
    if value.op != "call_function" or not isinstance(op, torch._ops.OpOverload):
        return False
    if torch.Tag.pointwise not in op.tags or op._schema.is_mutable or not is_like(value, target):
        return False
    # Reading and writing the same element is fine; a view of the target may have another shape.
    reads = [node for node in value.all_input_nodes if storage_of(node) is target]
    return all(node is target for node in reads) and not aliases.is_used_after(target, value)


def insert_write_back_for_buffers_pass(ep: ExportedProgram) -> None:
    """Adds, in place, an `aten.copy_` into each changed buffer or input at the end of the graph.

    There is none where an operator computes the new value in place, or, element by element, where
    nobody needs the old one any more: then the operator's out argument becomes the buffer itself
    (see `WRITES_INTO`). The new values cease to be results of the graph; the signature keeps the
    mutations, naming the nodes that write.
    """
    signature, graph = ep.graph_signature, ep.graph
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
    counts = Counter(value for value in values if isinstance(value, fx.Node))
    with graph.inserting_before(output):
        # What is in the storage of a tensor that is written must be read before any writing.
        for position, (index, target, value) in enumerate(written):
            root = storage_of(value)
            if root in targets and root is not target:
                written[position] = index, target, _clone(graph, value)
        for index, value in enumerate(values):
            is_returned = signature.output_specs[index].kind not in MUTATIONS
            if is_returned and isinstance(value, fx.Node) and storage_of(value) in targets:
                values[index] = _clone(graph, value)
        aliases = Aliases()
        for node in graph.nodes:
            aliases.visit(node)
        for index, target, value in written:
            spec = signature.output_specs[index]
            last = value
            if counts[value] == 1 and _can_write_into(value, target, aliases):
                value.meta[WRITES_INTO] = target
                value.meta["spec"] = target.meta.get("spec")
            elif value is not target and (
                overwritten_argument(value) is None or storage_of(value) is not target
            ):
                last = graph.call_function(torch.ops.aten.copy_.default, (target, value))
                last.meta["val"] = target.meta["val"]
                last.meta["spec"] = target.meta.get("spec")
            spec.arg = replace(spec.arg, name=last.name)
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
