# SPDX-License-Identifier: BSD-3-Clause
"""What the first interface, `capture`, answers: a program, which each stage turns into another."""

from __future__ import annotations

import os
from io import BufferedIOBase
from typing import Any

from torch import fx
from torch.export import ExportedProgram

from executorch.exir.capture._config import EdgeCompileConfig, ExecutorchBackendConfig
from executorch.exir.pass_base import PassType
from executorch.exir.program._program import (
    EdgeProgramManager,
    ExecutorchProgramManager,
    _to_edge_program,
    _transform,
)
from executorch.exir.schema import Program


class ExirExportedProgram:
    """A captured program or, if `after_to_edge_passes`, an edge program."""

    def __init__(
        self,
        exported_program: ExportedProgram,
        after_to_edge_passes: bool,
        compile_config: EdgeCompileConfig | None = None,
    ) -> None:
        self.exported_program = exported_program
        self.after_to_edge_passes = after_to_edge_passes
        self.compile_config = compile_config

    def transform(self, *passes: PassType) -> ExirExportedProgram:
        """Applies passes to a copy."""
        program = _transform(self.exported_program, *passes)
        return ExirExportedProgram(program, self.after_to_edge_passes, self.compile_config)

    def to_edge(self, config: EdgeCompileConfig | None = None) -> ExirExportedProgram:
        """The edge program; see `executorch.exir.to_edge`."""
        config = config or EdgeCompileConfig()
        return ExirExportedProgram(_to_edge_program(self.exported_program, config), True, config)

    def to_executorch(self, config: ExecutorchBackendConfig | None = None) -> ExecutorchProgram:
        """The program that can be written to a file; only of an edge program."""
        if not self.after_to_edge_passes:
            raise RuntimeError("to_edge() must come before to_executorch()")
        manager = EdgeProgramManager(self.exported_program, None, self.compile_config)
        return ExecutorchProgram._of(manager.to_executorch(config))

    def dump(self) -> None:
        """Prints the program."""
        print(self.exported_program)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.exported_program.module()(*args, **kwargs)


class ExecutorchProgram:
    """One planned method, ready to be written to a `.pte` file."""

    def __init__(
        self,
        exir_exported_program: ExirExportedProgram,
        emit_stacktrace: bool,
        extract_delegate_segments: bool,
        segment_alignment: int,
        constant_tensor_alignment: int | None = None,
        delegate_alignment: int | None = None,
    ) -> None:
        config = ExecutorchBackendConfig(
            emit_stacktrace=emit_stacktrace,
            extract_delegate_segments=extract_delegate_segments,
            segment_alignment=segment_alignment,
            constant_tensor_alignment=constant_tensor_alignment,
            delegate_alignment=delegate_alignment,
        )
        program = exir_exported_program.exported_program
        self._manager = ExecutorchProgramManager({"forward": program}, None, config)

    @classmethod
    def _of(cls, manager: ExecutorchProgramManager) -> ExecutorchProgram:
        program = cls.__new__(cls)
        program._manager = manager
        return program

    @property
    def program(self) -> Program:
        """The program as plain data."""
        return self._manager.executorch_program

    @property
    def buffer(self) -> bytes:
        """The whole `.pte` file."""
        return self._manager.buffer

    @property
    def data_files(self) -> dict[str, bytes]:
        """The `.ptd` files by name."""
        return {name: bytes(data) for name, data in self._manager._files[1].items()}

    @property
    def debug_handle_map(self) -> dict[int, int | list[int]]:
        return self._manager.debug_handle_map["forward"]

    @property
    def delegate_map(self) -> dict[str, dict[int, dict[str, Any]]]:
        return self._manager.delegate_map

    @property
    def instruction_id_to_num_outs_map(self) -> dict[str, dict[int, int]]:
        return self._manager.instruction_id_to_num_outs_map

    @property
    def graph_module(self) -> fx.GraphModule:
        return self._manager.exported_program().graph_module

    def dump_graph_module(self) -> fx.GraphModule:
        return self.graph_module

    def dump_exported_program(self) -> ExportedProgram:
        return self._manager.exported_program()

    def write_to_file(self, open_file: BufferedIOBase) -> None:
        self._manager.write_to_file(open_file)

    def write_tensor_data_to_file(self, outdir: str | os.PathLike[str]) -> None:
        self._manager.write_tensor_data_to_file(outdir)


def _to_edge(ep: ExirExportedProgram, config: EdgeCompileConfig) -> ExirExportedProgram:
    return ep.to_edge(config)
