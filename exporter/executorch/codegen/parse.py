# SPDX-License-Identifier: BSD-3-Clause
"""Kernel YAMLs in terms of PyTorch's code generator (torchgen)."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple, cast

import yaml
from torchgen.gen import LineLoader, parse_native_yaml_struct, parse_tags_yaml
from torchgen.model import (
    BackendMetadata,
    DispatchKey,
    FunctionSchema,
    NativeFunction,
    OperatorName,
)

from executorch.codegen.model import ETKernelIndex, ETKernelKey

ET_FIELDS = ["kernels", "type_alias", "dim_order_alias"]
"""What a kernel YAML has that PyTorch's native_functions.yaml has not."""


class ETParsedYaml(NamedTuple):
    native_functions: list[NativeFunction]
    et_kernel_indices: dict[OperatorName, dict[ETKernelKey, BackendMetadata]]


def parse_from_yaml(ei: dict[str, object]) -> dict[ETKernelKey, BackendMetadata]:
    """The kernels of one entry, whose ET_FIELDS are removed; none if it has no `kernels:`."""
    fields = {field: ei.pop(field, None) for field in ET_FIELDS}
    index = {}
    for kernel in cast(list[dict[str, Any]], fields["kernels"] or []):
        namespace, _, function = kernel["kernel_name"].rpartition("::")
        metadata = BackendMetadata(
            kernel=function, structured=False, cpp_namespace=f"{namespace or 'at'}::native"
        )
        keys = [ETKernelKey(default=True)]
        if kernel.get("arg_meta") is not None:
            args = {n: (m[0], m[1]) for n, m in kernel["arg_meta"].items() if n != "__line__"}
            aliases = [dict(cast(dict[str, Any], fields[field] or {})) for field in ET_FIELDS[1:]]
            for alias in aliases:
                alias.pop("__line__", None)
            keys = ETKernelKey.gen_from_yaml(args, aliases[0], aliases[1])
        for key in keys:
            if key in index:
                raise AssertionError(f"Duplicate kernel for {key.to_native_string()}: {kernel}")
            index[key] = metadata
    return index


def _schema_name(entry: dict[str, Any]) -> OperatorName:
    name = entry["func"].partition("::")
    return FunctionSchema.parse(name[2] or name[0]).name


def parse_et_yaml_struct(es: object) -> ETKernelIndex:
    """The kernels of all entries."""
    index: dict[OperatorName, dict[ETKernelKey, BackendMetadata]] = {}
    for entry in cast(list[dict[str, Any]], es):
        name = _schema_name(entry)
        if kernels := parse_from_yaml(entry):
            index[name] = kernels
    return ETKernelIndex(index)


def extract_kernel_fields(es: object) -> dict[OperatorName, dict[str, Any]]:
    """The ET_FIELDS of the entries that have any, by operator."""
    fields: dict[OperatorName, dict[str, Any]] = defaultdict(dict)
    for entry in cast(list[dict[str, Any]], es):
        for field in ET_FIELDS:
            if entry.get(field) is not None:
                fields[_schema_name(entry)][field] = entry[field]
    return fields


def strip_et_fields(es: object) -> None:
    """Removes the ET_FIELDS of all entries."""
    for entry in cast(list[dict[str, Any]], es):
        for field in ET_FIELDS:
            entry.pop(field, None)


def parse_et_yaml(
    path: str,
    tags_yaml_path: str,
    ignore_keys: set[DispatchKey] | None = None,
    skip_native_fns_gen: bool = False,
) -> tuple[list[NativeFunction], dict[OperatorName, dict[str, Any]]]:
    """The operators of a YAML with `func:` entries, and the ET_FIELDS of each."""
    entries = yaml.load(Path(path).read_text(), Loader=LineLoader)
    fields = extract_kernel_fields(entries)
    strip_et_fields(entries)
    parsed = parse_native_yaml_struct(
        entries, parse_tags_yaml(tags_yaml_path), ignore_keys, path, skip_native_fns_gen
    )
    return parsed.native_functions, fields
