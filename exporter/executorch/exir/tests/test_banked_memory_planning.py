# SPDX-License-Identifier: BSD-3-Clause
"""Plans for several memories of known sizes."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.export import export

from executorch.exir import ExecutorchBackendConfig, ExecutorchProgramManager, to_edge
from executorch.exir.banked_memory_planning import (
    Bank,
    BankPlacementError,
    TargetMemoryMap,
    banked_memory_planning_pass,
    format_placement_report,
    planned_mem_ids,
)


class Sums(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        a = x + 1
        return torch.cat([a, a]).sum(0) * 2 + a[0]


EDGE = to_edge(export(Sums(), (torch.ones(16, 64),)))


def planned(*banks: Bank, **options: Any) -> ExecutorchProgramManager:
    planning = banked_memory_planning_pass(TargetMemoryMap(banks), **options)
    return EDGE.to_executorch(ExecutorchBackendConfig(memory_planning_pass=planning))


def sizes(program: ExecutorchProgramManager) -> list[int]:
    return program.executorch_program.execution_plan[0].non_const_buffer_sizes


def test_what_does_not_fit_goes_to_the_next_bank() -> None:
    target = TargetMemoryMap([Bank("sram", 5000, 1), Bank("dram", 1 << 20, 2)])
    program = planned(*target.banks)
    _, sram, dram = sizes(program)
    assert 0 < sram <= 5000 and dram >= 32 * 64 * 4
    mem_ids = planned_mem_ids(program.exported_program().graph_module)
    assert set(mem_ids) == {1, 2}
    report = format_placement_report(target, sizes(program), mem_ids)
    assert f"total planned: {sram + dram} bytes over 2 banks" in report


def test_one_bank_is_as_good_as_greedy() -> None:
    assert sizes(planned(Bank("only", 1 << 20, 1)))[1] <= 12544
    assert sizes(planned(Bank("third", 1 << 20, 3)))[:3] == [0, 0, 0]


def test_alignment_of_a_bank() -> None:
    program = planned(Bank("only", 1 << 20, 1, alignment=256))
    assert sizes(program)[1] % 256 == 0
    with pytest.raises(BankPlacementError, match="not a multiple of the graph's alignment 16"):
        planned(Bank("only", 1 << 20, 1, alignment=24))


def test_too_small() -> None:
    with pytest.raises(BankPlacementError, match=r"8192-byte buffer \(shape \[32, 64\]\): sram"):
        planned(Bank("sram", 5000, 1))


def test_maps() -> None:
    target = TargetMemoryMap([Bank("a", 10, 2), Bank("b", 20, 5)])
    assert target.mem_ids() == [2, 5] and target.manages(5) and not target.manages(1)
    assert target.mem_id("b") == 5 and target.bank(2).name == "a"
    assert target.describe() == "a(mem_id=2, size=10), b(mem_id=5, size=20)"
    for banks, message in (
        ([], "at least one bank"),
        ([Bank("a", 1, 1), Bank("a", 1, 2)], "Duplicate bank names"),
        ([Bank("a", 1, 1), Bank("b", 1, 1)], "Duplicate mem_ids"),
        ([Bank("a", 1, 0)], "count from 1"),
    ):
        with pytest.raises(ValueError, match=message):
            TargetMemoryMap(banks)
    with pytest.raises(ValueError, match="No bank named 'x'"):
        target.mem_id("x")
