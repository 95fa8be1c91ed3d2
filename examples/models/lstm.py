# SPDX-License-Identifier: BSD-3-Clause
"""A two-layer LSTM over a sequence, with a linear layer on each step's output."""

import torch
from torch import nn


class SequenceTagger(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(8, 16, num_layers=2, batch_first=True)
        self.head = nn.Linear(16, 4)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        y, (hidden, cell) = self.lstm(x)
        return self.head(y), hidden, cell


def load() -> nn.Module:
    torch.manual_seed(0)
    return SequenceTagger().eval()


def example_inputs() -> tuple[torch.Tensor, ...]:
    """A batch of sequences: float32 (2, 12, 8)."""
    return (torch.randn(2, 12, 8, generator=torch.Generator().manual_seed(1)),)
