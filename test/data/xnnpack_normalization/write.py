#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes program.pte: two layer norms, one without parameters, and an RMS norm in a delegate."""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.exir import to_edge_transform_and_lower


class Norms(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(6)
        self.scale = nn.Parameter(torch.linspace(0.5, 1.5, 6))
        nn.init.normal_(self.norm.weight)
        nn.init.normal_(self.norm.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(x) + x
        x = x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * self.scale
        return F.layer_norm(x, (6,))


if __name__ == "__main__":
    torch.manual_seed(0)
    program = torch.export.export(Norms().eval(), (torch.randn(3, 6),))
    edge = to_edge_transform_and_lower(program, partitioner=[XnnpackPartitioner()])
    edge.to_executorch().save(str(Path(__file__).with_name("program.pte")))
