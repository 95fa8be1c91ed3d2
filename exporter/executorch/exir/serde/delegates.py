# SPDX-License-Identifier: BSD-3-Clause
"""Saves calls of backends: each becomes a call of an operator that `torch.export.save` knows how to
write, and its lowered module becomes a file of the archive."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import torch
from torch import fx
from torch.export import ExportedProgram

from executorch.exir._serialize._named_data_store import NamedDataStoreOutput
from executorch.exir._serialize.data_serializer import DataEntry
from executorch.exir.backend.compile_spec_schema import CompileSpec
from executorch.exir.delegate import executorch_call_delegate
from executorch.exir.error import ExportError, ExportErrorType
from executorch.exir.graph_module import all_graph_modules
from executorch.exir.lowered_backend_module import LoweredBackendModule
from executorch.exir.scalar_type import ScalarType
from executorch.exir.tensor_layout import TensorLayout

INDEX_FILE = "executorch_delegates.json"

_library = torch.library.Library("executorch_serde", "DEF")
_library.define(
    "call_delegate(str attribute, str kinds, Tensor[] tensors, SymInt[] numbers) -> Tensor[]"
)
_STAND_IN = torch.ops.executorch_serde.call_delegate.default

_Write = Callable[[ExportedProgram], bytes]
_Read = Callable[[bytes], ExportedProgram]


def replace_delegates(program: ExportedProgram, write: _Write) -> str | None:
    """Replaces the calls of backends, in place; what `restore_delegates` needs for the reverse.

    write: serializes the original programs of lowered modules.
    """
    modules = []
    for module in all_graph_modules(program.graph_module):
        lowered = {}
        for node in module.graph.find_nodes(op="call_function", target=executorch_call_delegate):
            attribute = node.args[0]
            assert isinstance(attribute, fx.Node)
            name = str(attribute.target)
            lowered[name] = _encode_module(getattr(module, name), write)
            _replace_call(module.graph, node, name)
            if not attribute.users:
                module.graph.erase_node(attribute)
        for name in lowered:
            delattr(module, name)
        modules.append(lowered)
    return json.dumps(modules) if any(modules) else None


def restore_delegates(program: ExportedProgram, text: str, read: _Read) -> None:
    """Calls the backends again. read: the reverse of the `write` that was used."""
    modules = list(all_graph_modules(program.graph_module))
    for module, lowered in zip(modules, json.loads(text), strict=True):
        for name, entry in lowered.items():
            setattr(module, name, _decode_module(entry, read))
        for node in module.graph.find_nodes(op="call_function", target=_STAND_IN):
            name, kinds, tensors, numbers = node.args
            remaining = {"tensor": iter(tensors), "number": iter(numbers)}
            with module.graph.inserting_before(node):
                attribute = module.graph.create_node("get_attr", name)
                args = [
                    next(remaining[kind]) if isinstance(kind, str) else kind[0]
                    for kind in json.loads(kinds)
                ]
                call = module.graph.call_function(executorch_call_delegate, (attribute, *args))
            call.meta = node.meta
            node.replace_all_uses_with(call)
            module.graph.erase_node(node)
        module.recompile()


def _replace_call(graph: fx.Graph, node: fx.Node, name: str) -> None:
    kinds: list[Any] = []
    tensors: list[Any] = []
    numbers: list[Any] = []
    for argument in node.args[1:]:
        value = argument.meta["val"] if isinstance(argument, fx.Node) else argument
        if isinstance(value, torch.Tensor):
            kinds.append("tensor")
            tensors.append(argument)
        elif isinstance(value, (int, torch.SymInt)) and not isinstance(value, bool):
            kinds.append("number")
            numbers.append(argument)
        elif isinstance(argument, fx.Node):
            raise _unsupported(node, f"takes {argument.name}, a {type(value).__name__}")
        else:
            kinds.append([argument])
    results = node.meta["val"]
    if not all(isinstance(value, torch.Tensor) for value in results):
        raise _unsupported(node, "returns something else than tensors")
    with graph.inserting_before(node):
        new = graph.call_function(_STAND_IN, (name, json.dumps(kinds), tensors, numbers))
    new.meta = {**node.meta, "val": list(results)}
    node.replace_all_uses_with(new)
    graph.erase_node(node)


def _unsupported(node: fx.Node, what: str) -> ExportError:
    return ExportError(
        ExportErrorType.NOT_SUPPORTED,
        f"can't save the program: the call of a backend '{node.name}' {what}; save the program "
        "before to_backend, or save the .pte file",
    )


def _encode(data: Any) -> str:
    return b64encode(bytes(data)).decode()


def _encode_module(module: LoweredBackendModule, write: _Write) -> dict[str, Any]:
    named = module.named_data_store_output
    handles = module.meta.get("debug_handle_map")
    return {
        "backend_id": module.backend_id,
        "processed_bytes": _encode(module.processed_bytes),
        "compile_specs": [[spec.key, _encode(spec.value)] for spec in module.compile_specs],
        "program": _encode(write(module.original_module)),
        "debug_handle_map": None if handles is None else list(handles.items()),
        "named_data": None
        if named is None
        else {
            "buffers": [_encode(buffer) for buffer in named.buffers],
            "pte_data": _encode_entries(named.pte_data),
            "external_data": {
                tag: _encode_entries(entries) for tag, entries in named.external_data.items()
            },
        },
    }


def _decode_module(entry: Mapping[str, Any], read: _Read) -> LoweredBackendModule:
    named = entry["named_data"]
    module = LoweredBackendModule(
        read(b64decode(entry["program"])),
        entry["backend_id"],
        b64decode(entry["processed_bytes"]),
        [CompileSpec(key, b64decode(value)) for key, value in entry["compile_specs"]],
        None
        if named is None
        else NamedDataStoreOutput(
            [b64decode(buffer) for buffer in named["buffers"]],
            _decode_entries(named["pte_data"]),
            {tag: _decode_entries(entries) for tag, entries in named["external_data"].items()},
        ),
    )
    handles = entry["debug_handle_map"]
    if handles is not None:
        module.meta["debug_handle_map"] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in handles
        }
    return module


def _encode_entries(entries: Mapping[str, DataEntry]) -> dict[str, Any]:
    return {key: asdict(entry) for key, entry in entries.items()}


def _decode_entries(entries: Mapping[str, Any]) -> dict[str, DataEntry]:
    def decode(entry: Mapping[str, Any]) -> DataEntry:
        layout = entry["tensor_layout"]
        if layout is not None:
            dtype = ScalarType(layout["scalar_type"])
            layout = TensorLayout(dtype, layout["sizes"], layout["dim_order"])
        return DataEntry(entry["buffer_index"], entry["alignment"], layout)

    return {key: decode(entry) for key, entry in entries.items()}
