# SPDX-License-Identifier: BSD-3-Clause
"""Removes parameters and buffers that no node uses."""

from __future__ import annotations

from torch.export import ExportedProgram

from executorch.exir.constants import remove_unused_constants


def remove_unused_parameters_pass(ep: ExportedProgram) -> ExportedProgram:
    """Removes, in place, unused parameters, buffers and constants, and their data."""
    remove_unused_constants(ep)
    used = {spec.target for spec in ep.graph_signature.input_specs}
    ep._state_dict = {name: value for name, value in ep.state_dict.items() if name in used}
    ep._constants = {name: value for name, value in ep.constants.items() if name in used}
    ep.graph_module.recompile()
    return ep
