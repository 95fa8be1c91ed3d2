# SPDX-License-Identifier: BSD-3-Clause
"""Splits whose parts need not be computed."""

from __future__ import annotations

import math
import operator
from itertools import accumulate
from typing import Any

import torch
from torch import fx
from torch.export import ExportedProgram

from executorch.exir.dialects.edge._ops import edge_op
from executorch.exir.graph_module import all_graph_modules
from executorch.exir.passes.optimize.nodes import (
    argument,
    aten_op,
    is_result,
    static_shape,
    value,
)
from executorch.exir.tensor import ALIGNMENT

_aten = torch.ops.aten


def _starts(node: Any, shape: list[int], dim: int) -> list[int] | None:
    """Where each part begins along the dimension, and where the last one ends."""
    op = aten_op(node)
    if op is _aten.unbind_copy.int:
        return list(range(shape[dim] + 1))
    sizes = argument(node, "split_sizes")
    return [0, *accumulate(sizes)] if all(isinstance(size, int) for size in sizes) else None


def _is_worthwhile(node: Any, shape: list[int], dim: int, starts: list[int]) -> bool:
    """Whether the parts can be taken from what a `cat` joins, or lie in the whole."""
    source: Any = node.args[0]
    if aten_op(source) is _aten.cat.default:
        return bool(argument(source, "dim") % len(shape) == dim)
    stride = math.prod(shape[dim + 1 :]) * value(source).dtype.itemsize
    return (
        source.op == "call_function"
        and not is_result(source)
        and all(size == 1 for size in shape[:dim])
        and all(start * stride % ALIGNMENT == 0 for start in starts[:-1])
    )


def _split(graph: fx.Graph, node: Any) -> bool:
    shape = static_shape(node.args[0])
    if shape is None or not value(node.args[0]).is_contiguous():
        return False
    if not all(
        user.target is operator.getitem and value(user).is_contiguous() for user in node.users
    ):
        return False
    dim = argument(node, "dim") % len(shape)
    starts = _starts(node, shape, dim)
    if starts is None or not _is_worthwhile(node, shape, dim, starts):
        return False
    for part in list(node.users):
        index = part.args[1]
        if aten_op(node) is _aten.unbind_copy.int:
            part.target = edge_op(_aten.select_copy.int)
            part.args = (node.args[0], dim, index)
        else:
            part.target = edge_op(_aten.slice_copy.Tensor)
            part.args = (node.args[0], dim, starts[index], starts[index + 1])
    graph.erase_node(node)
    return True


def divide_splits(program: ExportedProgram) -> bool:
    """Turns `split_with_sizes_copy` and `unbind_copy` into slices and selections, where these will
    not have to be computed.
    """
    changed = False
    for module in all_graph_modules(program.graph_module):
        for node in list(module.graph.nodes):
            if node.op == "call_function" and aten_op(node) in (
                _aten.split_with_sizes_copy.default,
                _aten.unbind_copy.int,
            ):
                changed |= _split(module.graph, node)
    return changed
