# SPDX-License-Identifier: BSD-3-Clause
"""Conversion between `memory_format` arguments and explicit dim orders."""

from __future__ import annotations

from typing import Any

import torch
from torch import fx

import executorch.exir.passes.dim_order_ops_registry  # noqa: F401  (defines the operators)
from executorch.exir.dialects.edge._ops import EdgeOpOverload, edge_op
from executorch.exir.dim_order_utils import get_memory_format, is_contiguous_dim_order
from executorch.exir.graph_module import all_graph_modules
from executorch.exir.operator.convert import unwrap_op_overload
from executorch.exir.pass_base import PassBase, PassResult
from executorch.exir.tensor import dim_order_from_stride

_TO_DIM_ORDER = {
    torch.ops.aten._to_copy.default: torch.ops.dim_order_ops._to_dim_order_copy.default,
    torch.ops.aten.clone.default: torch.ops.dim_order_ops._clone_dim_order.default,
    torch.ops.aten.empty.memory_format: torch.ops.dim_order_ops._empty_dim_order.default,
}
_TO_MEMORY_FORMAT = {dim_order_op: op for op, dim_order_op in _TO_DIM_ORDER.items()}


def _is_convertible(node: fx.Node, targets: dict[Any, Any]) -> bool:
    target = node.target
    op = target._op if isinstance(target, EdgeOpOverload) else target
    return node.op == "call_function" and op in targets


def _retarget(node: fx.Node, op: Any) -> None:
    node.target = edge_op(op) if isinstance(node.target, EdgeOpOverload) else op


def convert_memory_format_op(node: fx.Node) -> bool:
    """Makes `node` state the dim order of its result, if it is an operator with a memory format.

    The order is that of `node.meta["val"]`. Answers whether it did anything.
    """
    if not _is_convertible(node, _TO_DIM_ORDER):
        return False
    _retarget(node, _TO_DIM_ORDER[unwrap_op_overload(node.target)])
    kwargs = {k: v for k, v in node.kwargs.items() if k != "memory_format"}
    kwargs["dim_order"] = list(dim_order_of(node.meta["val"]))
    node.kwargs = kwargs
    return True


def dim_order_of(tensor: torch.Tensor) -> tuple[int, ...]:
    """The dim order of `tensor`; ambiguous strides count as contiguous where they can."""
    if is_contiguous_dim_order(tensor):
        return tuple(range(tensor.dim()))
    return dim_order_from_stride(tensor.stride())


def revert_dim_order_op(node: fx.Node) -> bool:
    """The inverse of `convert_memory_format_op`."""
    if not _is_convertible(node, _TO_MEMORY_FORMAT):
        return False
    _retarget(node, _TO_MEMORY_FORMAT[unwrap_op_overload(node.target)])
    kwargs: dict[str, Any] = dict(node.kwargs)
    kwargs["memory_format"] = get_memory_format(kwargs.pop("dim_order", None))
    node.kwargs = kwargs
    return True


class _NodePass(PassBase):
    """Applies a function to every node of a graph and its submodules, in place."""

    rewrite: Any

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        modified = False
        for module in all_graph_modules(graph_module):
            changes = [type(self).rewrite(node) for node in module.graph.nodes]
            if any(changes):
                module.recompile()
                modified = True
        return PassResult(graph_module, modified)


class MemoryFormatOpsPass(_NodePass):
    """Replaces operators with a memory format by those of `dim_order_ops`."""

    rewrite = staticmethod(convert_memory_format_op)


class DimOrderOpsRevertPass(_NodePass):
    """Replaces the operators of `dim_order_ops` by those with a memory format."""

    rewrite = staticmethod(revert_dim_order_op)
