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
the one given. A kernel with `arg_meta:` is specialized: `type_alias:` and `dim_order_alias:` say
for which element types and dim orders of its tensors.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import yaml
from operator_schema import OperatorSchema

PORTABLE_YAML = Path(__file__).parent.parent / "kernels" / "portable" / "functions.yaml"


# Numbers of the element types, as they stand in kernel keys.
SCALAR_TYPES = {
    "Byte": 0,
    "Char": 1,
    "Short": 2,
    "Int": 3,
    "Long": 4,
    "Half": 5,
    "Float": 6,
    "Double": 7,
    "ComplexHalf": 8,
    "ComplexFloat": 9,
    "ComplexDouble": 10,
    "Bool": 11,
    "BFloat16": 15,
    "UInt16": 27,
    "UInt32": 28,
    "UInt64": 29,
}


@dataclass(frozen=True)
class KernelBinding:
    """An operator and a C++ function that implements it."""

    schema: OperatorSchema
    namespace: str
    """The function's namespace, without the inner `native`."""
    function: str
    key: str | None = None
    """What tensors the function is specialized for; None if it takes any."""

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
        parameters = ["::executorch::runtime::KernelRuntimeContext&"]
        parameters += [argument.type.cpp_argument for argument in schema.arguments]
        key = f'::executorch::runtime::KernelKey("{self.key}"), ' if self.key else ""
        return (
            f'    ::executorch::runtime::Kernel("{schema.full_name}", {key}ET_BOXED_FUNCTION('
            f'"{schema.unqualified_name}", ::{self.native_namespace}::{self.function}, '
            f"{schema.cpp_return}({', '.join(parameters)}))),"
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


def kernel_keys(
    schema: OperatorSchema,
    arg_meta: dict[str, tuple[str, str]],
    types: dict[str, list[str]],
    dim_orders: dict[str, list[list[int]]],
) -> list[str]:
    """The keys of a kernel that is specialized for some element types and dim orders.

    Args:
        arg_meta: For each tensor argument that a call passes, the names of its element type and of
            its dim order.
        types, dim_orders: What the names stand for. Each combination of their values is a key.
    """
    names = [argument.name for argument in schema.arguments]
    if unknown := set(arg_meta) - set(names):
        raise ValueError(f"{schema.full_name} has no arguments {sorted(unknown)}")
    tensors = [arg_meta[name] for name in names if name in arg_meta]
    # The value of the result counts as an argument too; several results are in a list, which does
    # not count.
    if len(schema.returns) == 1 and names[-1] in arg_meta:
        tensors.append(arg_meta[names[-1]])
    used_types = sorted({name for name, _ in tensors})
    used_orders = sorted({name for _, name in tensors})
    try:
        type_choices = product(*([SCALAR_TYPES[t] for t in types[name]] for name in used_types))
        order_choices = list(product(*(dim_orders[name] for name in used_orders)))
        return [
            "v1/" + "|".join(f"{dtype[t]};{','.join(map(str, order[o]))}" for t, o in tensors)
            for dtype in (dict(zip(used_types, choice)) for choice in type_choices)
            for order in [dict(zip(used_orders, choice)) for choice in order_choices]
        ]
    except KeyError as error:
        raise ValueError(f"{schema.full_name}: {error} is not defined") from error


def bind(entry: dict[str, Any], schemas: dict[str, OperatorSchema]) -> list[KernelBinding]:
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
    if not entry.get("kernels"):
        raise ValueError(f"{schema.full_name} has no kernels")
    bindings = []
    for kernel in entry["kernels"]:
        keys: list[str | None] = [None]
        if kernel.get("arg_meta") is not None:
            aliases = entry.get("type_alias", {}), entry.get("dim_order_alias", {})
            keys = [*kernel_keys(schema, kernel["arg_meta"], *aliases)]
        namespace, separator, function = kernel["kernel_name"].rpartition("::")
        namespace = namespace if separator else "torch::executor"
        bindings += [KernelBinding(schema, namespace, function, key) for key in keys]
    return bindings


def load_bindings(path: Path, schemas: dict[str, OperatorSchema]) -> list[KernelBinding]:
    """The bindings of a kernel YAML, sorted by operator name. ValueError for one listed twice."""
    bindings = [binding for entry in load_entries(path) for binding in bind(entry, schemas)]

    def name_and_key(binding: KernelBinding) -> tuple[str, str]:
        return binding.schema.full_name, binding.key or ""

    bindings.sort(key=name_and_key)
    for first, second in pairwise(map(name_and_key, bindings)):
        if first == second:
            raise ValueError(f"{path}: {' '.join(first).strip()} is listed twice")
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
        + _in_namespaces(
            (f"torch::executor::{b.schema.namespace}", b.wrapper) for b in bindings if b.key is None
        )
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
    # The arguments and the result.
    arities = ", ".join(str(len(binding.schema.arguments) + 1) for binding in bindings)
    return f"""#include <executorch/kernels/{library}/NativeFunctions.h>
#include <executorch/kernels/{library}/RegisterKernels.h>
#include <executorch/runtime/kernel/boxing.h>
#include <executorch/runtime/kernel/operator_registry.h>

namespace {{

// Sorted by name.
constexpr ::executorch::runtime::Kernel kKernels[] = {{
{entries}
}};
// How many values each of them takes.
constexpr uint8_t kArities[] = {{{arities}}};

::executorch::runtime::KernelLibrary library(kKernels, kArities);

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
