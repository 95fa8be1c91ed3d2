# SPDX-License-Identifier: BSD-3-Clause
"""From a kernel library's YAML to its C++ bindings.

    python codegen/gen_kernels.py --yaml functions.yaml --library portable --output-dir DIR

writes

    DIR/executorch/kernels/portable/NativeFunctions.h   declarations of the kernels
    DIR/executorch/kernels/portable/Functions.h         a wrapper per operator, such as
                                                        torch::executor::aten::add_outf(...)
    DIR/executorch/kernels/portable/RegisterKernels.h   register_portable_kernels()
    DIR/RegisterKernels.cpp                             the table of boxed kernels, which is
                                                        registered at start-up

An entry of the YAML is either `func:` with a full schema or `op:` with the name of an operator
whose schema is found in --schemas. `kernels:` names the C++ function, in namespace `native` inside
the one given.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from operator_schema import OperatorSchema

PORTABLE_YAML = Path(__file__).parent.parent / "kernels" / "portable" / "functions.yaml"


@dataclass(frozen=True)
class KernelBinding:
    """An operator and the C++ function that implements it."""

    schema: OperatorSchema
    namespace: str
    """The function's namespace, without the inner `native`."""
    function: str

    @property
    def native_namespace(self) -> str:
        return f"{self.namespace}::native"

    @property
    def declaration(self) -> str:
        parameters = ["::executorch::runtime::KernelRuntimeContext& context"]
        parameters += [f"{a.type.cpp_argument} {a.name}" for a in self.schema.arguments]
        return f"{self.schema.cpp_return} {self.function}({', '.join(parameters)})"

    @property
    def wrapper(self) -> str:
        declaration = self.declaration.replace(
            f" {self.function}(", f" {self.schema.cpp_wrapper_name}("
        )
        arguments = ", ".join(["context", *(a.name for a in self.schema.arguments)])
        return (
            f"inline {declaration} {{\n"
            f"  return ::{self.native_namespace}::{self.function}({arguments});\n}}"
        )

    @property
    def table_entry(self) -> str:
        schema = self.schema
        return (
            f'    ET_BOXED_KERNEL("{schema.namespace}", "{schema.unqualified_name}", '
            f"::{self.native_namespace}::{self.function}, "
            f"{schema.cpp_return}(::executorch::runtime::KernelRuntimeContext&"
            + "".join(f", {a.type.cpp_argument}" for a in schema.arguments)
            + ")),"
        )


def load_entries(path: Path) -> list[dict[str, Any]]:
    entries = yaml.safe_load(path.read_text()) or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError(f"{path}: expected a list of operators")
    return entries


def load_schemas(path: Path) -> dict[str, OperatorSchema]:
    """The schemas of a file's `func:` entries, by full name."""
    schemas = [OperatorSchema.parse(e["func"]) for e in load_entries(path) if "func" in e]
    return {schema.full_name: schema for schema in schemas}


def bind(entry: dict[str, Any], schemas: dict[str, OperatorSchema]) -> KernelBinding:
    """Resolves one entry of a kernel YAML."""
    if "func" in entry:
        schema = OperatorSchema.parse(entry["func"])
    elif "op" in entry:
        name = entry["op"] if "::" in entry["op"] else f"aten::{entry['op']}"
        if name not in schemas:
            raise ValueError(f"the schema of {name} is unknown: write it out as `func:`")
        schema = schemas[name]
    else:
        raise ValueError(f"neither `func` nor `op`: {entry}")
    kernels = entry.get("kernels") or []
    if len(kernels) != 1 or kernels[0].get("arg_meta") is not None:
        raise ValueError(f"{schema.full_name}: exactly one kernel, with `arg_meta: null`")
    namespace, separator, function = kernels[0]["kernel_name"].rpartition("::")
    return KernelBinding(schema, namespace if separator else "torch::executor", function)


def load_bindings(path: Path, schemas: dict[str, OperatorSchema]) -> list[KernelBinding]:
    """The bindings of a kernel YAML, sorted by operator name. ValueError for one listed twice."""
    bindings = [bind(entry, schemas) for entry in load_entries(path)]
    bindings.sort(key=lambda binding: binding.schema.full_name)
    for first, second in pairwise(bindings):
        if first.schema.full_name == second.schema.full_name:
            raise ValueError(f"{path}: {first.schema.full_name} is listed twice")
    return bindings


def _in_namespaces(lines: Iterable[tuple[str, str]]) -> str:
    """C++ text of (namespace, declaration) pairs, without duplicates."""
    groups: dict[str, list[str]] = defaultdict(list)
    for namespace, line in lines:
        if line not in groups[namespace]:
            groups[namespace].append(line)
    return "\n".join(
        f"namespace {namespace} {{\n" + "\n".join(group) + f"\n}}  // namespace {namespace}\n"
        for namespace, group in groups.items()
    )


_GENERATED = "// Generated by codegen/gen_kernels.py from {source}.\n"


def native_functions_header(bindings: list[KernelBinding]) -> str:
    return (
        "#pragma once\n\n#include <tuple>\n\n"
        "#include <executorch/runtime/kernel/kernel_includes.h>\n\n"
        + _in_namespaces((b.native_namespace, f"{b.declaration};") for b in bindings)
    )


def functions_header(bindings: list[KernelBinding], library: str) -> str:
    return (
        f"#pragma once\n\n#include <executorch/kernels/{library}/NativeFunctions.h>\n\n"
        + _in_namespaces((f"torch::executor::{b.schema.namespace}", b.wrapper) for b in bindings)
    )


def registration_header(library: str) -> str:
    return f"""#pragma once

namespace executorch::kernels {{
/// Registers the {library} kernels. They register themselves at start-up where the linker keeps
/// their object file; this is for programs that want it explicit. Calling it again is harmless.
void register_{library}_kernels();
}}  // namespace executorch::kernels
"""


def registration_source(bindings: list[KernelBinding], library: str) -> str:
    entries = "\n".join(binding.table_entry for binding in bindings)
    return f"""#include <executorch/kernels/{library}/NativeFunctions.h>
#include <executorch/kernels/{library}/RegisterKernels.h>
#include <executorch/runtime/kernel/boxing.h>
#include <executorch/runtime/kernel/operator_registry.h>

namespace {{

// Sorted by name.
constexpr ::executorch::runtime::Kernel kKernels[] = {{
{entries}
}};

::executorch::runtime::KernelLibrary library(kKernels);

[[maybe_unused]] const bool registered =
    (::executorch::kernels::register_{library}_kernels(), true);

}}  // namespace

void executorch::kernels::register_{library}_kernels() {{
  ::executorch::runtime::register_kernel_library(library);
}}
"""


def generate(yaml_path: Path, library: str, output_dir: Path, schemas_path: Path) -> None:
    """Writes the four files. ValueError for a YAML that does not describe kernels."""
    bindings = load_bindings(yaml_path, load_schemas(schemas_path))
    headers = output_dir / "executorch" / "kernels" / library
    headers.mkdir(parents=True, exist_ok=True)
    preamble = _GENERATED.format(source=yaml_path.name)
    for path, text in {
        headers / "NativeFunctions.h": native_functions_header(bindings),
        headers / "Functions.h": functions_header(bindings, library),
        headers / "RegisterKernels.h": registration_header(library),
        output_dir / "RegisterKernels.cpp": registration_source(bindings, library),
    }.items():
        path.write_text(preamble + text)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--yaml", type=Path, required=True, help="the library's kernels")
    parser.add_argument("--library", required=True, help="its folder in executorch/kernels")
    parser.add_argument("--output-dir", type=Path, required=True, help="where to write")
    parser.add_argument(
        "--schemas",
        type=Path,
        default=PORTABLE_YAML,
        help="YAML with the schemas of `op:` entries (default: that of the portable kernels)",
    )
    arguments = parser.parse_args()
    try:
        generate(arguments.yaml, arguments.library, arguments.output_dir, arguments.schemas)
    except (OSError, ValueError) as error:
        parser.exit(1, f"{parser.prog}: {error}\n")


if __name__ == "__main__":
    main()
