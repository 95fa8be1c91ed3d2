# SPDX-License-Identifier: BSD-3-Clause
"""Expresses arithmetic on sizes by the operators that the runtime has for it."""

from __future__ import annotations

from torch import fx

from executorch.exir.graph_module import all_graph_modules
from executorch.exir.pass_base import PassBase, PassResult
from executorch.exir.passes.executorch_prim_ops_registry import (
    _PYTHON_SYM_OPS_TO_EXECUTORCH_SYM_OPS,
)


class EdgeToBackendOpsPass(PassBase):
    """Replaces Python functions on numbers by operators of `executorch_prim`, in place."""

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        for module in all_graph_modules(graph_module):
            for node in module.graph.nodes:
                if node.op == "call_function":
                    target = node.target
                    node.target = _PYTHON_SYM_OPS_TO_EXECUTORCH_SYM_OPS.get(target, target)
            module.recompile()
        return PassResult(graph_module, True)
