# SPDX-License-Identifier: BSD-3-Clause
"""The program file (`.pte`): a Program FlatBuffer, then segments with weights and delegate data."""

import math
import struct
from dataclasses import dataclass, replace
from typing import ClassVar, Optional

from executorch.exir._serialize._cord import Cord
from executorch.exir._serialize._flatbuffer_program import (
    _flatbuffer_to_program,
    _program_to_flatbuffer,
)
from executorch.exir._serialize._named_data_store import NamedDataStoreOutput
from executorch.exir._serialize._segments import (
    AlignedData,
    append_segments,
    base_alignment,
    insert_header,
    join_aligned,
    place_segments,
    split_segments,
)
from executorch.exir._serialize.data_serializer import DataEntry
from executorch.exir._serialize.padding import aligned_size, pad_to
from executorch.exir.schema import (
    BackendDelegate,
    BackendDelegateDataReference,
    BackendDelegateInlineData,
    Buffer,
    DataLocation,
    NamedData,
    Program,
    SubsegmentOffsets,
)
from executorch.exir.tensor import ALIGNMENT


@dataclass
class PTEFile:
    """A program file in memory, with all its data next to `program` instead of in segments.

    program: constants in `constant_buffer`, delegate payloads in `backend_delegate_data`.
    mutable_data: initial values of mutable tensors; the first one is a placeholder.
    named_data: data that backends find by name; `external_data` in it is not part of this file.
    """

    program: Program
    mutable_data: list[Buffer] | None = None
    named_data: NamedDataStoreOutput | None = None


@dataclass
class _ExtendedHeader:
    """Sizes and offsets in bytes from the start of the file, at byte 8 of a file with segments."""

    MAGIC: ClassVar[bytes] = b"eh00"
    OFFSET: ClassVar[int] = 8
    LENGTH: ClassVar[int] = 32
    # Older writers did not store segment_data_size.
    MINIMUM_LENGTH: ClassVar[int] = 24

    program_size: int
    segment_base_offset: int
    segment_data_size: int

    def to_bytes(self) -> bytes:
        return self.MAGIC + struct.pack(
            "<IQQQ",
            self.LENGTH,
            self.program_size,
            self.segment_base_offset,
            self.segment_data_size,
        )

    @classmethod
    def from_file(cls, data: bytes, file_size: int | None = None) -> Optional["_ExtendedHeader"]:
        """The header of a file; None if it has none; ValueError if it is damaged.

        file_size: in bytes, if `data` is only the beginning of the file.
        """
        file_size = len(data) if file_size is None else file_size
        head = bytes(data[cls.OFFSET : cls.OFFSET + cls.LENGTH])
        if len(head) < cls.MINIMUM_LENGTH or not head.startswith(cls.MAGIC):
            return None
        length, program_size, base, size = struct.unpack_from("<IQQQ", pad_to(head, 32), 4)
        if length < cls.MINIMUM_LENGTH:
            raise ValueError(f"extended header of {length} bytes")
        if length < cls.LENGTH:
            size = file_size - base if base else 0
        if program_size > file_size:
            raise ValueError(f"program of {program_size} bytes in a file of {file_size} bytes")
        return cls(program_size, base, size)


def _extract_delegates(program: Program, segments: list[AlignedData]) -> Program:
    """Moves delegate payloads to segments, in the order of their first use; empty ones stay."""
    references: dict[int, BackendDelegateDataReference] = {}
    inline: list[BackendDelegateInlineData] = []

    def move(delegate: BackendDelegate) -> BackendDelegate:
        old = delegate.processed.index
        if delegate.processed.location != DataLocation.INLINE:
            raise ValueError(f"payload of delegate {delegate.id} is not inline")
        if old not in references:
            payload = program.backend_delegate_data[old]
            if len(payload.data) > 0:
                place, index = DataLocation.SEGMENT, len(segments)
                segments.append(AlignedData(Cord(payload.data)))
            else:
                place, index = DataLocation.INLINE, len(inline)
                inline.append(payload)
            references[old] = BackendDelegateDataReference(place, index)
        return replace(delegate, processed=references[old])

    plans = [replace(p, delegates=[move(d) for d in p.delegates]) for p in program.execution_plan]
    return replace(program, execution_plan=plans, backend_delegate_data=inline)


def _extract_named_data(data: NamedDataStoreOutput, segments: list[AlignedData]) -> list[NamedData]:
    """Appends one segment per buffer, in the order of the keys; answers which key is where."""
    segment_of: dict[int, int] = {}
    named = []
    for key, entry in data.pte_data.items():
        if entry.buffer_index not in segment_of:
            segment_of[entry.buffer_index] = len(segments)
            segments.append(AlignedData(Cord(data.buffers[entry.buffer_index])))
        index = segment_of[entry.buffer_index]
        segments[index].alignment = math.lcm(segments[index].alignment, entry.alignment)
        named.append(NamedData(key, index))
    return named


def serialize_pte_binary(
    pte_file: PTEFile,
    *,
    extract_delegate_segments: bool = False,
    segment_alignment: int = 128,
    constant_tensor_alignment: int | None = None,
    delegate_alignment: int | None = None,
) -> Cord:
    """The file that the runtime loads; data is referred to, not copied, and `pte_file` is not
    changed.

    extract_delegate_segments: put delegate payloads in segments, so that they can be freed after
        use.
    segment_alignment, constant_tensor_alignment, delegate_alignment: in bytes, powers of two; the
        last one is of payloads that stay inline.
    """
    program = pte_file.program
    if program.segments:
        raise ValueError("the program refers to segments already; pass the data itself instead")

    segments: list[AlignedData] = []
    if program.constant_buffer:
        constants, offsets = join_aligned(
            (buffer.storage for buffer in program.constant_buffer),
            constant_tensor_alignment or ALIGNMENT,
        )
        segments.append(AlignedData(constants, constant_tensor_alignment or ALIGNMENT))
        program = replace(
            program, constant_buffer=[], constant_segment=SubsegmentOffsets(0, offsets)
        )
    if pte_file.mutable_data:
        values, offsets = join_aligned((buffer.storage for buffer in pte_file.mutable_data), 1)
        location = SubsegmentOffsets(len(segments), offsets)
        segments.append(AlignedData(values))
        program = replace(program, mutable_data_segments=[location])
    if extract_delegate_segments:
        program = _extract_delegates(program, segments)
    if pte_file.named_data is not None and pte_file.named_data.pte_data:
        named = _extract_named_data(pte_file.named_data, segments)
        program = replace(program, named_data=named)

    placed = place_segments(segments, segment_alignment)
    flatbuffer = _program_to_flatbuffer(
        replace(program, segments=placed),
        constant_tensor_alignment=constant_tensor_alignment,
        delegate_alignment=delegate_alignment,
    )
    segment_data_size = placed[-1].offset + placed[-1].size if placed else 0
    if segment_data_size == 0:
        return Cord(flatbuffer.data)

    header_size = aligned_size(_ExtendedHeader.LENGTH, flatbuffer.max_alignment)
    program_size = len(flatbuffer.data) + header_size
    base = aligned_size(program_size, base_alignment(segments, segment_alignment))
    header = _ExtendedHeader(program_size, base, segment_data_size).to_bytes()
    file = Cord(insert_header(flatbuffer.data, pad_to(header, header_size)))
    append_segments(file, base, segments, placed)
    return file


def _split(data: bytes, offsets: list[int]) -> list[Buffer]:
    """Items of a segment. Sizes are not stored, so an item keeps the padding that follows it."""
    ends = [*offsets[1:], len(data)]
    return [Buffer(data[start:end]) for start, end in zip(offsets, ends)]


def _segment(segments: list[bytes], index: int) -> bytes:
    if index >= len(segments):
        raise ValueError(f"segment {index} of {len(segments)} segments")
    return segments[index]


def deserialize_pte_binary(program_data: bytes) -> PTEFile:
    """Inverse of `serialize_pte_binary`; ValueError if the file is damaged."""
    header = _ExtendedHeader.from_file(program_data)
    program = _flatbuffer_to_program(program_data)
    if header is None:
        header = _ExtendedHeader(len(program_data), 0, 0)
    segments = split_segments(
        program_data, header.segment_base_offset, header.segment_data_size, program.segments
    )
    file = PTEFile(replace(program, segments=[], mutable_data_segments=None, named_data=None))

    constants = program.constant_segment
    if constants.offsets:
        data = _segment(segments, constants.segment_index)
        file.program.constant_buffer = _split(data, constants.offsets)
        file.program.constant_segment = SubsegmentOffsets(0, [])
    if program.mutable_data_segments:
        mutable = program.mutable_data_segments[0]
        file.mutable_data = _split(_segment(segments, mutable.segment_index), mutable.offsets)
    if program.named_data:
        entries: dict[str, DataEntry] = {}
        buffer_of: dict[int, int] = {}
        for named in program.named_data:
            index = buffer_of.setdefault(named.segment_index, len(buffer_of))
            entries[named.key] = DataEntry(index, 1, None)
        buffers = [_segment(segments, index) for index in buffer_of]
        file.named_data = NamedDataStoreOutput(list(buffers), entries, {})

    inline = file.program.backend_delegate_data
    moved: dict[int, int] = {}
    for plan in file.program.execution_plan:
        for delegate in plan.delegates:
            if delegate.processed.location == DataLocation.SEGMENT:
                index = delegate.processed.index
                if index not in moved:
                    moved[index] = len(inline)
                    inline.append(BackendDelegateInlineData(_segment(segments, index)))
                delegate.processed = BackendDelegateDataReference(DataLocation.INLINE, moved[index])
    return file
