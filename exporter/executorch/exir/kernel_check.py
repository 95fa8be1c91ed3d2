# SPDX-License-Identifier: BSD-3-Clause
"""Finds, when a program is made, the operators that it won't find a kernel for when it runs."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import torch
from torch import fx
from torch._ops import OpOverload
from torch.export import ExportedProgram
from torch.utils import _pytree as pytree

from executorch.exir.error import ExportError, ExportErrorType
from executorch.exir.graph_module import all_graph_modules, source_line

_INTEGRAL = frozenset({torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64})
_DTYPES: dict[str, frozenset[torch.dtype]] = {
    "bfloat16": frozenset({torch.bfloat16}),
    "bool": frozenset({torch.bool}),
    "complex": frozenset({torch.complex32, torch.complex64, torch.complex128}),
    "double": frozenset({torch.float64}),
    "float": frozenset({torch.float32}),
    "half": frozenset({torch.float16}),
    "integral": _INTEGRAL,
    "real": _INTEGRAL | {torch.float32, torch.float64},
    "uint16": frozenset({torch.uint16}),
    "uint32": frozenset({torch.uint32}),
    "uint64": frozenset({torch.uint64}),
}

# Operators on numbers: they are part of every runtime.
_PRIMITIVES = {"aten::sym_size.int", "aten::sym_numel", "aten::_local_scalar_dense"}
_PRIMITIVE_NAMESPACES = {"executorch_prim"}

Kernels = Mapping[str, "frozenset[torch.dtype] | None"]
"""By operator, as in "aten::add.out": the element types that it computes; None for any."""


class MissingKernelWarning(UserWarning):
    """A program was made that calls operators without a known kernel."""


@dataclass(frozen=True)
class TargetKernels:
    """The kernels of the application that will run the program.

    libraries: names of libraries that come with the runtime, or paths of YAML files like theirs
        (lists of entries with `op` or `func`, and optionally `dtypes`). By default all libraries.
    namespaces: whose operators, the application's own, are taken to have kernels.
    missing: what happens if an operator has no kernel: "warn" as a `MissingKernelWarning`, "raise"
        an `ExportError`, or "ignore" it.
    """

    libraries: tuple[str | os.PathLike[str], ...] | None = None
    namespaces: frozenset[str] = frozenset()
    missing: Literal["warn", "raise", "ignore"] = "warn"


@dataclass(frozen=True)
class MissingKernel:
    """One call that can't be served.

    operator: as in "aten::sort.values". dtypes: of its tensors. supported: if there is a kernel but
        only for other element types, these.
    """

    method: str
    operator: str
    dtypes: tuple[torch.dtype, ...]
    supported: frozenset[torch.dtype] | None
    node: str
    source: str

    def __str__(self) -> str:
        reason = ""
        if self.supported is not None:
            names = ", ".join(sorted(map(_name, self.supported)))
            reason = f" (there is a kernel for {names}: convert its arguments)"
        dtypes = ", ".join(map(_name, self.dtypes))
        where = f"method {self.method}, node '{self.node}'"
        return f"{self.operator}({dtypes}){reason}: {where}. {self.source}".rstrip()


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


_ENTRY = re.compile(r"^- (?:op|func): *[\"']?([\w:.]+)", re.MULTILINE)
_TYPES = re.compile(r"^  dtypes: *(.*)$", re.MULTILINE)


def read_manifest(text: str) -> Kernels:
    """The operators that a YAML list of kernels names."""
    kernels: dict[str, frozenset[torch.dtype] | None] = {}
    starts = [match.start() for match in _ENTRY.finditer(text)]
    for start, end in zip(starts, [*starts[1:], len(text)]):
        entry = text[start:end]
        name = _ENTRY.match(entry)[1]  # type: ignore[index]
        if "::" not in name:
            name = f"aten::{name}"
        types = _TYPES.search(entry)
        kernels[name] = _parse_dtypes(types[1]) if types else None
    return kernels


def _parse_dtypes(names: str) -> frozenset[torch.dtype] | None:
    words = names.split("#")[0].split()
    if any(word not in _DTYPES for word in words):
        return None
    return frozenset().union(*(_DTYPES[word] for word in words))


@cache
def _library(name: str) -> Kernels:
    shipped = resources.files("executorch.kernels") / f"{name}.yaml"
    if shipped.is_file():
        return read_manifest(shipped.read_text(encoding="utf-8"))
    try:
        with open(name, encoding="utf-8") as file:
            return read_manifest(file.read())
    except OSError as error:
        raise ExportError(
            ExportErrorType.INVALID_INPUT_TYPE,
            f"kernel library {name!r} is neither one of {', '.join(known_libraries())} "
            f"nor a readable file: {error}",
        ) from None


def known_libraries() -> list[str]:
    """Names of the kernel libraries that come with the runtime."""
    files = resources.files("executorch.kernels").iterdir()
    return sorted(f.name.removesuffix(".yaml") for f in files if f.name.endswith(".yaml"))


def known_kernels(target: TargetKernels) -> Kernels:
    """All kernels of the target's libraries."""
    kernels: dict[str, frozenset[torch.dtype] | None] = {}
    names = target.libraries if target.libraries is not None else known_libraries()
    for library in names:
        for operator, dtypes in _library(os.fspath(library)).items():
            known = kernels.get(operator, frozenset())
            kernels[operator] = None if known is None or dtypes is None else known | dtypes
    return kernels


def qualified_name(op: OpOverload) -> str:
    """The name of an overload, as in "aten::add.out"."""
    overload = f".{op._schema.overload_name}" if op._schema.overload_name else ""
    return f"{op._schema.name}{overload}"


def _called_operators(program: ExportedProgram) -> Iterator[tuple[str, fx.Node]]:
    for module in all_graph_modules(program.graph_module):
        for node in module.graph.nodes:
            if node.op == "call_function" and isinstance(node.target, OpOverload):
                name = qualified_name(node.target)
                namespace = name.partition("::")[0]
                if name not in _PRIMITIVES and namespace not in _PRIMITIVE_NAMESPACES:
                    yield name, node


def _dtypes(node: fx.Node) -> tuple[torch.dtype, ...]:
    """Element types of the tensors that `node` takes and yields, each once."""
    values = [source.meta.get("val") for source in node.all_input_nodes]
    leaves = pytree.tree_leaves([values, node.meta.get("val")])
    return tuple(dict.fromkeys(v.dtype for v in leaves if isinstance(v, torch.Tensor)))


def missing_kernels(
    programs: Mapping[str, ExportedProgram], target: TargetKernels
) -> list[MissingKernel]:
    """Every call, in programs that use out variants, that no kernel of the target can serve.

    A kernel is taken to serve a call if it computes the element type of any of its tensors.
    """
    kernels = known_kernels(target)
    found: list[MissingKernel] = []
    for method, program in programs.items():
        for operator, node in _called_operators(program):
            if operator.partition("::")[0] in target.namespaces:
                continue
            supported = kernels.get(operator, frozenset())
            dtypes = _dtypes(node)
            if operator in kernels and (
                supported is None or not dtypes or not supported.isdisjoint(dtypes)
            ):
                continue
            line = source_line(node)
            found.append(
                MissingKernel(method, operator, dtypes, supported or None, node.name, line)
            )
    return found


def check_kernels(programs: Mapping[str, ExportedProgram], target: TargetKernels) -> None:
    """Reports everything that `missing_kernels` finds, at once, as the target asks for."""
    if target.missing == "ignore":
        return
    missing = missing_kernels(programs, target)
    if not missing:
        return
    message = _message(missing, target)
    if target.missing == "raise":
        raise ExportError(ExportErrorType.NOT_SUPPORTED, message)
    warnings.warn(message, MissingKernelWarning, stacklevel=3)


def _message(missing: Iterable[MissingKernel], target: TargetKernels) -> str:
    libraries = target.libraries if target.libraries is not None else known_libraries()
    names = ", ".join(os.fspath(library) for library in libraries)
    lines = "\n  ".join(map(str, missing))
    return (
        f"the program can't be loaded with these kernel libraries alone: {names}. There is no "
        f"kernel for\n  {lines}\n"
        "Express the model by other operators, give them to a backend, or link kernels for them. "
        "If the application has these kernels, say so: ExecutorchBackendConfig(target_kernels="
        "TargetKernels(namespaces=frozenset({'my_ops'}))), or libraries=(..., 'my_kernels.yaml')."
    )
