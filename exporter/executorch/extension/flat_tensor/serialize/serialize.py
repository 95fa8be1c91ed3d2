# SPDX-License-Identifier: BSD-3-Clause
"""The data file (`.ptd`): named tensors and blobs that programs load from outside."""

import math
import struct
from dataclasses import dataclass
from typing import ClassVar

from executorch.exir._serialize._cord import Cord
from executorch.exir._serialize._flatbuffer import decode, encode
from executorch.exir._serialize._named_data_store import NamedDataStoreOutput
from executorch.exir._serialize._segments import (
    AlignedData,
    append_segments,
    base_alignment,
    insert_header,
    place_segments,
    split_segments,
)
from executorch.exir._serialize.data_serializer import DataEntry, DataPayload, DataSerializer
from executorch.exir._serialize.padding import aligned_size, pad_to
from executorch.extension.flat_tensor.serialize.flat_tensor_schema import FlatTensor, NamedData

_FILE_IDENTIFIER = b"FT01"
_FLATBUFFER_ALIGNMENT = 16
_VERSION = 0


@dataclass
class FlatTensorConfig:
    """segment_alignment: of each buffer in the file, in bytes."""

    segment_alignment: int = 128


@dataclass
class FlatTensorHeader:
    """Sizes and offsets in bytes, at byte 8 of the file.

    flatbuffer_offset: padded size of this header; flatbuffer_size: without this header.
    """

    EXPECTED_MAGIC: ClassVar[bytes] = b"FH01"
    EXPECTED_LENGTH: ClassVar[int] = 40
    OFFSET: ClassVar[int] = 8

    flatbuffer_offset: int
    flatbuffer_size: int
    segment_base_offset: int
    segment_data_size: int
    magic: bytes = EXPECTED_MAGIC
    length: int = EXPECTED_LENGTH

    @staticmethod
    def from_bytes(data: bytes) -> "FlatTensorHeader":
        """Reads the header that `data` starts with; ValueError if there are too few bytes."""
        if len(data) < FlatTensorHeader.EXPECTED_LENGTH:
            raise ValueError(f"{len(data)} bytes are not a flat tensor header")
        magic, length, *fields = struct.unpack_from("<4sIQQQQ", data)
        header = FlatTensorHeader(*fields)
        header.magic, header.length = magic, length
        return header

    def is_valid(self) -> bool:
        return self.magic == self.EXPECTED_MAGIC and self.length >= self.EXPECTED_LENGTH

    def to_bytes(self) -> bytes:
        return struct.pack(
            "<4sIQQQQ",
            self.magic,
            self.length,
            self.flatbuffer_offset,
            self.flatbuffer_size,
            self.segment_base_offset,
            self.segment_data_size,
        )


def _deserialize_to_flat_tensor(flatbuffer: bytes) -> FlatTensor:
    """Reads the FlatBuffer part of a data file; ValueError if it is damaged."""
    return decode(FlatTensor, flatbuffer, _FILE_IDENTIFIER)


class FlatTensorSerializer(DataSerializer):
    """Writes and reads data files."""

    def __init__(self, config: FlatTensorConfig | None = None) -> None:
        self.config = config or FlatTensorConfig()

    def serialize(self, data: DataPayload) -> Cord:
        segment_of: dict[int, int] = {}
        segments: list[AlignedData] = []
        named_data = []
        for key, entry in data.named_data.items():
            if entry.buffer_index not in segment_of:
                segment_of[entry.buffer_index] = len(segments)
                segments.append(AlignedData(Cord(data.buffers[entry.buffer_index])))
            segment = segments[segment_of[entry.buffer_index]]
            segment.alignment = math.lcm(segment.alignment, entry.alignment)
            named_data.append(NamedData(key, segment_of[entry.buffer_index], entry.tensor_layout))

        alignment = self.config.segment_alignment
        placed = place_segments(segments, alignment)
        flatbuffer = encode(FlatTensor(_VERSION, placed, named_data), _FILE_IDENTIFIER)
        header_size = aligned_size(FlatTensorHeader.EXPECTED_LENGTH, _FLATBUFFER_ALIGNMENT)
        base = aligned_size(len(flatbuffer) + header_size, base_alignment(segments, alignment))
        header = FlatTensorHeader(
            flatbuffer_offset=header_size,
            flatbuffer_size=len(flatbuffer),
            segment_base_offset=base,
            segment_data_size=placed[-1].offset + placed[-1].size if placed else 0,
        )
        file = Cord(insert_header(flatbuffer, pad_to(header.to_bytes(), header_size)))
        append_segments(file, base, segments, placed)
        return file

    def deserialize(self, blob: Cord) -> DataPayload:
        data = bytes(blob)
        header = FlatTensorHeader.from_bytes(data[FlatTensorHeader.OFFSET :])
        if not header.is_valid():
            raise ValueError(f"no flat tensor header: {header}")
        flat_tensor = _deserialize_to_flat_tensor(data)
        if flat_tensor.version != _VERSION:
            raise ValueError(f"version {flat_tensor.version} of the data file is not known")
        segments = split_segments(
            data, header.segment_base_offset, header.segment_data_size, flat_tensor.segments
        )
        named_data = {}
        for entry in flat_tensor.named_data:
            if entry.segment_index >= len(segments):
                raise ValueError(
                    f"{entry.key} is in segment {entry.segment_index}, which is missing"
                )
            named_data[entry.key] = DataEntry(entry.segment_index, 1, entry.tensor_layout)
        return DataPayload(segments, named_data)

    def deserialize_to_named_data_store_output(
        self, blob: bytes, name: str
    ) -> NamedDataStoreOutput:
        """Content of the data file as external data with tag `name`."""
        payload = self.deserialize(Cord(blob))
        return NamedDataStoreOutput(list(payload.buffers), {}, {name: payload.named_data})
