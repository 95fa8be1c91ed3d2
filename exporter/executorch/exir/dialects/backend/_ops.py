# SPDX-License-Identifier: BSD-3-Clause
"""Operators of the backend dialect: edge operators that stand for a pattern of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch._ops import OpOverload, OpOverloadPacket

from executorch.exir.dialects.edge._ops import EdgeOpOverload, EdgeOpOverloadPacket


class BackendOpOverload(EdgeOpOverload):
    """An operator that a backend, or a fusion, put in the place of several.

    `_equivalent_callable` is the Python function that `bind_pattern_to_op` bound to it, or None.
    """

    def __init__(self, op: OpOverload) -> None:
        super().__init__(op)
        self.__module__ = __name__
        self._equivalent_callable: Callable[..., Any] | None = _patterns.get(op)


class BackendOpOverloadPacket(EdgeOpOverloadPacket):
    """All overloads that share a name: `exir_ops.backend.foo.add_relu`."""

    def _wrap(self, op: OpOverload) -> EdgeOpOverload:
        return backend_op(op)

    @property
    def op(self) -> OpOverloadPacket:
        return self._packet


_patterns: dict[OpOverload, Callable[..., Any]] = {}
_backend_ops: dict[OpOverload, BackendOpOverload] = {}


def bind_pattern(op: OpOverload, pattern: Callable[..., Any]) -> None:
    """Makes `pattern` what the backend operator of `op` is equivalent to."""
    _patterns[op] = pattern
    _backend_ops.pop(op, None)


def backend_op(op: OpOverload) -> BackendOpOverload:
    """The backend operator for `op`; always the same object for the same `op`."""
    wrapper = _backend_ops.get(op)
    if wrapper is None:
        wrapper = _backend_ops[op] = BackendOpOverload(op)
    return wrapper
