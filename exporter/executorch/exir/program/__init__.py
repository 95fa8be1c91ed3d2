# SPDX-License-Identifier: BSD-3-Clause
from executorch.exir.program._exir_exported_program import (
    ExecutorchProgram,
    ExirExportedProgram,
    _to_edge,
)
from executorch.exir.program._fake_program import get_fake_program
from executorch.exir.program._program import (
    EdgeProgramManager,
    ExecutorchProgramManager,
    edge_to_executorch_passes,
    to_edge,
    to_edge_transform_and_lower,
)

__all__ = [
    "EdgeProgramManager",
    "ExecutorchProgram",
    "ExecutorchProgramManager",
    "ExirExportedProgram",
    "_to_edge",
    "edge_to_executorch_passes",
    "get_fake_program",
    "to_edge",
    "to_edge_transform_and_lower",
]
