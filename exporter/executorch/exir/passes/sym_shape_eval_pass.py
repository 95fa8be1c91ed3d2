# SPDX-License-Identifier: BSD-3-Clause
"""Replaces symbolic sizes in tensor specs by numbers that memory can be planned with."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import fx
from torch._ops import OpOverload
from torch.utils import _pytree as pytree
from torch.utils._sympy.numbers import int_oo
from torch.utils._sympy.value_ranges import ValueRanges

from executorch.exir.dialects.edge._ops import EdgeOpOverload
from executorch.exir.graph_module import all_graph_modules, source_line
from executorch.exir.operator.convert import unwrap_op_overload
from executorch.exir.pass_base import PassBase, PassResult
from executorch.exir.tensor import Dim, TensorSpec, stride_from_dim_order


class UnboundedShapeError(RuntimeError):
    """Some dimension has no upper bound."""


def upper_bound(size: Dim) -> int:
    """The largest value that `size` can have; raises `UnboundedShapeError` if there is none."""
    if isinstance(size, int):
        return size
    bound = size.node.shape_env.bound_sympy(size.node.expr).upper
    # Symbols that the user left unbounded have a huge bound or an infinite one.
    if bound == int_oo or bound >= torch.iinfo(torch.int64).max - 1 or not bound.is_integer:
        raise UnboundedShapeError(str(size.node.expr))
    return int(bound)


def hint(size: Dim) -> int:
    """The value that `size` had with the example inputs; there is none if it depends on data."""
    if isinstance(size, int):
        return size
    value = size.node.hint
    if value is None:
        raise UnboundedShapeError(str(size.node.expr))
    return int(value)


def _largest_count(node: fx.Node) -> int | None:
    """How many elements a data-dependent operator finds at most; None for other nodes."""
    if not isinstance(node.target, (EdgeOpOverload, OpOverload)):
        return None
    op = unwrap_op_overload(node.target)
    if op not in (torch.ops.aten.nonzero.default, torch.ops.aten.masked_select.default):
        return None
    shapes = [[upper_bound(s) for s in n.meta["val"].shape] for n in node.all_input_nodes]
    return math.prod(torch.broadcast_shapes(*shapes))


def _bound_counts(graph_module: fx.GraphModule) -> None:
    """Gives sizes that depend on data their bounds.

    torch bounds the result of masked_select by the elements of its first argument, even where the
    mask repeats them, and does not bound that of one or two elements.
    """
    for module in all_graph_modules(graph_module):
        for node in module.graph.nodes:
            try:
                count = _largest_count(node)
            except UnboundedShapeError:
                continue
            if count is None:
                continue
            size = node.meta["val"].shape[0]
            if isinstance(size, torch.SymInt) and size.node.expr.is_symbol:
                ranges = size.node.shape_env.var_to_range
                ranges[size.node.expr] = ValueRanges(0, count)


def _evaluate(graph_module: fx.GraphModule, number_for: Callable[[Dim], int]) -> None:
    """Applies `number_for` to every symbolic size; raises one error that names every failure."""
    unbounded: list[str] = []
    for module in all_graph_modules(graph_module):
        for node in module.graph.nodes:
            if node.op == "output":
                continue
            for spec in pytree.tree_leaves(node.meta.get("spec")):
                if isinstance(spec, TensorSpec) and any(not isinstance(s, int) for s in spec.shape):
                    try:
                        spec.shape = [number_for(size) for size in spec.shape]
                        spec.stride = tuple(stride_from_dim_order(spec.shape, spec.dim_order))
                    except UnboundedShapeError as error:
                        unbounded.append(f"node '{node.name}': size {error}. {source_line(node)}")
    if unbounded:
        raise UnboundedShapeError(
            "These tensors have dimensions without an upper bound, so no memory can be planned for "
            "them. Give the dynamic dimensions a maximum, as in Dim('batch', max=8), or bound "
            "data-dependent sizes with torch._check:\n  " + "\n  ".join(unbounded)
        )


class ConstraintBasedSymShapeEvalPass(PassBase):
    """Plans for the largest shapes that the export's constraints allow."""

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        _bound_counts(graph_module)
        _evaluate(graph_module, upper_bound)
        return PassResult(graph_module, True)


class HintBasedSymShapeEvalPass(PassBase):
    """Plans for the shapes of the example inputs, which must then be the largest ones."""

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        _evaluate(graph_module, hint)
        return PassResult(graph_module, True)
