# SPDX-License-Identifier: BSD-3-Clause
"""Which operators a program calls, and with which tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from executorch.exir._serialize._flatbuffer import decode
from executorch.exir.schema import (
    EValue,
    ExecutionPlan,
    KernelCall,
    OptionalTensorList,
    Program,
    Tensor,
    TensorList,
)


class KernelType(IntEnum):
    """Kinds of values that hold tensors, as the program's schema numbers them."""

    TENSOR = 5
    TENSOR_LIST = 10
    OPTIONAL_TENSOR_LIST = 11


@dataclass(frozen=True)
class _IOMetaData:
    """Of an argument that holds tensors; of a list, its first tensor is described."""

    kernel_type: int
    dtype: int
    dim_order: tuple[int, ...]


_Program = Program


def _get_program_from_buffer(data: bytes) -> Program:
    """The program of a `.pte` file; ValueError if it is none."""
    return decode(Program, data, b"ET12")


def _operator_name(plan: ExecutionPlan, index: int) -> str:
    operator = plan.operators[index]
    return f"{operator.name}.{operator.overload}" if operator.overload else operator.name


def _get_program_operators(program: Program) -> list[str]:
    """Full names, each once, in the order of the methods' lists."""
    names = (
        _operator_name(plan, index)
        for plan in program.execution_plan
        for index in range(len(plan.operators))
    )
    return list(dict.fromkeys(names))


def _metadata(values: Sequence[EValue], index: int) -> _IOMetaData | None:
    """Of value `index`; None where it has no tensor."""
    value = values[index].val
    if isinstance(value, Tensor):
        kind, tensor = KernelType.TENSOR, value
    elif isinstance(value, (TensorList, OptionalTensorList)):
        optional = isinstance(value, OptionalTensorList)
        kind = KernelType.OPTIONAL_TENSOR_LIST if optional else KernelType.TENSOR_LIST
        tensors = [values[i].val for i in value.items if i >= 0]
        first = next((t for t in tensors if isinstance(t, Tensor)), None)
        if first is None:
            return None
        tensor = first
    else:
        return None
    return _IOMetaData(int(kind), int(tensor.scalar_type), tuple(tensor.dim_order))


def _get_io_metadata_for_program_operators(
    program: Program,
) -> dict[str, set[tuple[_IOMetaData, ...]]]:
    """Of each operator, the tensor arguments of all its calls."""
    found: dict[str, set[tuple[_IOMetaData, ...]]] = {}
    for plan in program.execution_plan:
        for chain in plan.chains:
            for instruction in chain.instructions:
                call = instruction.instr_args
                if isinstance(call, KernelCall):
                    arguments = (_metadata(plan.values, index) for index in call.args)
                    found.setdefault(_operator_name(plan, call.op_index), set()).add(
                        tuple(argument for argument in arguments if argument is not None)
                    )
    return found
