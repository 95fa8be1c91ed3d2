# SPDX-License-Identifier: BSD-3-Clause
"""Removes quantizations of what was just dequantized."""

from __future__ import annotations

from torch import fx

from executorch.exir.graph_module import all_graph_modules
from executorch.exir.operator.convert import torch_op
from executorch.exir.pass_base import PassBase, PassResult
from executorch.exir.passes.quantized_ops import DEQUANTIZE_OPS
from executorch.exir.passes.remove_noop_pass import eliminate_dq_q


class FoldRedundantDequantizeQuantizePass(PassBase):
    """Replaces `quantize(dequantize(x))` by `x`, in place, where the parameters are the same."""

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        modified = False
        for module in all_graph_modules(graph_module):
            before = len(module.graph.nodes)
            eliminate_dq_q(
                module, [n for n in module.graph.nodes if torch_op(n.target) in DEQUANTIZE_OPS]
            )
            module.graph.eliminate_dead_code()
            if len(module.graph.nodes) != before:
                modified = True
                module.recompile()
        return PassResult(graph_module, modified)
