# SPDX-License-Identifier: BSD-3-Clause
"""What a backend implements ahead of time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch.export import ExportedProgram

from executorch.exir._serialize._named_data_store import NamedDataStoreOutput
from executorch.exir.backend.compile_spec_schema import CompileSpec


@dataclass
class PreprocessResult:
    """What `preprocess` makes of a partition.

    processed_bytes: handed to the backend at run time.
    debug_handle_map: from the backend's own identifiers to those of the program's nodes.
    data_store_output: named data that several partitions may share.
    """

    processed_bytes: bytes = b""
    debug_handle_map: Mapping[int, tuple[int, ...]] | Mapping[str, tuple[int, ...]] | None = None
    data_store_output: NamedDataStoreOutput | None = None
    _delegate_info_meta: Any | None = None


class BackendDetails(ABC):
    """Base of backends; a subclass's name is the id under which it is found at run time."""

    @staticmethod
    @abstractmethod
    def preprocess(
        edge_program: ExportedProgram, compile_specs: list[CompileSpec]
    ) -> PreprocessResult:
        """Compiles one partition."""

    @classmethod
    def preprocess_multimethod(
        cls,
        edge_programs: dict[str, list[ExportedProgram]],
        compile_specs: dict[str, list[list[CompileSpec]]],
    ) -> dict[str, list[PreprocessResult]]:
        """Compiles the partitions of all methods at once; by default one by one."""
        return {
            method: [
                cls.preprocess(program, specs)
                for program, specs in zip(programs, compile_specs[method])
            ]
            for method, programs in edge_programs.items()
        }
