# SPDX-License-Identifier: BSD-3-Clause
"""Limits that follow each other."""

from __future__ import annotations

from typing import Any

import torch
from torch import fx
from torch.export import ExportedProgram

from executorch.exir.graph_module import all_graph_modules
from executorch.exir.passes.optimize.nodes import argument, aten_op, same_tensor_type

_clamp = torch.ops.aten.clamp.default


def _merge(node: Any) -> bool:
    source = node.args[0]
    if aten_op(node) is not _clamp or aten_op(source) is not _clamp or len(source.users) != 1:
        return False
    if not same_tensor_type(node, source) or not same_tensor_type(source, source.args[0]):
        return False
    low, high = argument(source, "min"), argument(source, "max")
    # First a lower limit, then an upper one: clamp itself works in this order.
    if high is not None or argument(node, "min") is not None:
        return False
    node.args, node.kwargs = (source.args[0], low, argument(node, "max")), {}
    return True


def merge_clamps(program: ExportedProgram) -> bool:
    """A `clamp` from below, then one from above (as in hardswish) become one `clamp`."""
    changed = False
    for module in all_graph_modules(program.graph_module):
        for node in list(module.graph.nodes):
            if node.op == "call_function" and node.args and isinstance(node.args[0], fx.Node):
                changed |= _merge(node)
        module.graph.eliminate_dead_code()
    return changed
