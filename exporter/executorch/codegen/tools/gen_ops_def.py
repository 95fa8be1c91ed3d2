# SPDX-License-Identifier: BSD-3-Clause
"""Writes a kernel YAML with the operators of a program; the names of the kernels are to be set.

    python -m executorch.codegen.tools.gen_ops_def --output_path functions.yaml \\
        --model_file_path model.pte

Needs PyTorch for the schemas.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import yaml

from executorch.codegen.tools.selective_build import _get_program_from_buffer
from executorch.codegen.tools.yaml_util import BlankLineDumper
from executorch.exir.schema import Operator


def get_operators(model_file: str) -> list[Operator]:
    """The operators of all methods of a program file, each once."""
    program = _get_program_from_buffer(Path(model_file).read_bytes())
    operators = [operator for plan in program.execution_plan for operator in plan.operators]
    return list({(op.name, op.overload): op for op in operators}.values())


def _schema(operator: Operator) -> str | None:
    """The schema that PyTorch knows; None for operators of the runtime's own."""
    import torch

    try:
        return str(torch._C._get_schema(operator.name, operator.overload))
    except RuntimeError:
        return None


def dump_yaml(model_file: str, output_file: str) -> None:
    """Writes an entry for every operator of the program that PyTorch has a schema of."""
    entries = []
    for operator in get_operators(model_file):
        if schema := _schema(operator):
            name = operator.name.rpartition("::")[2]
            function = f"{name}_{operator.overload}" if operator.overload else name
            dispatch = {"CPU": f"torch::executor::{function}"}
            entries.append({"func": schema, "variants": "function", "dispatch": dispatch})
    with open(output_file, "w") as file:
        yaml.dump(
            entries,
            file,
            BlankLineDumper,
            default_flow_style=False,
            sort_keys=False,
            width=sys.maxsize,
        )


def main(args: list[Any]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output_path", required=True, help="functions.yaml to write")
    parser.add_argument("--model_file_path", help="a .pte file")
    options = parser.parse_args(args)
    assert options.model_file_path and Path(options.model_file_path).is_file(), (
        f"The value for --model_file_path needs to be a valid file, got {options.model_file_path}"
    )
    dump_yaml(options.model_file_path, options.output_path)


if __name__ == "__main__":
    main(sys.argv[1:])
