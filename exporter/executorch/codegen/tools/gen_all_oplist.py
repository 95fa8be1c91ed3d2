# SPDX-License-Identifier: BSD-3-Clause
"""Merges the selected_operators.yaml of several models into one.

    python -m executorch.codegen.tools.gen_all_oplist --output-dir DIR --model-file-list-path @LIST

LIST is a file with the path of a selected_operators.yaml, or of a folder that has one, per line.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import yaml

from executorch.codegen.selection import Selection

FILE_NAME = "selected_operators.yaml"


def throw_if_any_op_includes_overloads(path: str | Path) -> None:
    """Exception for a file that selects operators with all their overloads."""
    operators = (yaml.safe_load(Path(path).read_text()) or {}).get("operators") or {}
    names = [name for name, op in operators.items() if (op or {}).get("include_all_overloads")]
    if names:
        raise Exception(
            f"Operators that include all overloads are not allowed, found: {', '.join(names)}"
        )


def _selected_ops_model_dict_is_empty(model_dict: dict[str, Any]) -> bool:
    """Whether the content of a selected_operators.yaml selects nothing."""
    names = ("build_features", "custom_classes", "et_kernel_metadata", "kernel_metadata")
    flags = ("include_all_non_op_selectives", "include_all_operators")
    return not any(model_dict.get(name) for name in (*names, *flags, "operators"))


def _model_files(list_path: str) -> list[Path]:
    paths = [Path(line) for line in Path(list_path).read_text().split() if line]
    return [path / FILE_NAME if path.is_dir() else path for path in paths]


def main(argv: list[Any]) -> None:
    """Writes `selected_operators.yaml` into the output directory."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output-dir", "--output_dir", required=True)
    parser.add_argument("--model-file-list-path", "--model_file_list_path", required=True)
    parser.add_argument(
        "--allow-include-all-overloads", "--allow_include_all_overloads", action="store_true"
    )
    parser.add_argument(
        "--check-ops-not-overlapping", "--check_ops_not_overlapping", action="store_true"
    )
    # For builds of another build system; accepted so that command lines keep working.
    parser.add_argument(
        "--DEBUG-ONLY-check-prim-ops", "--DEBUG_ONLY_check_prim_ops", help=argparse.SUPPRESS
    )
    options = parser.parse_args(argv)
    list_path = options.model_file_list_path
    if not list_path.startswith("@"):
        raise ValueError(f"--model-file-list-path has to start with @, got {list_path}")

    merged = Selection()
    for path in _model_files(list_path[1:]):
        if _selected_ops_model_dict_is_empty(yaml.safe_load(path.read_text()) or {}):
            continue
        if not options.allow_include_all_overloads:
            throw_if_any_op_includes_overloads(path)
        selection = Selection.from_yaml(path)
        if options.check_ops_not_overlapping and (
            overlapping := sorted(set(merged.keys) & set(selection.keys))
        ):
            raise Exception(f"{path}: operators are selected twice: {', '.join(overlapping)}")
        origin = str(path.resolve())
        selection.origins = {operator: [origin] for operator in selection.keys}
        merged.update(selection)
    output = Path(options.output_dir)
    output.mkdir(parents=True, exist_ok=True)
    (output / FILE_NAME).write_text(merged.to_yaml())


if __name__ == "__main__":
    main(sys.argv[1:])
