# SPDX-License-Identifier: BSD-3-Clause
"""Boolean masks of attention as numbers to add, computed once for all layers."""

from __future__ import annotations

import math

import torch
from torch import fx
from torch.export import ExportedProgram

from executorch.exir.copy_program import copy_program

_SDPA = torch.ops.aten.scaled_dot_product_attention.default
_MASK = 3


def _bool_masks(program: ExportedProgram) -> dict[fx.Node, list[fx.Node]]:
    """The attentions that use each mask that is computed."""
    masks: dict[fx.Node, list[fx.Node]] = {}
    for node in program.graph.find_nodes(op="call_function", target=_SDPA):
        mask = node.args[_MASK] if len(node.args) > _MASK else node.kwargs.get("attn_mask")
        if isinstance(mask, fx.Node) and mask.meta["val"].dtype == torch.bool:
            masks.setdefault(mask, []).append(node)
    return masks


def float_attention_masks(program: ExportedProgram) -> ExportedProgram:
    """Replaces bool masks by 0 where something may be seen and minus infinity elsewhere."""
    if not _bool_masks(program):
        return program
    program = copy_program(program)
    graph = program.graph
    for mask, attentions in _bool_masks(program).items():
        dtype = attentions[0].args[0].meta["val"].dtype
        fake = mask.meta["val"]
        with graph.inserting_after(mask):
            hidden = graph.call_function(torch.ops.aten.logical_not.default, (mask,))
        with graph.inserting_after(hidden):
            zero = graph.call_function(torch.ops.aten.zeros_like.default, (mask,), {"dtype": dtype})
        with graph.inserting_after(zero):
            number = graph.call_function(
                torch.ops.aten.masked_fill.Scalar, (zero, hidden, -math.inf)
            )
        with fake.fake_mode:
            hidden.meta = {**mask.meta, "val": torch.logical_not(fake)}
            zero.meta = {**mask.meta, "val": torch.zeros_like(fake, dtype=dtype)}
            number.meta = {**mask.meta, "val": torch.zeros_like(fake, dtype=dtype)}
        for node in attentions:
            node.replace_input_with(mask, number)
    program.graph_module.recompile()
    return program
