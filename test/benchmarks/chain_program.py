# SPDX-License-Identifier: BSD-3-Clause
"""Programs that do next to nothing many times, so that what is left to measure is the runtime.

Run as a script, it writes `<kind>_<length>.pte` for the kinds and lengths that dispatch.py uses.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from executorch.exir._serialize._program import PTEFile, serialize_pte_binary
from executorch.exir.emit._values import ValueTable
from executorch.exir.schema import (
    Buffer,
    Chain,
    ContainerMetadata,
    ExecutionPlan,
    Instruction,
    KernelCall,
    Operator,
    Program,
    SubsegmentOffsets,
)
from executorch.exir.tensor import TensorSpec, make_allocation_info, make_tensor_value

KINDS = ("prim", "aten")
LENGTHS = (1, 101, 1000)


def chain_program(kind: str, length: int) -> bytes:
    """A program whose method `forward` calls one operator `length` times.

    "prim": executorch_prim::add.Scalar on integers; no input.
    "aten": aten::add.out on tensors of one element; the input is one such tensor of float32. It
    shares its memory with nothing, so the method can be executed again without setting it.

    Each call writes a value of its own, as the calls of real programs do.
    """
    table = ValueTable()
    arena_size = 0

    def tensor() -> int:
        nonlocal arena_size
        spec = TensorSpec.from_tensor(torch.zeros(1))
        place = make_allocation_info(1, arena_size)
        arena_size += spec.allocated_memory
        return table.add(make_tensor_value(0, place, spec))

    one = table.literal(1)
    calls = []
    if kind == "prim":
        operator, inputs, value = Operator("executorch_prim::add", "Scalar"), [], one
        for _ in range(length):
            result = table.variable(0)
            calls.append([value, one, result])
            value = result
    else:
        addend = tensor()
        operator, inputs, value = Operator("aten::add", "out"), [addend], addend
        for _ in range(length):
            result = tensor()
            calls.append([value, addend, one, result, result])
            value = result

    plan = ExecutionPlan(
        name="forward",
        container_meta_type=ContainerMetadata("", ""),
        values=table.values,
        inputs=inputs,
        outputs=[value],
        chains=[Chain([], [], [Instruction(KernelCall(0, call)) for call in calls], None)],
        operators=[operator],
        delegates=[],
        non_const_buffer_sizes=[0, arena_size],
    )
    program = Program(
        version=0,
        execution_plan=[plan],
        constant_buffer=[Buffer(b"")],
        backend_delegate_data=[],
        segments=[],
        constant_segment=SubsegmentOffsets(0, []),
    )
    return bytes(serialize_pte_binary(PTEFile(program)))


def main() -> None:
    directory = Path(sys.argv[1])
    for kind in KINDS:
        for length in LENGTHS:
            (directory / f"{kind}_{length}.pte").write_bytes(chain_program(kind, length))


if __name__ == "__main__":
    main()
