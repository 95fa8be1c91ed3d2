# SPDX-License-Identifier: BSD-3-Clause
"""Which sources of a kernel library the operators of a YAML, or a selection of them, need.

    python -m executorch.codegen.kernel_sources --yaml functions.yaml --sources LIST \\
        [--selection selected_operators.yaml]

LIST is a file with a path per line. Printed are those that are not called op_*.cpp, which kernels
share, and those that name the function of such a kernel.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from executorch.codegen.gen_kernels import (
    PORTABLE_YAML,
    load_bindings,
    load_schemas,
    merge_bindings,
    select,
)
from executorch.codegen.selection import Selection


def needed_sources(sources: list[Path], functions: set[str]) -> list[Path]:
    """`functions` are names without namespace."""

    def is_needed(source: Path) -> bool:
        if not source.name.startswith("op_"):
            return True
        names = re.findall(r"\b(\w+)\s*\(", source.read_text())
        return not functions.isdisjoint(names)

    return [source for source in sources if is_needed(source)]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--yaml", type=Path, required=True, action="append")
    parser.add_argument("--selection", type=Path)
    parser.add_argument("--schemas", type=Path, default=PORTABLE_YAML)
    parser.add_argument("--sources", type=Path, required=True)
    arguments = parser.parse_args()
    schemas = load_schemas(arguments.schemas) if arguments.schemas.exists() else {}
    bindings = merge_bindings(load_bindings(path, schemas) for path in arguments.yaml)
    if arguments.selection is not None:
        selection = Selection.from_yaml(arguments.selection)
        bindings = select(bindings, selection, dtype_selective=False)
    sources = [Path(line) for line in arguments.sources.read_text().splitlines() if line]
    for source in needed_sources(sources, {binding.function for binding in bindings}):
        print(source)


if __name__ == "__main__":
    main()
