# SPDX-License-Identifier: BSD-3-Clause
"""Changes the device that factories make tensors on."""

from __future__ import annotations

from typing import Any

import torch
from torch import fx

from executorch.exir.graph_module import all_graph_modules
from executorch.exir.pass_base import PassBase, PassResult


class ToDevicePass(PassBase):
    """Replaces the `device` arguments of all operators, in place."""

    def __init__(self, device: str | torch.device, *args: Any, **kwargs: Any) -> None:
        self.device = device

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        for module in all_graph_modules(graph_module):
            for node in module.graph.nodes:
                if "device" in node.kwargs:
                    node.update_kwarg("device", self.device)
            module.recompile()
        return PassResult(graph_module, True)
