# SPDX-License-Identifier: BSD-3-Clause
"""Merges two kernel YAMLs: all entries of both, the first one's where both have an operator.

    python -m executorch.codegen.tools.merge_yaml --functions-yaml-path optimized.yaml \\
        --fallback-yaml-path functions.yaml --output_dir DIR

writes DIR/merged.yaml.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import yaml

from executorch.codegen.operator_schema import entry_name
from executorch.codegen.tools.yaml_util import BlankLineDumper

__all__ = ["BlankLineDumper", "main", "merge"]


def merge(functions_yaml_path: str, fallback_yaml_path: str | None, output_dir: str) -> None:
    """Writes `merged.yaml` into `output_dir`."""
    merged: dict[str, dict[str, Any]] = {}
    for path in (fallback_yaml_path, functions_yaml_path):
        if path:
            entries = yaml.safe_load(Path(path).read_text()) or []
            merged.update({entry_name(entry): entry for entry in entries})
    Path(output_dir).mkdir(parents=True, exist_ok=True)
    with open(Path(output_dir) / "merged.yaml", "w") as file:
        yaml.dump(
            list(merged.values()),
            file,
            BlankLineDumper,
            default_flow_style=False,
            sort_keys=False,
            width=sys.maxsize,
        )


def main(argv: list[Any]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--functions-yaml-path", "--functions_yaml_path", required=True)
    parser.add_argument("--fallback-yaml-path", "--fallback_yaml_path")
    parser.add_argument("--output_dir", "--output-dir", required=True)
    options = parser.parse_args(argv)
    merge(options.functions_yaml_path, options.fallback_yaml_path, options.output_dir)


if __name__ == "__main__":
    main(sys.argv[1:])
