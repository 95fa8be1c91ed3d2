# SPDX-License-Identifier: BSD-3-Clause
"""Saves exported and edge programs, and loads them.

Files are those of `torch.export.save`; in an edge program they name the operators that it wraps,
which one more file in the archive lists.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from typing import IO, Any

import torch
from torch._ops import OpOverload
from torch.export import ExportedProgram

from executorch.exir.copy_program import copy_program
from executorch.exir.dialects.edge._ops import EdgeOpOverload, edge_op
from executorch.exir.graph_module import all_graph_modules
from executorch.exir.serde.delegates import INDEX_FILE, replace_delegates, restore_delegates

_MARKER = "executorch_edge.json"
FileLike = str | os.PathLike[str] | IO[bytes]


def save(
    ep_save: ExportedProgram,
    f: FileLike,
    *,
    extra_files: dict[str, Any] | None = None,
    opset_version: dict[str, int] | None = None,
) -> None:
    """Writes a program that was captured or has become an edge program, with its delegates."""
    program = copy_program(ep_save)
    delegates = replace_delegates(program)
    names = _map_targets(program, lambda target: target._op if _is_edge(target) else target)
    files = dict(extra_files or {})
    if delegates is not None:
        files[INDEX_FILE] = delegates
    if names or delegates is not None:
        program._verifiers = [torch._export.verifier.Verifier]
        files[_MARKER] = json.dumps(names)
    torch.export.save(program, f, extra_files=files, opset_version=opset_version)


def load(f: FileLike, *, extra_files: dict[str, Any] | None = None) -> ExportedProgram:
    """Reads a program that `save` or `torch.export.save` wrote."""
    files = {} if extra_files is None else extra_files
    files[_MARKER] = files[INDEX_FILE] = ""
    program = torch.export.load(f, extra_files=files)
    delegates = files.pop(INDEX_FILE)
    marker = files.pop(_MARKER)
    if delegates:
        restore_delegates(program, delegates)
    if marker:
        names = set(json.loads(marker))
        from executorch.exir.verification.verifier import EXIREdgeDialectVerifier

        def to_edge(target: Any) -> Any:
            return edge_op(target) if str(target) in names else target

        _map_targets(program, to_edge)
        program._verifiers = [EXIREdgeDialectVerifier(class_only=True)]
    return program


def serialize(
    exported_program: ExportedProgram, opset_version: dict[str, int] | None = None
) -> bytes:
    """The bytes that `save` writes."""
    buffer = io.BytesIO()
    save(exported_program, buffer, opset_version=opset_version)
    return buffer.getvalue()


def deserialize(artifact: bytes) -> ExportedProgram:
    """The program whose bytes `serialize` answered."""
    return load(io.BytesIO(artifact))


def _is_edge(target: Any) -> bool:
    return isinstance(target, EdgeOpOverload)


def _map_targets(program: ExportedProgram, function: Callable[[Any], Any]) -> list[str]:
    """Changes the operators of a program; names of those that were edge operators."""
    names: set[str] = set()
    for module in all_graph_modules(program.graph_module):
        for node in module.graph.nodes:
            if node.op == "call_function" and isinstance(node.target, (EdgeOpOverload, OpOverload)):
                if _is_edge(node.target):
                    names.add(str(node.target._op))
                node.target = function(node.target)
        module.recompile()
    return sorted(names)
