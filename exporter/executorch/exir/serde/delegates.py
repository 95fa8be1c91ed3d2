# SPDX-License-Identifier: BSD-3-Clause
"""Saves calls of backends: each becomes a call of an operator that `torch.export.save` knows how to
write, and its lowered module becomes a file of the archive."""

from __future__ import annotations

import json
from typing import Any

import torch
from torch import fx
from torch.export import ExportedProgram

from executorch.exir.delegate import executorch_call_delegate
from executorch.exir.error import ExportError, ExportErrorType
from executorch.exir.graph_module import all_graph_modules
from executorch.exir.serde.artifact import lowered_from_json, lowered_to_json

INDEX_FILE = "executorch_delegates.json"

_library = torch.library.Library("executorch_serde", "DEF")
_library.define(
    "call_delegate(str attribute, str kinds, Tensor[] tensors, SymInt[] numbers) -> Tensor[]"
)
_STAND_IN = torch.ops.executorch_serde.call_delegate.default


def replace_delegates(program: ExportedProgram) -> str | None:
    """Replaces the calls of backends, in place; what `restore_delegates` needs for the reverse."""
    modules = []
    for module in all_graph_modules(program.graph_module):
        lowered = {}
        for node in module.graph.find_nodes(op="call_function", target=executorch_call_delegate):
            attribute = node.args[0]
            assert isinstance(attribute, fx.Node)
            name = str(attribute.target)
            lowered[name] = lowered_to_json(getattr(module, name))
            _replace_call(module.graph, node, name)
            if not attribute.users:
                module.graph.erase_node(attribute)
        for name in lowered:
            delattr(module, name)
        modules.append(lowered)
    return json.dumps(modules) if any(modules) else None


def restore_delegates(program: ExportedProgram, text: str) -> None:
    """Calls the backends again."""
    modules = list(all_graph_modules(program.graph_module))
    for module, lowered in zip(modules, json.loads(text), strict=True):
        for name, entry in lowered.items():
            setattr(module, name, lowered_from_json(entry))
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
