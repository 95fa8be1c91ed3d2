# SPDX-License-Identifier: BSD-3-Clause
"""What the optimizations ask of nodes."""

from __future__ import annotations

from typing import Any

import torch
from torch import fx
from torch._ops import OpOverload

from executorch.exir.dialects.edge._ops import EdgeOpOverload, edge_op


def aten_op(node: fx.Node) -> OpOverload | None:
    """The operator that an edge operator stands for; None for other nodes."""
    return node.target._op if isinstance(node.target, EdgeOpOverload) else None


def argument(node: fx.Node, name: str) -> Any:
    """Value of a parameter of an operator, by name; its default if the call leaves it out."""
    op = aten_op(node)
    assert op is not None
    for position, parameter in enumerate(op._schema.arguments):
        if parameter.name == name:
            if position < len(node.args):
                return node.args[position]
            return node.kwargs.get(name, parameter.default_value)
    raise KeyError(name)


def value(node: Any) -> torch.Tensor:
    """The fake tensor that a node yields."""
    result: torch.Tensor = node.meta["val"]
    return result


def static_shape(node: Any) -> list[int] | None:
    """The sizes of a tensor if they are all known."""
    shape = value(node).shape
    return [int(s) for s in shape] if all(isinstance(s, int) for s in shape) else None


def same_sizes(a: Any, b: Any) -> bool:
    """Whether two lists of possibly symbolic numbers are certainly equal, without adding guards."""
    return len(a) == len(b) and all(
        x == y if isinstance(x, int) and isinstance(y, int) else str(x) == str(y)
        for x, y in zip(a, b)
    )


def same_tensor_type(a: Any, b: Any) -> bool:
    """Whether two nodes yield tensors of the same dtype, sizes and layout."""
    x, y = value(a), value(b)
    return (
        x.dtype == y.dtype and same_sizes(x.shape, y.shape) and same_sizes(x.stride(), y.stride())
    )


def is_result(node: fx.Node) -> bool:
    """Whether a graph returns what `node` yields."""
    return any(user.op == "output" for user in node.users)


def replace(graph: fx.Graph, old: fx.Node, new: Any) -> bool:
    """Makes users of `old` use `new` and removes `old`, unless an input would become a result."""
    if is_result(old) and (new.op != "call_function" or is_result(new)):
        return False
    old.replace_all_uses_with(new)
    graph.erase_node(old)
    return True


def retarget(node: fx.Node, op: OpOverload, *args: Any) -> None:
    """Makes `node` call another operator with the same result."""
    node.target, node.args, node.kwargs = edge_op(op), args, {}
