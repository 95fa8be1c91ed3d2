# SPDX-License-Identifier: BSD-3-Clause
"""Attribute access to the operators of a dialect: `ops.edge.aten.add.Tensor`."""

from __future__ import annotations

from typing import Any

import torch

from executorch.exir.dialects.edge._ops import EdgeOpOverloadPacket


class _OpNamespace:
    """The operators of one library of a dialect: `ops.edge.aten`."""

    def __init__(self, dialect: str, name: str) -> None:
        self._library = getattr(torch.ops, name)
        self.__name__ = f"{dialect}.{name}"

    def __getattr__(self, name: str) -> Any:
        packet = EdgeOpOverloadPacket(getattr(self._library, name))
        setattr(self, name, packet)
        return packet


class _EdgeDialect:
    def __getattr__(self, name: str) -> _OpNamespace:
        if name.startswith("__"):
            raise AttributeError(name)
        namespace = _OpNamespace("edge", name)
        setattr(self, name, namespace)
        return namespace


class _Ops:
    """Edge operators under `ops.edge`; any other attribute is that of `torch.ops`."""

    edge = _EdgeDialect()

    def __getattr__(self, name: str) -> Any:
        return getattr(torch.ops, name)


ops = _Ops()
