# SPDX-License-Identifier: BSD-3-Clause
"""A multilayer perceptron: the smallest model that does something."""

import torch
from torch import nn


def load() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 4)
    ).eval()


def example_inputs() -> tuple[torch.Tensor, ...]:
    """A batch: float32 (8, 16)."""
    return (torch.randn(8, 16, generator=torch.Generator().manual_seed(1)),)


def dynamic_shapes() -> dict[str, dict[int, torch.export.Dim]]:
    """Batches of up to 32."""
    return {"input": {0: torch.export.Dim("batch", max=32)}}
