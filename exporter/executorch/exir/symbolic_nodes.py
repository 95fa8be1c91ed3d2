# SPDX-License-Identifier: BSD-3-Clause
"""Nodes for the symbolic numbers, mostly sizes, that come up while a graph is rewritten."""

from __future__ import annotations

from typing import Any

import sympy
import torch
from torch import fx
from torch.fx.proxy import GraphAppendingTracer
from torch.utils import _pytree as pytree
from torch.utils._sympy.interp import sympy_interp
from torch.utils._sympy.reference import PythonReferenceAnalysis

Symbolic = torch.SymInt | torch.SymFloat | torch.SymBool
_SYMBOLIC = (torch.SymInt, torch.SymFloat, torch.SymBool)


class SymbolicNodes:
    """Finds, or appends to a graph, the node for a symbolic number.

    It knows what it was told about: nodes that yield symbolic numbers, and nodes that yield tensors
    whose sizes are symbols.
    """

    def __init__(self, graph: fx.Graph) -> None:
        self._graph = graph
        self._tracer = GraphAppendingTracer(graph)
        self._nodes: dict[sympy.Expr, fx.Node] = {}
        # For each symbol, a tensor and the dimension that has this size.
        self._sources: dict[sympy.Expr, tuple[fx.Node, int]] = {}

    def note(self, node: fx.Node) -> None:
        """Tells about `node`, by its `meta["val"]`."""
        value = node.meta.get("val")
        if isinstance(value, _SYMBOLIC):
            self._nodes.setdefault(value.node.expr, node)
        elif isinstance(value, torch.Tensor):
            for dim, size in enumerate(value.shape):
                if isinstance(size, torch.SymInt) and size.node.expr.is_symbol:
                    self._sources.setdefault(size.node.expr, (node, dim))

    def node_of(self, value: Symbolic) -> Any:
        """The node for `value`, or a number if it has turned out to be constant.

        Raises KeyError if there is no way to compute it from what is known.
        """
        expr = value.node.expr
        if expr.is_number:
            return value.node.pytype(expr)
        if expr not in self._nodes:
            if expr.is_symbol:
                self._add_size(expr)
            else:
                symbols = {s: self._proxy(s) for s in expr.free_symbols}
                self._nodes[expr] = sympy_interp(PythonReferenceAnalysis, symbols, expr).node
                self._set_values(self._nodes[expr])
        return self._nodes[expr]

    def _add_size(self, symbol: sympy.Expr) -> None:
        tensor, dim = self._sources[symbol]
        node = self._graph.call_function(torch.ops.aten.sym_size.int, (tensor, dim))
        node.meta["val"] = tensor.meta["val"].shape[dim]
        self._nodes[symbol] = node

    def _proxy(self, symbol: sympy.Expr) -> fx.Proxy:
        if symbol not in self._nodes:
            self._add_size(symbol)
        return fx.Proxy(self._nodes[symbol], self._tracer)

    def _set_values(self, node: fx.Node) -> None:
        """Sets `meta["val"]` of a new node and of those that it is computed from."""
        for source in node.all_input_nodes:
            if "val" not in source.meta:
                self._set_values(source)
        args, kwargs = pytree.tree_map_only(
            fx.Node, lambda n: n.meta["val"], (node.args, node.kwargs)
        )
        node.meta["val"] = node.target(*args, **kwargs)  # type: ignore[operator]
