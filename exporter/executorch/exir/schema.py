# SPDX-License-Identifier: BSD-3-Clause
"""The program file as plain data: one dataclass per table of `schema/program.fbs`.

Field order and annotations are the wire format (see `flatbuffer_types.py`), so never reorder
fields.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated

from executorch.exir.backend.compile_spec_schema import CompileSpec
from executorch.exir.flatbuffer_types import (
    Boolean,
    Float64,
    ForceAlign,
    Int8,
    Int32,
    Int64,
    Scalar,
    Slot,
    UInt8,
    UInt32,
    UInt64,
)
from executorch.exir.scalar_type import ScalarType


@dataclass
class AllocationDetails:
    """Place of a tensor: byte offset, 64 bits in two halves, in arena `memory_id`, from 1."""

    memory_id: UInt32
    memory_offset_low: UInt32
    memory_offset_high: UInt32

    @property
    def memory_offset(self) -> int:
        return self.memory_offset_high << 32 | self.memory_offset_low


class TensorShapeDynamism(IntEnum):
    """Sizes are exact (STATIC), upper bounds (DYNAMIC_BOUND), or unknown, which can't be loaded."""

    STATIC = 0
    DYNAMIC_BOUND = 1
    DYNAMIC_UNBOUND = 2


class TensorDataLocation(IntEnum):
    """Where initial data lives: a segment of the program, or a `.ptd`, by the tensor's name."""

    SEGMENT = 0
    EXTERNAL = 1


class DeviceType(IntEnum):
    CPU = 0
    CUDA = 1


@dataclass
class ExtraTensorInfo:
    mutable_data_segments_idx: UInt64 = 0
    fully_qualified_name: str | None = None
    location: Annotated[TensorDataLocation, Scalar("b")] = TensorDataLocation.SEGMENT
    device_type: Annotated[DeviceType, Scalar("b")] = DeviceType.CPU
    device_index: Int8 = 0


@dataclass
class Tensor:
    scalar_type: Annotated[ScalarType, Scalar("b")]
    storage_offset: Int32
    sizes: list[Int32]
    dim_order: list[UInt8]
    requires_grad: Boolean
    layout: Annotated[int, Scalar("b"), Slot(7)]
    data_buffer_idx: Annotated[int, Scalar("I"), Slot(5)]
    allocation_info: AllocationDetails | None
    shape_dynamism: Annotated[TensorShapeDynamism, Scalar("b"), Slot(8)]
    extra_tensor_info: ExtraTensorInfo | None = None


@dataclass
class Null:
    pass


@dataclass
class Int:
    int_val: Int64


@dataclass
class Bool:
    bool_val: Boolean


@dataclass
class Double:
    double_val: Float64


@dataclass
class String:
    string_val: str


@dataclass
class IntList:
    """`items` are indices of `Int` values, not numbers."""

    items: list[Int64]


@dataclass
class DoubleList:
    items: list[Float64]


@dataclass
class BoolList:
    items: list[Boolean]


@dataclass
class TensorList:
    """`items` are indices of `Tensor` values, each smaller than the index of the list itself."""

    items: list[Int32]


@dataclass
class OptionalTensorList:
    """`items` are indices of `Tensor` values; -1, or the index of a `Null`, means none."""

    items: list[Int32]


KernelTypes = (
    Null
    | Int
    | Bool
    | Double
    | Tensor
    | String
    | IntList
    | DoubleList
    | BoolList
    | TensorList
    | OptionalTensorList
)


@dataclass
class EValue:
    val: KernelTypes


@dataclass
class Buffer:
    storage: Annotated[bytes, ForceAlign(16)]


@dataclass
class BackendDelegateInlineData:
    data: Annotated[bytes, ForceAlign(16)]


class DataLocation(IntEnum):
    """INLINE indexes `Program.backend_delegate_data`; SEGMENT indexes `Program.segments`."""

    INLINE = 0
    SEGMENT = 1


@dataclass
class BackendDelegateDataReference:
    location: Annotated[DataLocation, Scalar("b")]
    index: UInt32


@dataclass
class BackendDelegate:
    id: str
    processed: BackendDelegateDataReference
    compile_specs: list[CompileSpec]


@dataclass
class KernelCall:
    op_index: Int32
    args: list[Int32]


@dataclass
class DelegateCall:
    delegate_index: Int32
    args: list[Int32]


@dataclass
class MoveCall:
    move_from: Int32
    move_to: Int32


@dataclass
class JumpFalseCall:
    cond_value_index: Int32
    destination_instruction: Int32


@dataclass
class FreeCall:
    value_index: Int32


InstructionArguments = KernelCall | DelegateCall | MoveCall | JumpFalseCall | FreeCall


@dataclass
class Instruction:
    instr_args: InstructionArguments


@dataclass
class Frame:
    filename: str
    lineno: Int32
    name: str
    context: str


@dataclass
class FrameList:
    items: list[Frame]


@dataclass
class Chain:
    """`stacktrace`, when present, has one entry per instruction."""

    inputs: list[Int32]
    outputs: list[Int32]
    instructions: list[Instruction]
    stacktrace: list[FrameList] | None


@dataclass
class Operator:
    """Registry name is `name` or, with an overload, `name.overload`."""

    name: str
    overload: str


@dataclass
class ContainerMetadata:
    """Pytree specs, as JSON, of the method's inputs and outputs."""

    encoded_inp_str: str
    encoded_out_str: str


@dataclass
class NonConstBufferDevice:
    """Device of one arena; arenas that are not listed are on the CPU."""

    buffer_idx: Int32 = 0
    device_type: Annotated[DeviceType, Scalar("b")] = DeviceType.CPU
    device_index: Int8 = 0


@dataclass
class ExecutionPlan:
    """One method. `inputs`, `outputs` and arguments of instructions are indices into `values`."""

    name: str
    container_meta_type: ContainerMetadata
    values: list[EValue]
    inputs: list[Int32]
    outputs: list[Int32]
    chains: list[Chain]
    operators: list[Operator]
    delegates: list[BackendDelegate]
    non_const_buffer_sizes: list[Int64]
    non_const_buffer_device: list[NonConstBufferDevice] | None = None


@dataclass
class DataSegment:
    """`size` bytes at `offset` from the segment base."""

    offset: UInt64
    size: UInt64


@dataclass
class SubsegmentOffsets:
    """Where each item starts in segment `segment_index`; item 0 is a placeholder."""

    segment_index: UInt32
    offsets: list[UInt64]


@dataclass
class NamedData:
    key: str
    segment_index: UInt32


@dataclass
class Program:
    version: UInt32
    execution_plan: list[ExecutionPlan]
    constant_buffer: list[Buffer]
    backend_delegate_data: list[BackendDelegateInlineData]
    segments: list[DataSegment]
    constant_segment: SubsegmentOffsets
    mutable_data_segments: list[SubsegmentOffsets] | None = None
    named_data: list[NamedData] | None = None
