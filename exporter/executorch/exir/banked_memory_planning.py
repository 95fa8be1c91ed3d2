# SPDX-License-Identifier: BSD-3-Clause
"""Memory planning for targets with several memories of known sizes, such as SRAM and DRAM.

Every tensor goes to the first bank that has room for it while it is alive; one that fits nowhere
fails the export instead of the device.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from torch import fx
from torch.export.graph_signature import ExportGraphSignature
from torch.utils import _pytree as pytree

from executorch.exir.memory_planning import (
    MemoryAlgoResult,
    MemoryPlanningAlgorithmSuite,
    SpecAllocResult,
)
from executorch.exir.passes import MemoryPlanningPass
from executorch.exir.schema import DeviceType
from executorch.exir.tensor import TensorSpec

ALIGNMENT = 16


class BankPlacementError(Exception):
    """The memories of the target cannot hold the tensors of the program."""


@dataclass(frozen=True)
class Bank:
    """A memory.

    size: what this program may use of it, in bytes. mem_id: the arena, from 1, that it is at run
    time. alignment: in bytes, a multiple of the planning's, which None stands for.
    """

    name: str
    size: int
    mem_id: int
    alignment: int | None = None


class TargetMemoryMap:
    """The memories that may be filled, the preferred ones first.

    Arenas that are not among them are planned without a limit if a pass put tensors there, and
    nothing else comes there.
    """

    def __init__(self, banks: Sequence[Bank]) -> None:
        if not banks:
            raise ValueError("A target memory map needs at least one bank")
        for what, values in (
            ("bank names", [bank.name for bank in banks]),
            ("mem_ids", [bank.mem_id for bank in banks]),
        ):
            twice = {value for value, count in Counter(values).items() if count > 1}
            if twice:
                raise ValueError(f"Duplicate {what} in target memory map: {twice}")
        for bank in banks:
            if bank.mem_id < 1 or bank.size < 0:
                raise ValueError(f"arenas count from 1 and have a size, got {bank}")
        self.banks = list(banks)

    def bank(self, mem_id: int) -> Bank:
        """The bank with this arena; ValueError if there is none."""
        for bank in self.banks:
            if bank.mem_id == mem_id:
                return bank
        raise ValueError(f"mem_id {mem_id} is not in the target memory map")

    def mem_id(self, name: str) -> int:
        """The arena of the bank with this name; ValueError if there is none."""
        for bank in self.banks:
            if bank.name == name:
                return bank.mem_id
        raise ValueError(f"No bank named {name!r} in the target memory map")

    def mem_ids(self) -> list[int]:
        """The arenas, the preferred ones first."""
        return [bank.mem_id for bank in self.banks]

    def manages(self, mem_id: int) -> bool:
        return mem_id in self.mem_ids()

    def describe(self) -> str:
        return ", ".join(
            f"{bank.name}(mem_id={bank.mem_id}, size={bank.size})" for bank in self.banks
        )


@dataclass
class _Block:
    offset: int
    end: int
    lifetime: tuple[int, int]


class BankedGreedy:
    """A planning algorithm: the biggest tensors first, each into the first bank with room for it.

    Tensors that a pass put into an arena (`TensorSpec.mem_id`) come before the others and stay
    there. Raises `BankPlacementError` naming a tensor that fits nowhere.

    allow_overlapping_allocations: accepted; tensors always share memory where they can.
    """

    def __init__(self, target: TargetMemoryMap, allow_overlapping_allocations: bool = True) -> None:
        self.target = target

    def __call__(
        self,
        alignment: int,
        specs: Iterable[TensorSpec],
        graph_module: fx.GraphModule,
        graph_signature: ExportGraphSignature | None = None,
        extra_padding: int = 0,
    ) -> MemoryAlgoResult:
        self._check_alignments(alignment)
        ordered = sorted(
            specs, key=lambda spec: (spec.mem_id is None, -spec.nbytes(), spec.lifetime)
        )
        blocks: dict[int, list[_Block]] = {}
        result = MemoryAlgoResult({}, [0] * (max(self.target.mem_ids()) + 1))
        for number, spec in enumerate(ordered):
            if spec.device != DeviceType.CPU:
                raise BankPlacementError(
                    f"a memory map is of the CPU's memories, and a tensor is on {spec.device.name}"
                )
            mem_id, block = self._place(spec, blocks, alignment, extra_padding)
            blocks.setdefault(mem_id, []).append(block)
            result.spec_dict[spec] = SpecAllocResult(mem_id, number, block.offset)
            result.bufsizes += [0] * (mem_id + 1 - len(result.bufsizes))
            end = block.end + extra_padding
            result.bufsizes[mem_id] = max(result.bufsizes[mem_id], end)
        return result

    def _check_alignments(self, alignment: int) -> None:
        for bank in self.target.banks:
            if bank.alignment is not None and bank.alignment % alignment:
                raise BankPlacementError(
                    f"Bank {bank.name} declares alignment {bank.alignment}, which is not a "
                    f"multiple of the graph's alignment {alignment}."
                )

    def _place(
        self, spec: TensorSpec, blocks: dict[int, list[_Block]], alignment: int, padding: int
    ) -> tuple[int, _Block]:
        tried = []
        for mem_id in [spec.mem_id] if spec.mem_id is not None else self.target.mem_ids():
            bank = self.target.bank(mem_id) if self.target.manages(mem_id) else None
            step = (bank and bank.alignment) or alignment
            block = _lowest(spec, blocks.get(mem_id, []), step)
            if bank is None or block.end + padding <= bank.size:
                return mem_id, block
            used = max((other.end + padding for other in blocks.get(mem_id, [])), default=0)
            tried.append(f"{bank.name} {bank.size - used} of {bank.size} free")
        raise BankPlacementError(
            f"No declared bank can hold a {spec.nbytes()}-byte buffer (shape {list(spec.shape)}): "
            f"{', '.join(tried)}. Give a bank more room, or declare another one. Undeclared pools "
            f"are never used as spill targets. Target memory map: {self.target.describe()}"
        )


def _lowest(spec: TensorSpec, blocks: Sequence[_Block], alignment: int) -> _Block:
    """The lowest place that is free while `spec` is alive."""
    first, last = spec.lifetime
    assert first is not None and last is not None
    size = -(-spec.nbytes() // alignment) * alignment
    offset = 0
    for block in sorted(blocks, key=lambda block: block.offset):
        is_alive = block.lifetime[0] <= last and first <= block.lifetime[1]
        if is_alive and block.offset < offset + size and offset < block.end:
            offset = block.end
    return _Block(offset, offset + size, (first, last))


def banked_memory_planning_pass(
    target: TargetMemoryMap,
    alignment: int = ALIGNMENT,
    allow_overlapping_allocations: bool = True,
    **kwargs: Any,
) -> MemoryPlanningPass:
    """A `MemoryPlanningPass` for the memories of a target. kwargs: its other arguments."""
    algorithm = BankedGreedy(target, allow_overlapping_allocations)
    suite = MemoryPlanningAlgorithmSuite([algorithm])
    return MemoryPlanningPass(suite, alignment=alignment, **kwargs)


def planned_mem_ids(graph_module: fx.GraphModule) -> list[int]:
    """The arena of every planned tensor of a graph, each tensor once."""
    specs = {id(spec): spec for spec in _planned(graph_module)}
    return [spec.mem_id for spec in specs.values() if spec.mem_id is not None]


def _planned(graph_module: fx.GraphModule) -> Iterator[TensorSpec]:
    for node in graph_module.graph.nodes:
        for spec in pytree.tree_leaves(node.meta.get("spec")):
            if isinstance(spec, TensorSpec):
                yield spec


def format_placement_report(
    target: TargetMemoryMap, bufsizes: Sequence[int], mem_ids: Iterable[int] = ()
) -> str:
    """A table of what a plan uses of each bank.

    bufsizes: sizes of the arenas, as in `ExecutionPlan.non_const_buffer_sizes`.
    mem_ids: of the tensors, as `planned_mem_ids` answers them.
    """
    counts = Counter(mem_ids)
    lines = [
        "Memory bank placement:",
        f"  {'bank':<12} {'mem_id':>6} {'used':>11} {'size':>11} {'util':>7} {'buffers':>8}",
    ]
    total = 0
    for bank in target.banks:
        used = bufsizes[bank.mem_id] if bank.mem_id < len(bufsizes) else 0
        share = 100 * used / bank.size if bank.size else 0.0
        total += used
        lines.append(
            f"  {bank.name:<12} {bank.mem_id:>6} {used:>11} {bank.size:>11} {share:>6.1f}% "
            f"{counts[bank.mem_id]:>8}"
        )
    lines.append(f"  total planned: {total} bytes over {len(target.banks)} banks")
    return "\n".join(lines)
