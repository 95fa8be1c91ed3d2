# SPDX-License-Identifier: BSD-3-Clause
"""Decides which constants are written to data files of their own (`.ptd`)."""

from __future__ import annotations

from collections.abc import Callable

from torch import fx
from torch.export import ExportedProgram

from executorch.exir.constants import constant_values

DEFAULT_FILE = "_default_external_constant"
"""Name, without extension, of the file for constants that weren't assigned to another one."""


def external_constants_pass(
    exported_program: ExportedProgram, file_of: bool | Callable[[fx.Node], str | None]
) -> None:
    """Notes, in `meta["constant_tag"]` of each constant, the file that it goes to.

    file_of: whether all constants go to `DEFAULT_FILE`, or names a file for a constant's node; None
        leaves the constant in the program.
    """
    known = constant_values(exported_program)
    for node in exported_program.graph.find_nodes(op="placeholder"):
        if node.name in known:
            tag = file_of(node) if callable(file_of) else DEFAULT_FILE if file_of else None
            if tag is not None:
                node.meta["constant_tag"] = tag
