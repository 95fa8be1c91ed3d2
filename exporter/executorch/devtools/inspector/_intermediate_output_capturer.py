# SPDX-License-Identifier: BSD-3-Clause
"""The values that a graph computes in PyTorch, by debug handle."""

from __future__ import annotations

import operator
from typing import Any

import torch
from torch import fx

from executorch.exir.debug_handle_utils import DEBUG_HANDLE_KEY, UNSET_DEBUG_HANDLE


class IntermediateOutputCapturer(fx.Interpreter):
    """Runs a graph and keeps what its calls return."""

    def __init__(self, module: fx.GraphModule) -> None:
        super().__init__(module)
        self._captured: dict[tuple[int, ...], Any] = {}

    def run_and_capture(self, *args: Any, **kwargs: Any) -> dict[tuple[int, ...], Any]:
        """Copies of the outputs of the calls that have a debug handle.

        Of several calls with the same handle it is that of the last one.
        """
        self._captured = {}
        with torch.no_grad():
            self.run(*args, **kwargs)
        return self._captured

    def run_node(self, n: fx.Node) -> Any:
        result = super().run_node(n)
        handle = n.meta.get(DEBUG_HANDLE_KEY, UNSET_DEBUG_HANDLE)
        if n.op != "call_function" or n.target is operator.getitem or not handle:
            return result
        key = (handle,) if isinstance(handle, int) else tuple(handle)
        # Copies: a later call may write in place.
        copies = fx.node.map_aggregate(
            result, lambda v: v.detach().clone() if isinstance(v, torch.Tensor) else v
        )
        self._captured.pop(key, None)
        self._captured[key] = copies
        return result
