# SPDX-License-Identifier: BSD-3-Clause
"""Programs whose state belongs to the module instead of being passed in."""

from __future__ import annotations

from torch import fx
from torch.export import ExportedProgram


def unlift_exported_program_lifted_states(ep: ExportedProgram) -> fx.GraphModule:
    """A module that owns the parameters and buffers of `ep` and updates them when it is called."""
    return ep.module()
