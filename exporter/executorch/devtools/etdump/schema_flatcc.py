# SPDX-License-Identifier: BSD-3-Clause
"""The file as plain data: one dataclass per table of `etdump.fbs`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Annotated

from executorch.exir.flatbuffer_types import (
    Boolean,
    Float32,
    Float64,
    Int32,
    Int64,
    Names,
    Scalar,
    Slot,
    UInt32,
    UInt64,
)
from executorch.exir.scalar_type import ScalarType


class ValueType(Enum):
    """Which field of a `Value` is set."""

    NULL = "Null"
    INT = "Int"
    BOOL = "Bool"
    FLOAT = "Float"
    DOUBLE = "Double"
    TENSOR = "Tensor"
    TENSOR_LIST = "TensorList"
    STRING = "String"


class PROFILE_EVENT_ENUM(Enum):
    """Names of the runtime's own events."""

    RUN_MODEL = "Method::execute"
    OPERATOR_CALL = "OPERATOR_CALL"
    DELEGATE_CALL = "DELEGATE_CALL"
    LOAD_MODEL = "Program::load_method"


_Id = Annotated[int, Scalar("i", default=-1)]


@dataclass
class ETDumpFlatCC:
    version: UInt32
    run_data: list[RunData]


@dataclass
class RunData:
    """A block: what happened in one load or one execution.

    bundled_input_index: The test case of a bundled program that was executed, or -1.
    """

    name: str
    bundled_input_index: _Id | None
    allocators: list[Allocator] | None
    events: list[Event] | None


@dataclass
class Allocator:
    name: str


@dataclass
class Event:
    """Exactly one field is not None."""

    profile_event: ProfileEvent | None
    allocation_event: AllocationEvent | None
    debug_event: DebugEvent | None


@dataclass
class ProfileEvent:
    """Times are ticks. -1 stands for no chain, no instruction and no number of a backend's."""

    name: str | None
    chain_index: Int32
    instruction_id: _Id
    delegate_debug_id_int: _Id | None
    delegate_debug_id_str: str | None
    delegate_debug_metadata: bytes | None
    start_time: UInt64
    end_time: UInt64


@dataclass
class AllocationEvent:
    """allocator_id counts from 1."""

    allocator_id: Int32
    allocation_size: UInt64


@dataclass
class DebugEvent:
    """A value that an instruction, or an operation of a backend, has computed."""

    name: Annotated[str | None, Slot(5)]
    chain_index: Annotated[UInt64, Slot(0)]
    instruction_id: _Id
    delegate_debug_id_int: Annotated[_Id | None, Slot(3)]
    delegate_debug_id_str: str | None
    debug_entry: Annotated[Value, Slot(2)]


@dataclass
class Value:
    """`val` is the value of the `ValueType` whose field is set.

    output: Whether it is an output of the method.
    """

    val: Annotated[str, Names(tuple(kind.value for kind in ValueType))]
    tensor: Tensor | None
    tensor_list: TensorList | None
    int_value: Int | None
    float_value: Float | None
    double_value: Double | None
    bool_value: Bool | None
    output: Bool | None


@dataclass
class Tensor:
    """offset: Of the elements in the debug buffer, in bytes; -1 if they are not there."""

    scalar_type: Annotated[ScalarType, Scalar("b")]
    sizes: list[Int64]
    strides: list[Int64]
    offset: Int64 | None


@dataclass
class TensorList:
    tensors: list[Tensor]


@dataclass
class Int:
    int_val: Int64


@dataclass
class Bool:
    bool_val: Boolean


@dataclass
class Float:
    float_val: Float32


@dataclass
class Double:
    double_val: Float64


@dataclass
class String:
    string_val: str


@dataclass
class Null:
    pass
