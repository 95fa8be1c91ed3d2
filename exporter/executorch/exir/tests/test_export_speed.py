# SPDX-License-Identifier: BSD-3-Clause
"""Gates on what exporting costs. `test/benchmarks/export.py` measures it beside a peer."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.export import export

from executorch.exir import to_edge


class Chain(nn.Module):
    """`length` small operators, one after another."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self.length = length

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for index in range(self.length):
            x = torch.relu(x) if index % 2 else x + 1.5
        return x


def seconds(action: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.process_time()
    result = action()
    return time.process_time() - begin, result


def costs(length: int) -> tuple[float, float]:
    """CPU seconds of `to_edge` and of `to_executorch`, the better of two tries."""
    program = export(Chain(length), (torch.ones(4, 4),))
    edge_times, lower_times = [], []
    for _ in range(2):
        edge_time, edge = seconds(lambda: to_edge(program))
        edge_times.append(edge_time)
        lower_times.append(seconds(edge.to_executorch)[0])
    return min(edge_times), min(lower_times)


def test_cost_per_node_is_small_and_flat() -> None:
    costs(10)  # Imports, tables.
    edge, lower = costs(1000)
    # 0.3 and 0.2 on an idle machine.
    assert edge < 2 and lower < 1
    long_edge, long_lower = costs(3000)
    assert long_edge < 6 * edge and long_lower < 6 * lower


def test_importing_is_cheap() -> None:
    code = (
        "import time, torch; begin = time.process_time(); from executorch.exir import to_edge; "
        "print(time.process_time() - begin)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    # 0.6 on an idle machine.
    assert float(result.stdout.split()[-1]) < 1.5
