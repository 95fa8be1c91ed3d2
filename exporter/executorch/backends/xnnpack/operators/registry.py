# SPDX-License-Identifier: BSD-3-Clause
"""Which operators the backend takes, when, and what they become."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import fx
from torch._ops import OpOverload
from torch.export import ExportedProgram

from executorch.backends.xnnpack.graph_builder import GraphBuilder
from executorch.exir.constants import constant_values
from executorch.exir.dialects.edge._ops import EdgeOpOverload
from executorch.exir.passes.sym_shape_eval_pass import UnboundedShapeError, upper_bound

MAX_RANK = 6
_SAME_FLOATS = ({torch.float32}, {torch.float16})


class Facts:
    """What the checks ask about the nodes of a program."""

    def __init__(self, program: ExportedProgram) -> None:
        known = constant_values(program)
        self.constants: set[fx.Node] = set()
        for node in program.graph.nodes:
            inputs = node.all_input_nodes
            if (node.op == "placeholder" and node.name in known) or (
                # A weight that is brought into shape for its only user.
                node.op == "call_function"
                and isinstance(node.target, (EdgeOpOverload, OpOverload))
                and (bool(inputs) or overload_of(node) == torch.ops.aten.full.default)
                and len(node.users) == 1
                and all(n in self.constants for n in inputs)
                and isinstance(node.meta.get("val"), torch.Tensor)
            ):
                self.constants.add(node)

    def is_constant(self, node: object) -> bool:
        return node in self.constants


Check = Callable[[Facts, fx.Node], str | None]
Lower = Callable[[GraphBuilder, fx.Node], None]


@dataclass(frozen=True)
class Operator:
    """check: why a node is not taken, or None. lower: adds it to a graph.

    whole: the operator is to be kept in one piece when programs are decomposed.
    moves_data: nothing is computed.
    """

    check: Check
    lower: Lower
    whole: bool = False
    moves_data: bool = False


_OPERATORS: dict[OpOverload, Operator] = {}


def no_check(facts: Facts, node: fx.Node) -> str | None:
    return None


def register(
    *targets: OpOverload, check: Check = no_check, whole: bool = False, moves_data: bool = False
) -> Callable[[Lower], Lower]:
    """Registers a function as that which lowers the targets."""

    def decorate(lower: Lower) -> Lower:
        for target in targets:
            _OPERATORS[target] = Operator(check, lower, whole, moves_data)
        return lower

    return decorate


def overload_of(node: fx.Node) -> OpOverload | None:
    target = node.target
    if isinstance(target, EdgeOpOverload):
        return target._op
    return target if isinstance(target, OpOverload) else None


def operator_of(node: fx.Node) -> Operator | None:
    """What the backend makes of a node; None if it does not know the operator."""
    if node.target is operator.getitem and isinstance(node.args[0], fx.Node):
        return operator_of(node.args[0])
    overload = overload_of(node)
    return None if overload is None else _OPERATORS.get(overload)


def known_operators() -> dict[OpOverload, Operator]:
    return _OPERATORS


def _tensors(node: fx.Node) -> list[torch.Tensor]:
    value = node.meta.get("val")
    if isinstance(value, (list, tuple)):
        value = value[0] if value else None
    return [value] if isinstance(value, torch.Tensor) else []


def refusal(facts: Facts, node: fx.Node) -> str | None:
    """Why the backend does not take `node`; None if it does."""
    if node.target is operator.getitem and isinstance(node.args[0], fx.Node):
        return refusal(facts, node.args[0])
    op = operator_of(node)
    if op is None:
        return "no such operator"
    dtypes = set()
    for source in (*node.all_input_nodes, node):
        for tensor in _tensors(source):
            if tensor.dim() > MAX_RANK:
                return f"a tensor of rank {tensor.dim()}; at most {MAX_RANK} are supported"
            try:
                sizes = [upper_bound(size) for size in tensor.shape]
            except UnboundedShapeError as error:
                return f"a size without an upper bound: {error}"
            if 0 in sizes:
                return "a tensor without elements"
            if not facts.is_constant(source):
                dtypes.add(tensor.dtype)
    if not dtypes:
        return "a constant"
    reason = op.check(facts, node)
    if reason is not None or op in _CHECK_OWN_TYPES or dtypes in _SAME_FLOATS:
        return reason
    names = ", ".join(sorted(str(d).removeprefix("torch.") for d in dtypes))
    return f"element types {names}; float32 alone or float16 alone is supported"


_CHECK_OWN_TYPES: set[Operator] = set()


def checks_own_types(*targets: OpOverload) -> None:
    for target in targets:
        _CHECK_OWN_TYPES.add(_OPERATORS[target])
