# SPDX-License-Identifier: BSD-3-Clause
"""Parts of concatenated tensors are what was concatenated."""

from __future__ import annotations

from typing import Any

import torch
from torch import fx
from torch.export import ExportedProgram

from executorch.exir.dialects.edge._ops import edge_op
from executorch.exir.graph_module import all_graph_modules
from executorch.exir.passes.optimize.nodes import argument, aten_op, replace, static_shape, value

_aten = torch.ops.aten


def _range(node: Any, size: int) -> tuple[int, int] | None:
    """First and last + 1 index that a slice takes, if they are known and next to each other."""
    start, end, step = (argument(node, name) for name in ("start", "end", "step"))
    start = 0 if start is None else start
    end = size if end is None else end
    if step != 1 or not (isinstance(start, int) and isinstance(end, int)):
        return None
    start, end = (max(0, min(i + size if i < 0 else i, size)) for i in (start, end))
    return (start, end) if start < end else None


def _bypass(graph: fx.Graph, node: Any) -> bool:
    source: Any = node.args[0]
    if aten_op(node) is not _aten.slice_copy.Tensor or aten_op(source) is not _aten.cat.default:
        return False
    parts, whole = argument(source, "tensors"), static_shape(source)
    if whole is None or any(value(part).dtype != value(source).dtype for part in parts):
        return False
    rank = len(whole)
    dim = argument(node, "dim") % rank
    taken = _range(node, whole[dim])
    if dim != argument(source, "dim") % rank or taken is None:
        return False
    begin = 0
    for part in parts:
        shape = static_shape(part)
        if shape is None or len(shape) != rank:
            return False
        end = begin + shape[dim]
        if begin <= taken[0] and taken[1] <= end:
            if not value(part).is_contiguous() or not value(node).is_contiguous():
                return False
            if taken == (begin, end):
                return replace(graph, node, part)
            node.target = edge_op(_aten.slice_copy.Tensor)
            node.args, node.kwargs = (part, dim, taken[0] - begin, taken[1] - begin), {}
            return True
        begin = end
    return False


def bypass_concatenations(program: ExportedProgram) -> bool:
    """A slice that lies in one of the parts of a `cat` is taken from that part."""
    changed = False
    for module in all_graph_modules(program.graph_module):
        for node in list(module.graph.nodes):
            if node.op == "call_function" and node.args and isinstance(node.args[0], fx.Node):
                changed |= _bypass(module.graph, node)
        module.graph.eliminate_dead_code()
    return changed
