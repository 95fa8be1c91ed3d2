# SPDX-License-Identifier: BSD-3-Clause
"""Operators that only move data: without effect, or one after another."""

from __future__ import annotations

from typing import Any

import torch
from torch import fx
from torch.export import ExportedProgram

from executorch.exir.graph_module import all_graph_modules
from executorch.exir.passes.optimize.nodes import (
    aten_op,
    replace,
    retarget,
    same_sizes,
    same_tensor_type,
    static_shape,
    value,
)

_aten = torch.ops.aten

_VIEWS = {
    _aten.view_copy.default,
    _aten.squeeze_copy.default,
    _aten.squeeze_copy.dim,
    _aten.squeeze_copy.dims,
    _aten.unsqueeze_copy.default,
}

# Operators whose result is their input if it has the input's type.
_MAYBE_NOTHING = {
    *_VIEWS,
    _aten._to_copy.default,
    _aten.clone.default,
    _aten.expand_copy.default,
    _aten.slice_copy.Tensor,
}


def _permutation(node: Any) -> list[int] | None:
    """The `dims` that `permute_copy` would have for `node`; None if it is no permutation."""
    op, rank = aten_op(node), value(node).dim() if "val" in node.meta else 0
    if op is _aten.permute_copy.default:
        return [dim % rank for dim in node.args[1]]
    if op is _aten.transpose_copy.int:
        dims = list(range(rank))
        a, b = node.args[1] % rank, node.args[2] % rank
        dims[a], dims[b] = dims[b], dims[a]
        return dims
    if op is _aten.t_copy.default:
        return list(reversed(range(rank)))
    return None


def _does_nothing(node: fx.Node) -> bool:
    op = aten_op(node)
    if op is None or not node.args or not isinstance(node.args[0], fx.Node):
        return False
    if not isinstance(node.meta.get("val"), torch.Tensor):
        return False
    is_copy = op in _MAYBE_NOTHING or op.namespace == "dim_order_ops"
    if is_copy and op._schema.name != "dim_order_ops::_empty_dim_order":
        return same_tensor_type(node, node.args[0])
    dims = _permutation(node)
    return dims is not None and dims == sorted(dims) and same_tensor_type(node, node.args[0])


def remove_no_ops(program: ExportedProgram) -> bool:
    """Removes copies, casts, views, slices and permutations whose result is their input."""
    changed = False
    for module in all_graph_modules(program.graph_module):
        for node in list(module.graph.nodes):
            if node.op == "call_function" and _does_nothing(node):
                changed |= replace(module.graph, node, node.args[0])
    return changed


def _merge_permutations(node: Any) -> bool:
    dims = _permutation(node)
    inner = None if dims is None else _permutation(node.args[0])
    if dims is None or inner is None:
        return False
    retarget(node, _aten.permute_copy.default, node.args[0].args[0], [inner[d] for d in dims])
    return True


def _is_contiguous(node: Any) -> bool:
    return value(node).is_contiguous()


def _permutation_to_view(node: Any) -> bool:
    """A permutation that moves only dimensions of size 1 leaves all elements where they are."""
    dims = _permutation(node)
    shape = None if dims is None else static_shape(node.args[0])
    if dims is None or shape is None:
        return False
    moved = [dim for dim in dims if shape[dim] != 1]
    if moved != sorted(moved) or not (_is_contiguous(node) and _is_contiguous(node.args[0])):
        return False
    retarget(node, _aten.view_copy.default, node.args[0], static_shape(node))
    return True


def _merge_views(node: Any) -> bool:
    source = node.args[0] if node.args else None
    if aten_op(node) not in _VIEWS or not isinstance(source, fx.Node):
        return False
    if aten_op(source) not in _VIEWS or not isinstance(source.args[0], fx.Node):
        return False
    size = static_shape(node)
    if size is None:
        if aten_op(node) is not _aten.view_copy.default:
            return False
        size = node.args[1]
    if not all(map(_is_contiguous, (node, source, source.args[0]))):
        return False
    retarget(node, _aten.view_copy.default, source.args[0], size)
    return True


def _merge_casts(node: Any) -> bool:
    """A copy of a copy of the same type; a cast that may lose something stays."""
    source = node.args[0] if node.args else None
    if aten_op(node) is not _aten.clone.default or not isinstance(source, fx.Node):
        return False
    if aten_op(source) is not _aten.clone.default or not same_sizes(
        value(node).stride(), value(source).stride()
    ):
        return False
    node.args = (source.args[0], *node.args[1:])
    return True


def merge_movements(program: ExportedProgram) -> bool:
    """Replaces chains of views, of permutations and of copies by one, or by none."""
    changed = False
    for module in all_graph_modules(program.graph_module):
        for node in list(module.graph.nodes):
            if node.op == "call_function" and isinstance(node.meta.get("val"), torch.Tensor):
                changed |= (
                    _merge_permutations(node)
                    or _permutation_to_view(node)
                    or _merge_views(node)
                    or _merge_casts(node)
                )
        module.graph.eliminate_dead_code()
    return changed
