# SPDX-License-Identifier: BSD-3-Clause
"""Runs passes one after another."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from torch import fx
from torch.export import ExportedProgram
from torch.export.graph_signature import InputSpec, OutputKind, OutputSpec

from executorch.exir.pass_base import (
    ExportedProgramPassBase,
    ExportedProgramPassResult,
    PassResult,
    PassType,
)

MUTATIONS = (OutputKind.BUFFER_MUTATION, OutputKind.USER_INPUT_MUTATION)


def _flatten(passes: Iterable[Any]) -> list[PassType]:
    flat: list[PassType] = []
    for item in passes:
        flat.extend(_flatten(item) if isinstance(item, (list, tuple)) else [item])
    return flat


def apply_graph_pass(graph_pass: PassType, graph_module: fx.GraphModule) -> PassResult:
    """The result of one pass; a pass that returns None has worked in place."""
    result = graph_pass(graph_module)  # type: ignore[arg-type]
    return PassResult(graph_module, True) if result is None else result  # type: ignore[return-value]


class PassManager:
    """Passes over graph modules, applied in order. Nested lists are flattened.

    run_checks_after_each_pass: call `check` after every pass. suppress_check_failures: log what it
        raises instead of letting it through.
    steps: how often to apply all passes, at most: it ends when a round has changed nothing.
    """

    def __init__(
        self,
        passes: Sequence[PassType | Sequence[PassType]] | None = None,
        run_checks_after_each_pass: bool = False,
        suppress_check_failures: bool = False,
        steps: int = 1,
    ) -> None:
        self.passes = _flatten(passes or [])
        self.run_checks_after_each_pass = run_checks_after_each_pass
        self.suppress_check_failures = suppress_check_failures
        self.steps = steps

    def add_pass(self, graph_pass: PassType) -> None:
        self.passes.append(graph_pass)

    def check(self, module: fx.GraphModule) -> None:
        module.graph.lint()

    def __call__(self, module: fx.GraphModule) -> PassResult:
        modified = False
        for _ in range(self.steps):
            changed = False
            for graph_pass in self.passes:
                result = apply_graph_pass(graph_pass, module)
                module, changed = result.graph_module, changed or result.modified
                self._check(module)
            modified = modified or changed
            if not changed:
                break
        return PassResult(module, modified)

    def _check(self, subject: Any) -> None:
        if not self.run_checks_after_each_pass:
            return
        try:
            self.check(subject)
        except Exception as error:
            if not self.suppress_check_failures:
                raise
            logging.getLogger(__name__).warning("check failed: %s", error)


class ExportedProgramPassManager(PassManager):
    """Passes over exported programs; graph passes among them are applied to the program's graph.

    constraints: functions of two passes that must hold for any two in this order.
    """

    def __init__(
        self,
        passes: Sequence[PassType | Sequence[PassType]] | None = None,
        constraints: Sequence[Callable[[Any, Any], bool]] | None = None,
        run_checks_after_each_pass: bool = False,
        suppress_check_failures: bool = False,
        steps: int = 1,
    ) -> None:
        super().__init__(passes, run_checks_after_each_pass, suppress_check_failures, steps)
        for constraint in constraints or ():
            for first, second in combinations(self.passes, 2):
                if not constraint(first, second):
                    raise RuntimeError(f"pass {second} must not come after pass {first}")

    def check(self, exported_program: ExportedProgram) -> None:  # type: ignore[override]
        exported_program.graph.lint()

    def __call__(  # type: ignore[override]
        self, exported_program: ExportedProgram, override_verifiers: list[Any] | None = None
    ) -> ExportedProgramPassResult:
        modified = False
        for _ in range(self.steps):
            changed = False
            for item in self.passes:
                if isinstance(item, (ExportedProgramPassBase, ExportedProgramPassManager)):
                    result = item(exported_program)
                    exported_program = result.exported_program
                    changed = changed or result.modified
                else:
                    graph_result = apply_graph_pass(item, exported_program.graph_module)
                    set_graph_module(exported_program, graph_result.graph_module)
                    changed = changed or graph_result.modified
                self._check(exported_program)
            modified = modified or changed
            if not changed:
                break
        if override_verifiers is not None:
            exported_program._verifiers = override_verifiers
        return ExportedProgramPassResult(exported_program, modified)


def set_graph_module(exported_program: ExportedProgram, graph_module: fx.GraphModule) -> None:
    """Makes `graph_module` the program's, and its signature follow renamed inputs and outputs.

    Inputs must be the same in number and order; outputs too.
    """
    placeholders = graph_module.graph.find_nodes(op="placeholder")
    for spec, node in zip(exported_program.graph_signature.input_specs, placeholders):
        _rename(spec, node)
    exported_program._graph_module = graph_module
    rename_outputs(exported_program)


def rename_outputs(exported_program: ExportedProgram) -> None:
    """Makes the output specs name the nodes that the graph returns."""
    outputs = exported_program.graph.output_node().args[0]
    specs = exported_program.graph_signature.output_specs
    if len(outputs) < len(specs):
        # Mutations are written back by the graph itself instead of being returned.
        specs = [spec for spec in specs if spec.kind not in MUTATIONS]
    for spec, node in zip(specs, outputs, strict=True):
        _rename(spec, node)


def _rename(spec: InputSpec | OutputSpec, node: Any) -> None:
    if isinstance(node, fx.Node) and getattr(spec.arg, "name", node.name) != node.name:
        spec.arg = replace(spec.arg, name=node.name)
