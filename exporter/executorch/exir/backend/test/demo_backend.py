# SPDX-License-Identifier: BSD-3-Clause
"""A backend that compiles everything to the same bytes."""

from __future__ import annotations

from torch.export import ExportedProgram

from executorch.exir.backend.backend_details import BackendDetails, PreprocessResult
from executorch.exir.backend.compile_spec_schema import CompileSpec


class DemoBackend(BackendDetails):
    """The least that a backend can be."""

    @staticmethod
    def preprocess(
        edge_program: ExportedProgram, compile_specs: list[CompileSpec]
    ) -> PreprocessResult:
        return PreprocessResult(processed_bytes=b"imqnncompiled")
