# SPDX-License-Identifier: BSD-3-Clause
"""What the planner and the emitter need to know about a call of a control flow operator.

| operator | arguments | subgraphs and what their placeholders stand for |
|---|---|---|
| cond | predicate, true, false, operands | both: operands |
| map_impl | body, mapped, operands | body: a slice of each mapped, operands |
| scan | body, initial, mapped, operands | body: carries, a slice of each mapped, operands |
| while_loop | condition, body, initial, operands | both: carries, operands |

Carries are the first results of the call: they hold the state between the iterations.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx

from executorch.exir.tensor import TensorSpec


@dataclass
class Subgraph:
    """One branch or body.

    name: attribute of the module that calls it.
    slices: placeholders [start, stop) that stand for slices, and so have storage of their own.
    """

    name: str
    module: fx.GraphModule
    slices: range

    @property
    def placeholders(self) -> list[fx.Node]:
        return self.module.graph.find_nodes(op="placeholder")

    @property
    def results(self) -> list[Any]:
        return list(_sequence(self.module.graph.output_node().args[0]))


@dataclass
class ControlFlowCall:
    """The parts of a call, in the terms of the table above; empty where an operator has none."""

    kind: str
    node: fx.Node
    subgraphs: list[Subgraph]
    predicate: Any
    initial: list[Any]
    mapped: list[Any]
    operands: list[Any]

    @property
    def result_specs(self) -> list[Any]:
        """Specs of the results; None for one that is not a tensor."""
        return list(_sequence(self.node.meta["spec"]))

    def bound_specs(self, subgraph: Subgraph) -> list[Any]:
        """What the placeholders share with the caller: a spec, or None for slices and numbers."""
        specs: list[Any] = self.result_specs[: len(self.initial)]
        specs += [None] * len(subgraph.slices)
        for operand in self.operands:
            specs.append(operand.meta.get("spec") if isinstance(operand, fx.Node) else None)
        return [spec if isinstance(spec, TensorSpec) else None for spec in specs]


def _sequence(value: Any) -> Any:
    return value if isinstance(value, (list, tuple)) else (value,)


def control_flow_call(node: fx.Node) -> ControlFlowCall | None:
    """The parts of `node`, or None if it does not call a control flow operator."""
    if not isinstance(node.target, torch._ops.HigherOrderOperator):
        return None
    kind = node.target.name()
    predicate: Any = None
    initial: Any = []
    mapped: Any = []
    operands: Any
    modules: list[Any]
    if kind == "cond":
        predicate, *modules, operands = node.args
    elif kind == "map_impl":
        *modules, mapped, operands = node.args
    elif kind == "scan":
        *modules, initial, mapped, operands = node.args
    elif kind == "while_loop":
        *modules, initial, operands = node.args
    else:
        return None
    slices = range(len(initial), len(initial) + len(mapped))
    owner = node.graph.owning_module
    names = [str(module.target) for module in modules]
    subgraphs = [Subgraph(name, operator.attrgetter(name)(owner), slices) for name in names]
    return ControlFlowCall(
        kind, node, subgraphs, predicate, list(initial), list(mapped), list(operands)
    )
