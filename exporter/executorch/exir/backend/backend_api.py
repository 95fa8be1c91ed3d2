# SPDX-License-Identifier: BSD-3-Clause
"""Lowering: handing parts of programs, or whole programs, to backends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from torch.export import ExportedProgram

from executorch.exir.backend.backend_details import BackendDetails, PreprocessResult
from executorch.exir.backend.compile_spec_schema import CompileSpec
from executorch.exir.backend.partition import (
    TAG,
    Partition,
    extract_partition,
    tagged_nodes,
)
from executorch.exir.backend.partitioner import DelegationSpec, Partitioner
from executorch.exir.copy_program import copy_program
from executorch.exir.error import ExportError, ExportErrorType
from executorch.exir.graph_module import all_graph_modules, source_line
from executorch.exir.lowered_backend_module import LoweredBackendModule, get_lowered_submodules
from executorch.exir.pass_manager import rename_outputs

_validate: ContextVar[bool] = ContextVar("validate_partitioners", default=True)


@dataclass
class MethodProgramsPartitionerSpec:
    """Programs, and for each of them (or some) a partitioner, by method name."""

    method_to_edge_program: Mapping[str, ExportedProgram]
    method_to_partitioner: Mapping[str, Partitioner]


def disable_validation() -> None:
    """Stops checking that partitioners leave graphs as they are."""
    _validate.set(False)


@contextmanager
def validation_disabled() -> Iterator[None]:
    """`disable_validation` for the enclosed block."""
    token = _validate.set(False)
    try:
        yield
    finally:
        _validate.reset(token)


def _find_backend(backend_id: str) -> type[BackendDetails]:
    remaining, known = [BackendDetails], []
    while remaining:
        for backend in remaining.pop().__subclasses__():
            if backend.__name__ == backend_id:
                return backend
            known.append(backend.__name__)
            remaining.append(backend)
    raise NotImplementedError(
        f"Backend {backend_id} was not found. Import the module that defines it; imported are: "
        f"{', '.join(sorted(known)) or 'none'}"
    )


@contextmanager
def _explained(
    backend: type[BackendDetails], programs: Sequence[ExportedProgram]
) -> Iterator[None]:
    """Adds to the message of what a backend raises where the parts that it was given come from."""
    try:
        yield
    except Exception as error:
        parts = [_description(program) for program in programs]
        context = f"Raised by backend {backend.__name__}, which was to compile:\n  "
        context += "\n  ".join(parts)
        if error.args and isinstance(error.args[0], str):
            error.args = (f"{error.args[0]}\n{context}", *error.args[1:])
            raise
        raise RuntimeError(context) from error


def _description(program: ExportedProgram) -> str:
    calls = [n for n in program.graph.nodes if n.op == "call_function"]
    ends = [f"'{node.name}' {source_line(node)}".rstrip() for node in (calls[:1] + calls[1:][-1:])]
    return f"{len(calls)} nodes, {' to '.join(ends)}"


def _check_compile_specs(backend_id: str, compile_specs: Any) -> None:
    for spec in compile_specs if isinstance(compile_specs, (list, tuple)) else [compile_specs]:
        key, value = getattr(spec, "key", None), getattr(spec, "value", None)
        if not isinstance(key, str) or not isinstance(value, (bytes, bytearray)):
            raise TypeError(
                f"compile specs of backend {backend_id} must be CompileSpec(key: str, value: "
                f"bytes), got {spec!r}"
            )


def _lowered(
    program: ExportedProgram, spec: DelegationSpec, result: PreprocessResult
) -> LoweredBackendModule:
    if not isinstance(result, PreprocessResult):
        raise TypeError(
            f"preprocess of backend {spec.backend_id} must return a PreprocessResult, got a "
            f"{type(result).__name__}"
        )
    module = LoweredBackendModule(
        program,
        spec.backend_id,
        result.processed_bytes,
        spec.compile_specs,
        result.data_store_output,
    )
    module.meta["debug_handle_map"] = result.debug_handle_map
    module.meta["_delegate_info_meta"] = result._delegate_info_meta
    return module


@singledispatch
def to_backend(first: Any, *args: Any) -> Any:
    """Lowers, in one of three forms; none changes its arguments.

    (backend_id, edge_program, compile_specs): a whole program, to a `LoweredBackendModule`.
    (edge_program, partitioner): the parts that the partitioner tags; the program that remains.
    (MethodProgramsPartitionerSpec): the same for several methods at once, by method name.
    """
    raise TypeError(f"to_backend can't be called with a {type(first).__name__}")


@to_backend.register
def _(
    backend_id: str, edge_program: ExportedProgram, compile_specs: list[CompileSpec]
) -> LoweredBackendModule:
    _check_compile_specs(backend_id, compile_specs)
    backend = _find_backend(backend_id)
    with _explained(backend, [edge_program]):
        result = backend.preprocess(copy_program(edge_program), compile_specs)
    return _lowered(edge_program, DelegationSpec(backend_id, compile_specs), result)


@to_backend.register
def _(edge_program: ExportedProgram, partitioner: Partitioner) -> ExportedProgram:
    spec = MethodProgramsPartitionerSpec({"forward": edge_program}, {"forward": partitioner})
    return to_backend(spec)["forward"]


@to_backend.register
def _(methods: MethodProgramsPartitionerSpec) -> dict[str, ExportedProgram]:
    programs = dict(methods.method_to_edge_program)
    partitions: dict[str, dict[str, list[tuple[DelegationSpec, Partition]]]] = {}
    for name, partitioner in methods.method_to_partitioner.items():
        program, tags = _partition(copy_program(programs[name]), partitioner)
        programs[name] = program
        for spec, partition in _extract(program, tags):
            partitions.setdefault(spec.backend_id, {}).setdefault(name, []).append(
                (spec, partition)
            )
    for backend_id, parts in partitions.items():
        _preprocess(_find_backend(backend_id), parts)
    for name in methods.method_to_partitioner:
        for module in all_graph_modules(programs[name].graph_module):
            module.recompile()
    return programs


def _partition(
    program: ExportedProgram, partitioner: Partitioner
) -> tuple[ExportedProgram, dict[str, DelegationSpec]]:
    before = _outline(program)
    result = partitioner(program)
    program = result.tagged_exported_program
    if _validate.get() and _outline(program) != before:
        raise ExportError(
            ExportErrorType.VIOLATION_OF_SPEC,
            f"{type(partitioner).__name__} changed the graph; partitioners must only tag nodes",
        )
    for spec in result.partition_tags.values():
        _check_compile_specs(spec.backend_id, spec.compile_specs)
    return program, result.partition_tags


def _outline(program: ExportedProgram) -> list[tuple[Any, ...]]:
    return [
        (node.op, node.target, tuple(n.name for n in node.all_input_nodes))
        for module in all_graph_modules(program.graph_module)
        for node in module.graph.nodes
    ]


def _extract(
    program: ExportedProgram, tags: Mapping[str, DelegationSpec]
) -> Iterator[tuple[DelegationSpec, Partition]]:
    for module in all_graph_modules(program.graph_module):
        index = len(get_lowered_submodules(module))
        # In graph order, whatever order the partitioner found them in.
        present = dict.fromkeys(node.meta.get(TAG) for node in module.graph.nodes)
        for tag in [tag for tag in present if tag in tags]:
            nodes = tagged_nodes(module, tag)
            if nodes:
                yield tags[tag], extract_partition(module, nodes, tag, program, index)
                index += 1
    rename_outputs(program)


def _preprocess(
    backend: type[BackendDetails], parts: Mapping[str, list[tuple[DelegationSpec, Partition]]]
) -> None:
    """Compiles the parts of all methods at once and puts the results where they are called."""
    programs = [partition.program for items in parts.values() for _, partition in items]
    with _explained(backend, programs):
        results = backend.preprocess_multimethod(
            {name: [copy_program(p.program) for _, p in items] for name, items in parts.items()},
            {name: [spec.compile_specs for spec, _ in items] for name, items in parts.items()},
        )
    for name, items in parts.items():
        for (spec, partition), result in zip(items, results[name], strict=True):
            lowered = _lowered(partition.program, spec, result)
            setattr(partition.module, partition.name, lowered)


__all__ = [
    "LoweredBackendModule",
    "MethodProgramsPartitionerSpec",
    "disable_validation",
    "to_backend",
    "validation_disabled",
]
