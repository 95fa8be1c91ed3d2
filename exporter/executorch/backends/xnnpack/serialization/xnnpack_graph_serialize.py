# SPDX-License-Identifier: BSD-3-Clause
"""The payload of a delegate: a header, the graph as a flatbuffer, and perhaps constants."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import ClassVar

from executorch.backends.xnnpack.serialization.xnnpack_graph_schema import XNNGraph
from executorch.exir._serialize._flatbuffer import decode, encode

FILE_IDENTIFIER = b"XN01"
_ALIGNMENT = 16


@dataclass
class XNNHeader:
    """Where the parts of a payload are, in bytes from its start."""

    flatbuffer_offset: int
    flatbuffer_size: int
    constant_data_offset: int
    constant_data_size: int

    MAGIC_OFFSET: ClassVar[slice] = slice(4, 8)
    HEADER_SIZE_OFFSET: ClassVar[slice] = slice(8, 10)
    FLATBUFFER_OFFSET_OFFSET: ClassVar[slice] = slice(10, 14)
    FLATBUFFER_SIZE_OFFSET: ClassVar[slice] = slice(14, 18)
    CONSTANT_DATA_OFFSET_OFFSET: ClassVar[slice] = slice(18, 22)
    CONSTANT_DATA_SIZE_OFFSET: ClassVar[slice] = slice(22, 30)
    EXPECTED_MAGIC: ClassVar[bytes] = b"XH00"
    EXPECTED_LENGTH: ClassVar[int] = 30

    _FIELDS: ClassVar[struct.Struct] = struct.Struct("<4x4sHIIIQ")

    @staticmethod
    def from_bytes(data: bytes) -> XNNHeader:
        """Reads the header at the start of `data`; ValueError if there is none."""
        if len(data) < XNNHeader.EXPECTED_LENGTH:
            raise ValueError(
                f"Invalid XNNHeader: expected at least {XNNHeader.EXPECTED_LENGTH} bytes, "
                f"got {len(data)}"
            )
        magic, length, *fields = XNNHeader._FIELDS.unpack_from(data)
        if magic != XNNHeader.EXPECTED_MAGIC:
            raise ValueError(
                f"Invalid XNNHeader: invalid magic bytes {magic!r}, "
                f"expected {XNNHeader.EXPECTED_MAGIC!r}"
            )
        if length != XNNHeader.EXPECTED_LENGTH:
            raise ValueError(
                f"Invalid XNNHeader: Invalid parsed length {length}, "
                f"expected {XNNHeader.EXPECTED_LENGTH}"
            )
        return XNNHeader(*fields)

    def is_valid(self) -> bool:
        """Whether the parts can lie where the header says."""
        return (
            self.flatbuffer_size > 0
            and self.flatbuffer_offset >= self.EXPECTED_LENGTH
            and self.constant_data_offset >= self.flatbuffer_offset + self.flatbuffer_size
            and self.constant_data_size >= 0
        )

    def to_bytes(self) -> bytes:
        """The header's 30 bytes; ValueError if it is not valid."""
        if not self.is_valid():
            raise ValueError(f"Invalid XNNHeader: {self}")
        return self._FIELDS.pack(
            self.EXPECTED_MAGIC,
            self.EXPECTED_LENGTH,
            self.flatbuffer_offset,
            self.flatbuffer_size,
            self.constant_data_offset,
            self.constant_data_size,
        )


def _aligned(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT


def serialize_xnnpack_binary(graph: XNNGraph, constant_data: bytes = b"") -> bytes:
    """The payload with this graph; `constant_data` is what constants without a key refer to."""
    flatbuffer = encode(graph, FILE_IDENTIFIER)
    offset = _aligned(XNNHeader.EXPECTED_LENGTH)
    constants = offset + _aligned(len(flatbuffer))
    header = XNNHeader(offset, len(flatbuffer), constants, len(constant_data)).to_bytes()
    parts = header.ljust(offset, b"\0") + flatbuffer
    return parts.ljust(constants, b"\0") + constant_data


def deserialize_xnnpack_binary(payload: bytes) -> XNNGraph:
    """The graph in a payload; ValueError if it is damaged."""
    header = XNNHeader.from_bytes(payload)
    end = header.flatbuffer_offset + header.flatbuffer_size
    return decode(XNNGraph, payload[header.flatbuffer_offset : end], FILE_IDENTIFIER)
