# SPDX-License-Identifier: BSD-3-Clause
"""From a kernel library's YAML to its C++ bindings.

    python -m executorch.codegen.gen_kernels --yaml functions.yaml --library portable \\
        --output-dir DIR

writes

    DIR/executorch/kernels/portable/NativeFunctions.h   declarations of the kernels
    DIR/executorch/kernels/portable/Functions.h         a wrapper per operator, such as
                                                        torch::executor::aten::add_outf(...)
    DIR/executorch/kernels/portable/RegisterKernels.h   register_portable_kernels()
    DIR/RegisterKernels.cpp                             the table of boxed kernels, which is
                                                        registered at start-up

An entry of the YAML is either `func:` with a full schema or `op:` with the name of an operator
whose schema is found in --schemas, else among PyTorch's. `kernels:` names the C++ function, in
namespace `native` inside the one given. A kernel with `arg_meta:` is specialized: `type_alias:` and
`dim_order_alias:` say for which element types and dim orders of its tensors. `dispatch: CPU:` is
short for one kernel without `arg_meta:`.

Of several YAMLs, the first one that has an operator decides. With --selection, only its operators
are bound; with --dtype-selective as well, a call with element types that it does not list is
refused.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import yaml

from executorch.codegen.operator_schema import OperatorSchema, entry_name
from executorch.codegen.selection import Selection

PORTABLE_YAML = Path(__file__).parents[3] / "kernels" / "portable" / "functions.yaml"


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
    dtypes: frozenset[int] | None = None
    """Element types that calls may have, by number; None for any."""

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
        boxed = (
            f'ET_BOXED_FUNCTION("{schema.unqualified_name}", '
            f"::{self.native_namespace}::{self.function}, "
            f"{schema.cpp_return}({', '.join(parameters)}))"
        )
        if self.dtypes is not None:
            boxed = f"OF_DTYPES({sum(1 << dtype for dtype in self.dtypes):#x}u, {boxed})"
        return f'    ::executorch::runtime::Kernel("{schema.full_name}", {key}{boxed}),'


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
    dim_orders: Mapping[str, list[int] | list[list[int]]],
) -> list[str]:
    """The keys of a kernel that is specialized for some element types and dim orders.

    Args:
        arg_meta: For each tensor argument that a call passes, the names of its element type and of
            its dim order.
        types, dim_orders: What the names stand for: lists of types, and one dim order or a list of
            them. Each combination of their values is a key.
    """
    orders_of: dict[str, list[Any]] = {
        name: [orders] if all(isinstance(dim, int) for dim in orders) else [*orders]
        for name, orders in dim_orders.items()
    }
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
        order_choices = list(product(*(orders_of[name] for name in used_orders)))
        return [
            "v1/" + "|".join(f"{dtype[t]};{','.join(map(str, order[o]))}" for t, o in tensors)
            for dtype in (dict(zip(used_types, choice)) for choice in type_choices)
            for order in [dict(zip(used_orders, choice)) for choice in order_choices]
        ]
    except KeyError as error:
        raise ValueError(f"{schema.full_name}: {error} is not defined") from error


@cache
def pytorch_schemas() -> dict[str, OperatorSchema]:
    """The operators that PyTorch's packaged list declares; none without PyTorch."""
    try:
        import torchgen
    except ImportError:
        return {}
    path = Path(torchgen.__file__).parent / "packaged/ATen/native/native_functions.yaml"
    schemas = {}
    for entry in yaml.load(path.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        try:
            schema = OperatorSchema.parse(entry["func"])
        except ValueError:
            continue  # of types that no kernel takes
        schemas[schema.full_name] = schema
    return schemas


def bind(entry: dict[str, Any], schemas: dict[str, OperatorSchema]) -> list[KernelBinding]:
    """Resolves one entry of a kernel YAML."""
    name = entry_name(entry)
    if "func" in entry:
        schema = OperatorSchema.parse(entry["func"])
    elif name in schemas:
        schema = schemas[name]
    elif name in pytorch_schemas():
        schema = pytorch_schemas()[name]
    else:
        raise ValueError(f"the schema of {name} is unknown: write it out as `func:`")
    kernels = entry.get("kernels")
    if not kernels and "CPU" in (entry.get("dispatch") or {}):
        kernels = [{"arg_meta": None, "kernel_name": entry["dispatch"]["CPU"]}]
    if not kernels:
        raise ValueError(f"{schema.full_name} has no kernels")
    bindings = []
    for kernel in kernels:
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


def merge_bindings(libraries: Iterable[list[KernelBinding]]) -> list[KernelBinding]:
    """Of each operator, the bindings of the first library that has it; sorted."""
    merged: dict[str, list[KernelBinding]] = {}
    for bindings in libraries:
        own: dict[str, list[KernelBinding]] = defaultdict(list)
        for binding in bindings:
            own[binding.schema.full_name].append(binding)
        merged = {**own, **merged}
    return [binding for name in sorted(merged) for binding in merged[name]]


def select(
    bindings: list[KernelBinding], selection: Selection, dtype_selective: bool
) -> list[KernelBinding]:
    """The bindings of the selection's operators, held to its element types if that is wanted."""

    def restricted(binding: KernelBinding) -> KernelBinding:
        dtypes = selection.dtypes(binding.schema.full_name) if dtype_selective else None
        return replace(binding, dtypes=None if dtypes is None else frozenset(map(int, dtypes)))

    return [restricted(b) for b in bindings if b.schema.full_name in selection]


def unbound(bindings: list[KernelBinding], selection: Selection) -> list[str]:
    """Operators of the selection without a kernel, but for those that the runtime has itself."""
    own = {"aten::_local_scalar_dense", "aten::sym_numel", "aten::sym_size.int"}
    names = {binding.schema.full_name for binding in bindings}
    return sorted(
        name
        for name in selection.keys
        if name not in names and name not in own and not name.startswith("executorch_prim::")
    )


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


_GENERATED = "// Generated by executorch/codegen/gen_kernels.py from {source}.\n"


def native_functions_header(bindings: list[KernelBinding]) -> str:
    return (
        "#pragma once\n\n#include <tuple>\n\n"
        "#include <executorch/runtime/kernel/kernel_includes.h>\n\n"
        + _in_namespaces((b.native_namespace, f"{b.declaration};") for b in bindings)
    )


def functions_header(bindings: list[KernelBinding], native_functions: str) -> str:
    """`native_functions` is the header with the declarations, as it is included."""
    return f"#pragma once\n\n#include {native_functions}\n\n" + _in_namespaces(
        (f"torch::executor::{b.schema.namespace}", b.wrapper) for b in bindings if b.key is None
    )


def registration_header(library: str) -> str:
    return f"""#pragma once

namespace executorch::kernels {{
/// Registers the {library} kernels. They register themselves at start-up where the linker keeps
/// their object file; this is for programs that want it explicit. Calling it again is harmless.
void register_{library}_kernels();
}}  // namespace executorch::kernels
"""


_DTYPE_CHECK = """
using ::executorch::runtime::EValue;
using ::executorch::runtime::KernelRuntimeContext;
using ::executorch::runtime::OpFunction;
using ::executorch::runtime::Span;

/// Whether the element types of all tensors are among those that this build has kernels for: bit n
/// stands for type n. Fails the context otherwise.
bool has_dtypes(KernelRuntimeContext& context, Span<EValue*> stack, uint32_t dtypes) {
  const auto accepts = [&](const ::executorch::aten::Tensor& tensor) {
    const auto dtype = static_cast<uint32_t>(tensor.scalar_type());
    ET_KERNEL_CHECK_MSG(context, dtype < 32 && ((dtypes >> dtype) & 1) != 0, NotSupported, false,
                        "This build leaves out element type %s for this operator",
                        ::executorch::runtime::toString(tensor.scalar_type()));
    return true;
  };
  for (const EValue* value : stack) {
    if (value->isTensor() && !accepts(value->toTensor())) {
      return false;
    }
    if (value->isTensorList()) {
      for (const auto& tensor : value->toTensorList()) {
        if (!accepts(tensor)) {
          return false;
        }
      }
    }
  }
  return true;
}

#define OF_DTYPES(dtypes, ...)                                  \\
  [](KernelRuntimeContext& context, Span<EValue*> stack) {      \\
    constexpr OpFunction kFunction = __VA_ARGS__;               \\
    if (has_dtypes(context, stack, dtypes)) {                   \\
      kFunction(context, stack);                                \\
    }                                                           \\
  }
"""


def registration_source(
    bindings: list[KernelBinding], library: str, includes: list[str], at_startup: bool = True
) -> str:
    """`includes` are the headers with the declarations of the kernels and of the registration."""
    headers = "\n".join(f"#include {header}" for header in includes)
    entries = "\n".join(binding.table_entry for binding in bindings)
    check = _DTYPE_CHECK if any(binding.dtypes is not None for binding in bindings) else ""
    # The arguments and the result.
    arities = ", ".join(str(len(binding.schema.arguments) + 1) for binding in bindings)
    table = f"""constexpr ::executorch::runtime::Kernel kKernels[] = {{
{entries}
}};
// How many values each of them takes.
constexpr uint8_t kArities[] = {{{arities}}};
"""
    kernels = "kKernels, kArities"
    if not bindings:  # an array has at least one element
        table, kernels = "", "::executorch::runtime::Span<const ::executorch::runtime::Kernel>()"
    registered = f"""[[maybe_unused]] const bool registered =
    (::executorch::kernels::register_{library}_kernels(), true);

"""
    return f"""{headers}
#include <executorch/runtime/kernel/boxing.h>
#include <executorch/runtime/kernel/operator_registry.h>

namespace {{
{check}
// Sorted by name.
{table}
::executorch::runtime::KernelLibrary library({kernels});

{registered if at_startup else ""}}}  // namespace

void executorch::kernels::register_{library}_kernels() {{
  ::executorch::runtime::register_kernel_library(library);
}}
"""


def generate(
    yaml_paths: Sequence[Path],
    library: str,
    output_dir: Path,
    schemas_path: Path,
    selection: Selection | None = None,
    dtype_selective: bool = False,
    at_startup: bool = True,
) -> list[str]:
    """Writes the four files; returns the names of selected operators without a kernel.

    ValueError for a YAML that does not describe kernels.
    """
    schemas = load_schemas(schemas_path) if schemas_path.exists() else {}
    bindings = merge_bindings(load_bindings(path, schemas) for path in yaml_paths)
    missing: list[str] = []
    if selection is not None:
        missing = unbound(bindings, selection)
        bindings = select(bindings, selection, dtype_selective)
    headers = output_dir / "executorch" / "kernels" / library
    headers.mkdir(parents=True, exist_ok=True)
    preamble = _GENERATED.format(source=", ".join(path.name for path in yaml_paths))
    declarations = [
        f"<executorch/kernels/{library}/{name}.h>"
        for name in ("NativeFunctions", "RegisterKernels")
    ]
    for path, text in {
        headers / "NativeFunctions.h": native_functions_header(bindings),
        headers / "Functions.h": functions_header(bindings, declarations[0]),
        headers / "RegisterKernels.h": registration_header(library),
        output_dir / "RegisterKernels.cpp": registration_source(
            bindings, library, declarations, at_startup
        ),
    }.items():
        path.write_text(preamble + text)
    return missing


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--yaml", type=Path, required=True, action="append", help="kernels; may be repeated"
    )
    parser.add_argument("--library", required=True, help="its folder in executorch/kernels")
    parser.add_argument("--output-dir", type=Path, required=True, help="where to write")
    parser.add_argument(
        "--schemas",
        type=Path,
        default=PORTABLE_YAML,
        help="YAML with the schemas of `op:` entries (default: that of the portable kernels)",
    )
    parser.add_argument("--selection", type=Path, help="selected_operators.yaml")
    parser.add_argument(
        "--dtype-selective", action="store_true", help="refuse element types not in the selection"
    )
    parser.add_argument(
        "--on-request", action="store_true", help="register nothing before somebody asks for it"
    )
    arguments = parser.parse_args()
    try:
        missing = generate(
            arguments.yaml,
            arguments.library,
            arguments.output_dir,
            arguments.schemas,
            Selection.from_yaml(arguments.selection) if arguments.selection else None,
            arguments.dtype_selective,
            not arguments.on_request,
        )
    except (OSError, ValueError) as error:
        parser.exit(1, f"{parser.prog}: {error}\n")
    if missing:
        print(
            f"{parser.prog}: selected, but the application has to register it itself: "
            + ", ".join(missing),
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()
