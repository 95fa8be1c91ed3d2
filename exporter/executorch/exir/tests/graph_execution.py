# SPDX-License-Identifier: BSD-3-Clause
"""Runs the graphs of the exporter's stages in PyTorch, for tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import fx, nn
from torch.export import ExportedProgram
from torch.export.graph_signature import InputKind
from torch.utils import _pytree as pytree


class Function(nn.Module):
    """A function as a module."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self._function = function

    def forward(self, *args: Any) -> Any:
        return self._function(*args)


class GraphState:
    """A program that ran through `to_executorch`, with the state that it keeps between calls."""

    def __init__(self, program: ExportedProgram) -> None:
        self._program = program
        self._state = {
            spec.target: program.state_dict.get(spec.target, program.constants.get(spec.target))
            for spec in program.graph_signature.input_specs
            if spec.kind != InputKind.USER_INPUT
        }
        self._state = {name: value.detach().clone() for name, value in self._state.items()}

    def __call__(self, *inputs: Any) -> list[Any]:
        """Outputs, flattened; `inputs` are the flattened inputs and may be changed."""
        remaining = iter(inputs)
        arguments = [
            next(remaining) if spec.kind == InputKind.USER_INPUT else self._state[spec.target]
            for spec in self._program.graph_signature.input_specs
        ]
        with torch.no_grad():
            outputs = fx.Interpreter(self._program.graph_module).run(*arguments)
        # Results live in the program's memory until the next call.
        return [o.clone() if isinstance(o, torch.Tensor) else o for o in outputs]


def targets(program: ExportedProgram) -> list[str]:
    """Names of the functions called by the top graph, e.g. "aten.add.out"."""
    return [
        getattr(node.target, "__name__", str(node.target))
        if not isinstance(node.target, torch._ops.OpOverload)
        else str(node.target)
        for node in program.graph.nodes
        if node.op == "call_function"
    ]


def assert_same(actual: Any, expected: Any) -> None:
    """Compares nested values; tensors must agree in type, shape and, within rounding, in value."""
    actual, expected = pytree.tree_leaves(actual), pytree.tree_leaves(expected)
    assert len(actual) == len(expected)
    for a, b in zip(actual, expected):
        torch.testing.assert_close(a, b)
