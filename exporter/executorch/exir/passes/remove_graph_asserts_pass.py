# SPDX-License-Identifier: BSD-3-Clause
"""Removes checks that were useful while tracing; at run time the program checks shapes itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import torch
from torch import fx

from executorch.exir.graph_module import all_graph_modules
from executorch.exir.operator.convert import torch_op
from executorch.exir.pass_base import PassBase, PassResult

_aten = torch.ops.aten

NON_CORE_ASSERTIONS: frozenset[Any] = frozenset(
    {
        _aten._assert_async.default,
        _aten._assert_async.msg,
        _aten._assert_scalar.default,
        _aten._assert_tensor_metadata.default,
        _aten._functional_assert_async.msg,
        _aten._functional_assert_scalar.default,
    }
)
ASSERTIONS: frozenset[Any] = NON_CORE_ASSERTIONS | {
    _aten.sym_constrain_range.default,
    _aten.sym_constrain_range_for_size.default,
}


def _remove(graph_module: fx.GraphModule, operators: Collection[Any]) -> PassResult:
    modified = False
    for module in all_graph_modules(graph_module):
        for node in reversed(module.graph.nodes):
            if node.op == "call_function" and torch_op(node.target) in operators and not node.users:
                module.graph.erase_node(node)
                modified = True
        if modified:
            module.graph.eliminate_dead_code()
            module.recompile()
    return PassResult(graph_module, modified)


class RemoveGraphAssertsPass(PassBase):
    """Removes all assertions, in place."""

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        return _remove(graph_module, ASSERTIONS)


class RemoveNonCoreAtenOpGraphAssertsPass(PassBase):
    """Removes the assertions that are not core ATen operators, in place."""

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        return _remove(graph_module, NON_CORE_ASSERTIONS)
