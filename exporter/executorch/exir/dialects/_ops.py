# SPDX-License-Identifier: BSD-3-Clause
"""Attribute access to the operators of a dialect: `ops.edge.aten.add.Tensor`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import torch

from executorch.exir.dialects.backend._ops import BackendOpOverloadPacket, bind_pattern
from executorch.exir.dialects.edge._ops import EdgeOpOverloadPacket

_Function = TypeVar("_Function", bound=Callable[..., Any])


class _OpNamespace:
    """The operators of one library of a dialect: `ops.edge.aten`."""

    def __init__(self, dialect: str, name: str, packet: type[EdgeOpOverloadPacket]) -> None:
        self._library = getattr(torch.ops, name)
        self._packet = packet
        self.__name__ = f"{dialect}.{name}"

    def __getattr__(self, name: str) -> Any:
        packet = self._packet(getattr(self._library, name))
        setattr(self, name, packet)
        return packet


class _DialectNamespace:
    """The libraries of a dialect: `ops.edge`."""

    def __init__(self, dialect_name: str, packet: type[EdgeOpOverloadPacket]) -> None:
        self._dialect_name = dialect_name
        self._packet = packet

    def __getattr__(self, name: str) -> _OpNamespace:
        if name.startswith("__"):
            raise AttributeError(name)
        namespace = _OpNamespace(self._dialect_name, name, self._packet)
        setattr(self, name, namespace)
        return namespace


class _Ops:
    """Edge operators under `ops.edge`, those of backends under `ops.backend`, others as in
    `torch.ops`.
    """

    edge = _DialectNamespace("edge", EdgeOpOverloadPacket)
    backend = _DialectNamespace("backend", BackendOpOverloadPacket)

    def __getattr__(self, name: str) -> Any:
        return getattr(torch.ops, name)


ops = _Ops()


def bind_pattern_to_op(
    library: torch.library.Library, schema_or_name: str
) -> Callable[[_Function], _Function]:
    """Decorator: implements an operator of `library` by a function, the pattern that it stands for.

    schema_or_name: a schema, as in "f(Tensor x) -> Tensor", which is defined, or the name of an
        operator that is defined already. It is `ops.backend.<library>.<name>` afterwards.
    """

    def bind(function: _Function) -> _Function:
        name = schema_or_name
        if "(" in schema_or_name:
            library.define(schema_or_name)
            name = schema_or_name[: schema_or_name.index("(")].strip()
        name = name.split("::")[-1]
        library.impl(name, function, "CompositeExplicitAutograd")
        packet, _, overload = name.partition(".")
        packets = getattr(getattr(torch.ops, library.ns), packet)
        bind_pattern(getattr(packets, overload or "default"), function)
        return function

    return bind
