# SPDX-License-Identifier: BSD-3-Clause
"""ETRecord: the programs of an export and the maps between them and the instructions.

The file is a ZIP archive; `ETRecordReservedFileNames` are its members, and a program consists of
the four parts of `executorch.exir.serde.artifact`.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from enum import Enum
from typing import IO, Any, BinaryIO
from zipfile import BadZipFile, ZipFile

import torch
from torch.export import ExportedProgram

from executorch.devtools.bundled_program.config import ConfigValue
from executorch.devtools.bundled_program.core import BundledProgram
from executorch.exir.program._exir_exported_program import ExecutorchProgram, ExirExportedProgram
from executorch.exir.program._program import EdgeProgramManager, ExecutorchProgramManager
from executorch.exir.serde import artifact

ProgramInput = ExportedProgram | ExirExportedProgram | EdgeProgramManager
ExecutorchInput = ExecutorchProgram | ExecutorchProgramManager | BundledProgram
Path = str | os.PathLike[str] | BinaryIO | IO[bytes]

_PARTS = {
    "": "exported_program",
    "_state_dict": "state_dict",
    "_constants": "constants",
    "_example_inputs": "example_inputs",
}
"""The parts of a program, by what is appended to its name."""


class ETRecordReservedFileNames(str, Enum):
    """Members of the archive that no recorded module may be called."""

    ETRECORD_IDENTIFIER = "ETRECORD_V0"
    EXPORTED_PROGRAM = "exported_program"
    EXPORT_GRAPH_ID = "export_graph_id"
    EDGE_DIALECT_EXPORTED_PROGRAM = "edge_dialect_exported_program"
    ET_DIALECT_GRAPH_MODULE = "et_dialect_graph_module"
    DEBUG_HANDLE_MAP_NAME = "debug_handle_map"
    DELEGATE_MAP_NAME = "delegate_map"
    INSTRUCTION_ID_TO_NUM_OUTS_MAP_NAME = "instruction_id_to_num_outs_map"
    REFERENCE_OUTPUTS = "reference_outputs"
    REPRESENTATIVE_INPUTS = "representative_inputs"


_Names = ETRecordReservedFileNames


class ETRecord:
    """What is known of an export.

    Attributes:
        exported_program: The captured program, or None.
        export_graph_id: Identifies its graph as an ancestor of the nodes of later ones.
        edge_dialect_program: The edge program; by method name if there are several or its name is
            not "forward".
        graph_map: Further recorded programs by "module/method".
    """

    def __init__(
        self,
        exported_program: ExportedProgram | None = None,
        export_graph_id: int | None = None,
        edge_dialect_program: ExportedProgram | dict[str, ExportedProgram] | None = None,
        graph_map: dict[str, ExportedProgram] | None = None,
        _debug_handle_map: dict[str, Any] | None = None,
        _delegate_map: dict[str, Any] | None = None,
        _instruction_id_to_num_outs_map: dict[str, Any] | None = None,
        _reference_outputs: dict[str, list[torch.Tensor]] | None = None,
        _representative_inputs: list[ConfigValue] | None = None,
    ) -> None:
        """_debug_handle_map: by method and instruction, the debug handles of its nodes.
        _delegate_map: by method and instruction, name and debug handles of a backend's.
        _instruction_id_to_num_outs_map: by method and instruction, how many outputs it has.
        _reference_outputs: by method, the outputs that its test cases expect.
        _representative_inputs: of the first test case of "forward".
        """
        self.exported_program = exported_program
        self.export_graph_id = export_graph_id
        self.edge_dialect_program = edge_dialect_program
        self.graph_map = graph_map
        self._debug_handle_map = _debug_handle_map
        self._delegate_map = _delegate_map
        self._instruction_id_to_num_outs_map = _instruction_id_to_num_outs_map
        self._reference_outputs = _reference_outputs
        self._representative_inputs = _representative_inputs

    def copy(self) -> ETRecord:
        """A record with the same programs, to which others can be added."""
        result = ETRecord()
        result.__dict__.update(self.__dict__)
        if self.graph_map is not None:
            result.graph_map = dict(self.graph_map)
        return result

    def save(self, path: Path) -> None:
        """Writes the record. RuntimeError unless it has an edge and an executorch program."""
        if self.edge_dialect_program is None or not self._debug_handle_map:
            raise RuntimeError(
                "ETRecord must contain edge dialect program and executorch program to be saved"
            )
        with ZipFile(path, "w") as file:
            file.writestr(_Names.ETRECORD_IDENTIFIER.value, "")
            if self.exported_program is not None:
                _write_program(file, _Names.EXPORTED_PROGRAM.value, self.exported_program)
            for name, program in _by_method(self.edge_dialect_program).items():
                _write_program(
                    file, f"{_Names.EDGE_DIALECT_EXPORTED_PROGRAM.value}/{name}", program
                )
            for name, program in (self.graph_map or {}).items():
                _write_program(file, name, program)
            for member, content in (
                (_Names.DEBUG_HANDLE_MAP_NAME, self._debug_handle_map),
                (_Names.DELEGATE_MAP_NAME, self._delegate_map),
                (_Names.INSTRUCTION_ID_TO_NUM_OUTS_MAP_NAME, self._instruction_id_to_num_outs_map),
                (_Names.EXPORT_GRAPH_ID, self.export_graph_id),
            ):
                if content is not None:
                    file.writestr(member.value, json.dumps(content))
            for member, values in (
                (_Names.REFERENCE_OUTPUTS, self._reference_outputs),
                (_Names.REPRESENTATIVE_INPUTS, self._representative_inputs),
            ):
                if values is not None:
                    buffer = io.BytesIO()
                    torch.save(values, buffer)
                    file.writestr(member.value, buffer.getvalue())

    def add_exported_program(
        self, exported_program: ExportedProgram | dict[str, ExportedProgram] | None
    ) -> None:
        """Records the captured program; of several, that of "forward". It can't be replaced."""
        if self.exported_program is not None or self.export_graph_id is not None:
            raise RuntimeError(
                "Exported program already exists in the ETRecord. "
                "Cannot add exported program when it already exists."
            )
        self.exported_program, self.export_graph_id = _process_exported_program(exported_program)

    def add_edge_dialect_program(
        self, edge_dialect_program: EdgeProgramManager | ExirExportedProgram
    ) -> None:
        """Records a copy of the edge program. It can't be replaced."""
        if self.edge_dialect_program is not None:
            raise RuntimeError(
                "Edge dialect program already exists in the ETRecord. "
                "Cannot add edge dialect program when it already exists."
            )
        self.edge_dialect_program = _process_edge_dialect_program(edge_dialect_program)

    def add_executorch_program(self, executorch_program: ExecutorchInput) -> None:
        """Records the maps of the emitted program; with the test cases of a bundled one."""
        if (
            self._debug_handle_map is not None
            or self._delegate_map is not None
            or self._instruction_id_to_num_outs_map is not None
            or self._reference_outputs is not None
            or self._representative_inputs is not None
        ):
            raise RuntimeError(
                "Executorch program data already exists in the ETRecord. "
                "Cannot add executorch program data when it already exists."
            )
        (
            self._debug_handle_map,
            self._delegate_map,
            self._instruction_id_to_num_outs_map,
            self._reference_outputs,
            self._representative_inputs,
        ) = _process_executorch_program(executorch_program)

    def add_extra_export_modules(
        self, extra_recorded_export_modules: Mapping[str, ProgramInput]
    ) -> None:
        """Records further programs, by names of the caller's."""
        graph_map = {} if self.graph_map is None else self.graph_map
        for name, module in extra_recorded_export_modules.items():
            _validate_module_name(name)
            _add_module_to_graph_map(graph_map, name, module)
        self.graph_map = graph_map

    def update_representative_inputs(
        self, representative_inputs: list[ConfigValue] | BundledProgram
    ) -> None:
        """Replaces the inputs for which intermediate values are compared."""
        self._representative_inputs = (
            _get_representative_inputs(representative_inputs)
            if isinstance(representative_inputs, BundledProgram)
            else representative_inputs
        )

    def update_reference_outputs(
        self,
        reference_outputs: dict[str, list[torch.Tensor]] | list[torch.Tensor] | BundledProgram,
    ) -> None:
        """Replaces the expected outputs: by method name, or of "forward"."""
        if isinstance(reference_outputs, BundledProgram):
            self._reference_outputs = _get_reference_outputs(reference_outputs)
        elif isinstance(reference_outputs, dict):
            self._reference_outputs = reference_outputs
        else:
            self._reference_outputs = {"forward": reference_outputs}


def generate_etrecord(
    et_record: Path,
    edge_dialect_program: EdgeProgramManager | ExirExportedProgram,
    executorch_program: ExecutorchInput,
    exported_program: ExportedProgram | dict[str, ExportedProgram] | None = None,
    extra_recorded_export_modules: Mapping[str, ProgramInput] | None = None,
) -> None:
    """Writes a record of an export.

    Args:
        et_record: The file.
        edge_dialect_program: What `to_edge` or `to_edge_transform_and_lower` returned.
        executorch_program: What `to_executorch` returned, or that with test cases.
        exported_program: What `torch.export.export` returned.
        extra_recorded_export_modules: Further programs, by names of the caller's.
    """
    record = ETRecord()
    record.add_exported_program(exported_program)
    record.add_edge_dialect_program(edge_dialect_program)
    record.add_executorch_program(executorch_program)
    if extra_recorded_export_modules is not None:
        record.add_extra_export_modules(extra_recorded_export_modules)
    record.save(et_record)


def parse_etrecord(etrecord_path: str) -> ETRecord:
    """Reads a record. RuntimeError if the file is none."""
    try:
        with ZipFile(etrecord_path) as file:
            return _read(file)
    except BadZipFile:
        raise RuntimeError("Invalid etrecord file passed in.") from None


def _read(file: ZipFile) -> ETRecord:
    members = set(file.namelist())
    if _Names.ETRECORD_IDENTIFIER.value not in members:
        raise RuntimeError(
            "ETRecord identifier missing from etrecord file passed in. Either an invalid file was "
            "passed in or the file is corrupt."
        )

    def read_json(name: _Names) -> Any:
        return json.loads(file.read(name.value)) if name.value in members else None

    def read_values(name: _Names) -> Any:
        if name.value not in members:
            return None
        return torch.load(io.BytesIO(file.read(name.value)), weights_only=True)

    edge: dict[str, ExportedProgram] = {}
    graph_map: dict[str, ExportedProgram] = {}
    exported = None
    for name in sorted(members & {m.removesuffix("_state_dict") for m in members}):
        if f"{name}_state_dict" not in members:
            continue
        program = _read_program(file, name, members)
        module, _, method = name.partition("/")
        if name == _Names.EXPORTED_PROGRAM.value:
            exported = program
        elif module == _Names.EDGE_DIALECT_EXPORTED_PROGRAM.value:
            edge[method or "forward"] = program
        else:
            graph_map[name] = program
    return ETRecord(
        exported_program=exported,
        export_graph_id=read_json(_Names.EXPORT_GRAPH_ID),
        edge_dialect_program=_single(edge) if edge else None,
        graph_map=graph_map,
        _debug_handle_map=read_json(_Names.DEBUG_HANDLE_MAP_NAME),
        _delegate_map=read_json(_Names.DELEGATE_MAP_NAME),
        _instruction_id_to_num_outs_map=read_json(_Names.INSTRUCTION_ID_TO_NUM_OUTS_MAP_NAME),
        _reference_outputs=read_values(_Names.REFERENCE_OUTPUTS),
        _representative_inputs=read_values(_Names.REPRESENTATIVE_INPUTS),
    )


def _write_program(file: ZipFile, name: str, program: ExportedProgram) -> None:
    parts = artifact.serialize(program)
    for suffix, part in _PARTS.items():
        file.writestr(name + suffix, getattr(parts, part))


def _read_program(file: ZipFile, name: str, members: set[str]) -> ExportedProgram:
    # The oldest files have no constants and example inputs.
    return artifact.deserialize(
        artifact.SerializedArtifact(
            **{
                part: file.read(name + suffix) if name + suffix in members else b""
                for suffix, part in _PARTS.items()
            }
        )
    )


def _by_method(
    programs: ExportedProgram | dict[str, ExportedProgram],
) -> dict[str, ExportedProgram]:
    return programs if isinstance(programs, dict) else {"forward": programs}


def _single(programs: dict[str, ExportedProgram]) -> ExportedProgram | dict[str, ExportedProgram]:
    return programs["forward"] if set(programs) == {"forward"} else programs


def _validate_module_name(module_name: str) -> None:
    if module_name in {name.value for name in ETRecordReservedFileNames}:
        raise RuntimeError(
            f"The name {module_name} provided in the extra_recorded_export_modules dict is a "
            "reserved name in the ETRecord namespace."
        )


def _add_module_to_graph_map(
    graph_map: dict[str, ExportedProgram], module_name: str, export_module: ProgramInput
) -> None:
    if isinstance(export_module, ExportedProgram):
        graph_map[f"{module_name}/forward"] = export_module
    elif isinstance(export_module, ExirExportedProgram):
        graph_map[f"{module_name}/forward"] = export_module.exported_program
    elif isinstance(export_module, EdgeProgramManager):
        for method in export_module.methods:
            graph_map[f"{module_name}/{method}"] = export_module.exported_program(method)
    else:
        raise RuntimeError(f"Unsupported graph module type. {type(export_module)}")


def _process_exported_program(
    exported_program: ExportedProgram | dict[str, ExportedProgram] | None,
) -> tuple[ExportedProgram | None, int | None]:
    program = (
        exported_program.get("forward") if isinstance(exported_program, dict) else exported_program
    )
    return program, None if program is None else id(program.graph)


def _process_edge_dialect_program(
    edge_dialect_program: EdgeProgramManager | ExirExportedProgram,
) -> ExportedProgram | dict[str, ExportedProgram]:
    from executorch.exir.copy_program import copy_program

    if isinstance(edge_dialect_program, EdgeProgramManager):
        return _single(
            {
                name: copy_program(edge_dialect_program.exported_program(name))
                for name in sorted(edge_dialect_program.methods)
            }
        )
    if isinstance(edge_dialect_program, ExirExportedProgram):
        return copy_program(edge_dialect_program.exported_program)
    raise RuntimeError(
        f"Unsupported type of edge_dialect_program passed in {type(edge_dialect_program)}."
    )


def _process_executorch_program(
    executorch_program: ExecutorchInput,
) -> tuple[
    dict[str, Any] | None,
    dict[str, Any] | None,
    dict[str, Any] | None,
    dict[str, list[torch.Tensor]] | None,
    list[ConfigValue] | None,
]:
    """The three maps, and the expected outputs and the inputs of a bundled program."""
    outputs = inputs = None
    program: Any = executorch_program
    if isinstance(executorch_program, BundledProgram):
        outputs = _get_reference_outputs(executorch_program)
        inputs = _get_representative_inputs(executorch_program)
        program = executorch_program.executorch_program
        if program is None:
            raise RuntimeError("a bundled program that is read from a file has no debug handles")
    handles = program.debug_handle_map
    if isinstance(program, ExecutorchProgram):
        handles = {"forward": handles}
    return (
        handles,
        program.delegate_map,
        program.instruction_id_to_num_outs_map,
        outputs,
        inputs,
    )


def _get_reference_outputs(bundled_program: BundledProgram) -> dict[str, list[Any]]:
    """By method, the expected outputs of every test case."""
    return {
        suite.method_name: [case.expected_outputs for case in suite.test_cases]
        for suite in bundled_program.method_test_suites
    }


def _get_representative_inputs(bundled_program: BundledProgram) -> list[ConfigValue] | None:
    """The inputs of the first test case of "forward"."""
    for suite in bundled_program.method_test_suites:
        if suite.method_name == "forward":
            if not suite.test_cases:
                raise ValueError('method "forward" has no test cases')
            return suite.test_cases[0].inputs
    raise ValueError('the bundled program has no tests of method "forward"')
