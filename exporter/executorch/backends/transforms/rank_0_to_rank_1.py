# SPDX-License-Identifier: BSD-3-Clause
"""Inputs that are single numbers."""

from __future__ import annotations

from typing import Any

from executorch.exir.pass_base import ExportPass, NodeMetadata, ProxyValue


class Rank0ToRank1Pass(ExportPass):
    """Gives placeholders without dimensions one dimension of size 1."""

    def placeholder(self, name: str, arg: Any, meta: NodeMetadata) -> ProxyValue:
        if getattr(arg, "dim", lambda: 1)() == 0:
            arg = arg.unsqueeze(0)
            meta = meta.copy()
            meta["val"] = arg
        return super().placeholder(name, arg, meta)
