# SPDX-License-Identifier: BSD-3-Clause
"""What is in memory at each step of a planned program, as a trace for Chrome or Perfetto."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from torch import fx
from torch.export import ExportedProgram

from executorch.exir import ExecutorchProgramManager
from executorch.exir.memory import alloc
from executorch.exir.tensor import TensorSpec


@dataclass
class Allocation:
    """A tensor that is alive. Offset and size in bytes; `op_name` is what computes it."""

    name: str
    op_name: Any
    memory_id: int
    memory_offset: int
    size_bytes: int
    # Path of the module, and the Python stack, that the node comes from.
    fqn: str
    file_and_line_num: str | None


@dataclass
class MemoryTimeline:
    """What is alive while one node runs."""

    allocations: list[Allocation] = field(default_factory=list)


def create_tensor_allocation_info(graph: fx.Graph) -> list[MemoryTimeline]:
    """The tensors that are alive at each node of a planned graph, in order of first use."""
    timeline: list[MemoryTimeline] = []
    seen: set[int] = set()
    for node in graph.nodes:
        if node.op == "output" or node.target is alloc:
            continue
        for spec in _specs(node):
            if id(spec) in seen or spec.const or spec.mem_id is None or spec.mem_offset is None:
                continue
            seen.add(id(spec))
            start, end = spec.lifetime
            if start is None or end is None:
                continue
            timeline.extend(MemoryTimeline() for _ in range(end + 1 - len(timeline)))
            allocation = Allocation(
                node.name,
                node.target,
                spec.mem_id,
                spec.mem_offset,
                spec.nbytes(),
                _get_module_hierarchy(node),
                node.meta.get("stack_trace", "").strip() or None,
            )
            for step in range(start, end + 1):
                timeline[step].allocations.append(allocation)
    return timeline


def _specs(node: fx.Node) -> list[TensorSpec]:
    spec = node.meta.get("spec")
    items = spec if isinstance(spec, (list, tuple)) else [spec]
    return [item for item in items if isinstance(item, TensorSpec)]


def _get_module_hierarchy(node: fx.Node) -> str:
    """Path of the module that a node comes from, "" for the outermost one."""
    stack = node.meta.get("nn_module_stack")
    return str(list(stack.values())[-1][0]) if stack else ""


def _validate_memory_planning_is_done(exported_program: ExportedProgram) -> None:
    """Raises ValueError if a tensor that is computed has no place in memory."""
    for node in exported_program.graph.nodes:
        if node.op == "call_function" and node.target is not alloc:
            for spec in _specs(node):
                if spec.mem_id is None and not spec.const:
                    raise ValueError(f"the memory of {node.name} is not planned")


def generate_memory_trace(
    executorch_program_manager: ExecutorchProgramManager,
    chrome_trace_filename: str,
    enable_memory_offsets: bool = False,
    method_name: str = "forward",
    ommit_metadata: bool = False,
) -> None:
    """Writes what is in memory at each step of a method, to look at in chrome://tracing.

    Each thread of the trace is a step. Along its time axis stand the tensors that are alive, a
    microsecond for each byte: one after another, or with `enable_memory_offsets` each where it is
    in its arena.
    ommit_metadata: leave out what each tensor is and where it comes from.
    Raises ValueError for anything but a program ready to be written.
    """
    if not isinstance(executorch_program_manager, ExecutorchProgramManager):
        raise ValueError(
            "generate_memory_trace expects ExecutorchProgramManager instance but got "
            f"{type(executorch_program_manager)}"
        )
    program = executorch_program_manager.exported_program(method_name)
    _validate_memory_planning_is_done(program)
    events = []
    for step, live in enumerate(create_tensor_allocation_info(program.graph)):
        position = 0
        for item in live.allocations:
            metadata = {
                "op_name": f"{item.op_name}",
                "Memory ID": item.memory_id,
                "fqn": item.fqn,
                "source": f"{item.file_and_line_num}",
                "bytes": item.size_bytes,
            }
            events.append(
                {
                    "name": item.name,
                    "cat": "memory_allocation",
                    "ph": "X",
                    "ts": item.memory_offset if enable_memory_offsets else position,
                    "dur": item.size_bytes,
                    "pid": item.memory_id,
                    "tid": step,
                    "args": {} if ommit_metadata else metadata,
                }
            )
            position += item.size_bytes
    with open(chrome_trace_filename, "w", encoding="utf-8") as file:
        json.dump({"traceEvents": events}, file, indent=2)
