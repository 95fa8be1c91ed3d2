# SPDX-License-Identifier: BSD-3-Clause
"""A backend whose payload is itself a program, for another executor to run."""

from __future__ import annotations

from torch.export import ExportedProgram

from executorch.exir.backend.backend_details import BackendDetails, PreprocessResult
from executorch.exir.backend.compile_spec_schema import CompileSpec


class ExecutorBackend(BackendDetails):
    """Compiles a partition, which may call other backends, to a `.pte` file."""

    @staticmethod
    def preprocess(
        edge_program: ExportedProgram, compile_specs: list[CompileSpec]
    ) -> PreprocessResult:
        # A program is made of edge programs, so the import can only be here.
        from executorch.exir.program._program import EdgeProgramManager

        manager = EdgeProgramManager(edge_program).to_executorch()
        return PreprocessResult(processed_bytes=manager.buffer)
