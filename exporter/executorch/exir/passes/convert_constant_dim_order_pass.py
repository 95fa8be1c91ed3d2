# SPDX-License-Identifier: BSD-3-Clause
"""Stores constants in contiguous order."""

from __future__ import annotations

import torch
from torch.export import ExportedProgram

from executorch.exir.constants import constant_values


def convert_constant_dim_order_pass(exported_program: ExportedProgram) -> ExportedProgram:
    """Replaces, in place, constants in another order, e.g. channels last, by contiguous copies."""
    known = constant_values(exported_program)
    nodes = {n.name: n for n in exported_program.graph.find_nodes(op="placeholder")}
    for spec in exported_program.graph_signature.input_specs:
        value = known.get(spec.arg.name)
        if value is None or value.is_contiguous() or spec.target is None:
            continue
        dense = value.detach().contiguous()
        if isinstance(value, torch.nn.Parameter):
            dense = torch.nn.Parameter(dense, value.requires_grad)
        state = exported_program.state_dict
        (state if spec.target in state else exported_program.constants)[spec.target] = dense
        node = nodes[spec.arg.name]
        node.meta["val"] = node.meta["val"].contiguous()
    return exported_program
