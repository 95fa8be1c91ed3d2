# SPDX-License-Identifier: BSD-3-Clause
"""Operators of the edge dialect: thin, uniquely identified wrappers of torch operator overloads."""

from __future__ import annotations

from typing import Any

import torch
from torch._ops import OpOverload, OpOverloadPacket


class EdgeOpOverload:
    """One operator overload of the edge dialect, used as the target of `call_function` nodes.

    There is exactly one object for each torch overload (see `edge_op`), so identity is equality.
    Everything that is not defined here (`namespace`, `overloadpacket`, `tags`, ...) is the
    wrapped overload's.
    """

    def __init__(self, op: OpOverload) -> None:
        self._op = op
        self._schema = op._schema
        self.__name__ = str(op)
        self.__qualname__ = self.__name__
        self.__module__ = __name__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._op(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name == "_op":  # Not initialised yet, e.g. while unpickling.
            raise AttributeError(name)
        return getattr(self._op, name)

    def __reduce__(self) -> tuple[Any, ...]:
        packet = self._op.overloadpacket
        return _from_names, (self._op.namespace, packet.__name__, self._op._overloadname)

    def __deepcopy__(self, memo: Any) -> EdgeOpOverload:
        return self

    def __repr__(self) -> str:
        return f"<EdgeOpOverload: {self._op}>: schema = {self._schema}"

    __str__ = __repr__

    def to_out_variant(self) -> OpOverload:
        """The torch overload that writes the same result to caller-provided tensors.

        Raises `RuntimeError` if the operator has none.
        """
        from executorch.exir.operator.convert import to_out_variant

        return to_out_variant(self._op)[0]


class EdgeOpOverloadPacket:
    """All overloads that share a name: `exir_ops.edge.aten.add`."""

    def __init__(self, packet: OpOverloadPacket) -> None:
        self._packet = packet
        self.__name__ = packet.__name__

    def __getattr__(self, name: str) -> Any:
        if name == "_packet":  # Not initialised yet, e.g. while unpickling.
            raise AttributeError(name)
        attribute = getattr(self._packet, name)
        if isinstance(attribute, OpOverload):
            wrapper = self._wrap(attribute)
            setattr(self, name, wrapper)
            return wrapper
        return attribute

    def _wrap(self, op: OpOverload) -> EdgeOpOverload:
        return edge_op(op)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._packet(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<EdgeOpOverloadPacket: {self._packet}>"

    def __str__(self) -> str:
        return str(self._packet)


_edge_ops: dict[OpOverload, EdgeOpOverload] = {}


def edge_op(op: OpOverload) -> EdgeOpOverload:
    """The edge operator that wraps `op`; always the same object for the same `op`."""
    wrapper = _edge_ops.get(op)
    if wrapper is None:
        wrapper = _edge_ops[op] = EdgeOpOverload(op)
    return wrapper


def _from_names(namespace: str, name: str, overload: str) -> EdgeOpOverload:
    return edge_op(getattr(getattr(getattr(torch.ops, namespace), name), overload))
