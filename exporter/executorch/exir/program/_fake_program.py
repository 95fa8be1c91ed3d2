# SPDX-License-Identifier: BSD-3-Clause
"""Programs without the data of their parameters."""

from __future__ import annotations

import copy

import torch
from torch._guards import detect_fake_mode
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.export import ExportedProgram
from torch.utils import _pytree as pytree

from executorch.exir.copy_program import copy_program


def get_fake_program(real_exported_program: ExportedProgram) -> ExportedProgram:
    """A program whose parameters, buffers and constants are fake tensors."""
    values = [n.meta.get("val") for n in real_exported_program.graph.find_nodes(op="placeholder")]
    mode = detect_fake_mode(values) or FakeTensorMode(allow_non_fake_inputs=True)
    result = copy_program(real_exported_program)

    def fake(value: torch.Tensor) -> torch.Tensor:
        return mode.from_tensor(value, static_shapes=True)

    result._state_dict = pytree.tree_map_only(torch.Tensor, fake, dict(result.state_dict))
    result._constants = pytree.tree_map_only(torch.Tensor, fake, dict(result.constants))
    return result


def update_to_real_program(
    fake_exported_program: ExportedProgram, real_exported_program: ExportedProgram
) -> None:
    """Gives a fake program, in place, the data of the program that it was made of."""
    fake_exported_program._state_dict = copy.copy(real_exported_program.state_dict)
    fake_exported_program._constants = copy.copy(real_exported_program.constants)
