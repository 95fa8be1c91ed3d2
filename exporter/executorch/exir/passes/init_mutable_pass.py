# SPDX-License-Identifier: BSD-3-Clause
"""Says which mutable buffers need their initial values."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from typing import Any

from executorch.exir.pass_base import ExportPass, NodeMetadata, ProxyValue


class InitializedMutableBufferPass(ExportPass):
    """Sets `meta["et_init_buffer"]` of the buffers whose name contains, or matches as in a shell,
    one of `patterns`. Programs contain the initial values of all mutable buffers anyway.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        super().__init__()
        self.patterns = list(patterns)

    def placeholder(self, name: str, arg: Any, meta: NodeMetadata) -> ProxyValue:
        if any(pattern in name or fnmatch.fnmatch(name, pattern) for pattern in self.patterns):
            meta = meta.copy()
            meta["et_init_buffer"] = True
        return super().placeholder(name, arg, meta)
