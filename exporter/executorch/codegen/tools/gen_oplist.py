# SPDX-License-Identifier: BSD-3-Clause
"""Writes selected_operators.yaml: the operators of a program, of a kernel YAML, or of a list.

    python -m executorch.codegen.tools.gen_oplist --output_path selected_operators.yaml \\
        --model_file_path model.pte

Several sources add up. Of the operators of a program, the element types and dim orders of their
tensors are written too, as kernel keys; of the others, that they may be called with any.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from enum import IntEnum
from pathlib import Path
from typing import Any

import yaml

from executorch.codegen.operator_schema import entry_name
from executorch.codegen.selection import DEFAULT_KEY, KEY_VERSION, Selection
from executorch.codegen.tools.selective_build import (
    KernelType,
    _get_io_metadata_for_program_operators,
    _get_program_from_buffer,
    _get_program_operators,
    _IOMetaData,
)

__all__ = ["KernelType", "ScalarType", "create_kernel_key", "gen_oplist", "main"]


class ScalarType(IntEnum):
    """Element types, by the names that `ops_dict` uses."""

    Byte = 0
    Char = 1
    Short = 2
    Int = 3
    Long = 4
    Half = 5
    Float = 6
    Double = 7
    ComplexHalf = 8
    ComplexFloat = 9
    ComplexDouble = 10
    Bool = 11
    QInt8 = 12
    QUInt8 = 13
    QInt32 = 14
    BFloat16 = 15
    QUInt4X2 = 16
    QUInt2X4 = 17
    UInt16 = 27
    UInt32 = 28
    UInt64 = 29


def _get_operators(model_file: str) -> list[str]:
    """Full names of the operators of a program file."""
    program = _get_program_from_buffer(Path(model_file).read_bytes())
    operators = _get_program_operators(program)
    print(f"Model file loaded, operators are: {operators}")
    return operators


def _kernel_key(tensors: Iterable[_IOMetaData]) -> str:
    parts = [f"{t.dtype};{','.join(map(str, t.dim_order))}" for t in tensors]
    return f"{KEY_VERSION}/{'|'.join(parts)}" if parts else KEY_VERSION


def _get_kernel_metadata_for_model(model_file: str) -> dict[str, list[str]]:
    """Of each operator of a program file, the kernel keys of its calls."""
    program = _get_program_from_buffer(Path(model_file).read_bytes())
    metadata = _get_io_metadata_for_program_operators(program)
    return {op: sorted(map(_kernel_key, calls)) for op, calls in metadata.items()}


def _get_et_kernel_metadata_from_ops_yaml(ops_yaml_path: str) -> dict[str, list[str]]:
    """The operators of a kernel YAML, for any tensors."""
    entries = yaml.safe_load(Path(ops_yaml_path).read_text()) or []
    return {entry_name(entry): [DEFAULT_KEY] for entry in entries}


def _dump_yaml(
    op_list: list[str],
    output_path: str | Path,
    model_name: str | None = None,
    et_kernel_metadata: Mapping[str, list[str]] | None = None,
    include_all_operators: bool = False,
) -> None:
    """Writes the file. An operator without metadata may be called with any tensors."""
    selection = Selection(include_all=include_all_operators)
    metadata = et_kernel_metadata or {}
    for operator in op_list:
        selection.add(operator, metadata.get(operator) or [DEFAULT_KEY], str(model_name))
    Path(output_path).write_text(selection.to_yaml())


def create_kernel_key(maybe_kernel_key: str) -> str:
    """A kernel key as it is; of the name of an element type, the key of one such tensor."""
    key = maybe_kernel_key.lstrip()
    if key.startswith(KEY_VERSION):
        return key
    try:
        return f"{KEY_VERSION}/{ScalarType[key].value};"
    except KeyError:
        raise Exception(f"Unknown dtype: {key}") from None


def _merge(target: dict[str, list[str]], added: Mapping[str, list[str]]) -> None:
    for operator, keys in added.items():
        known = target.setdefault(operator, [])
        known += [key for key in keys if key not in known]


def gen_oplist(
    output_path: str | Path,
    model_file_path: str | None = None,
    ops_schema_yaml_path: str | None = None,
    root_ops: str | None = None,
    ops_dict: str | None = None,
    include_all_operators: bool = False,
) -> None:
    """Writes selected_operators.yaml to `output_path`.

    model_file_path: a `.pte` file; its operators, with the tensors that it calls them with.
    ops_schema_yaml_path: a kernel YAML; its operators.
    root_ops: full names of operators, separated by commas.
    ops_dict: a JSON object: of each operator, a list of kernel keys or names of element types.
    include_all_operators: everything that is built.
    """
    for name, file in (
        ("model_file_path", model_file_path),
        ("ops_schema_yaml_path", ops_schema_yaml_path),
    ):
        assert not file or Path(file).is_file(), (
            f"The value for --{name} needs to be a valid file, got {file}"
        )
    origin: str | None = None
    operators: list[str] = []
    metadata: dict[str, list[str]] = {}
    if root_ops:
        names = [name.strip() for name in root_ops.split(",") if name.strip()]
        operators += names
        _merge(metadata, {name: [DEFAULT_KEY] for name in names})
    if ops_dict:
        wanted: Mapping[str, list[str]] = json.loads(ops_dict)
        operators += wanted
        _merge(metadata, {op: [create_kernel_key(k) for k in keys] for op, keys in wanted.items()})
    if model_file_path:
        origin = str(model_file_path)
        operators += _get_operators(model_file_path)
        _merge(metadata, _get_kernel_metadata_for_model(model_file_path))
    if ops_schema_yaml_path:
        origin = str(ops_schema_yaml_path)
        listed = _get_et_kernel_metadata_from_ops_yaml(ops_schema_yaml_path)
        operators += listed
        _merge(metadata, listed)
    _dump_yaml(
        sorted(set(operators)),
        output_path,
        origin,
        metadata,
        include_all_operators,
    )


def main(args: list[Any]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output_path", required=True, help="selected_operators.yaml to write")
    parser.add_argument("--model_file_path", help="a .pte file")
    parser.add_argument("--ops_schema_yaml_path", help="a kernel YAML")
    parser.add_argument("--root_ops", help="operators, separated by commas")
    parser.add_argument("--ops_dict", help="JSON: of each operator, kernel keys or element types")
    parser.add_argument(
        "--include-all-operators", "--include_all_operators", action="store_true", default=False
    )
    options = parser.parse_args(args)
    try:
        gen_oplist(
            output_path=options.output_path,
            model_file_path=options.model_file_path,
            ops_schema_yaml_path=options.ops_schema_yaml_path,
            root_ops=options.root_ops,
            ops_dict=options.ops_dict,
            include_all_operators=options.include_all_operators,
        )
    except Exception as error:
        command = " ".join(["python -m executorch.codegen.tools.gen_oplist", *map(str, args)])
        raise RuntimeError(
            f"Failed to generate selected_operators.yaml: {error}. Repro command:\n  {command}"
        ) from error


if __name__ == "__main__":
    main(sys.argv[1:])
