# SPDX-License-Identifier: BSD-3-Clause
"""The container that program and data files share: a FlatBuffer with a header in it, then segments.

| root offset, identifier | header, padded | rest of the FlatBuffer | padding | segments |
"""

import math
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from executorch.exir._serialize._cord import Cord, CordBuffer
from executorch.exir._serialize.padding import aligned_size, padding_required
from executorch.exir.schema import DataSegment


@dataclass
class AlignedData:
    """Bytes, and the alignment in bytes that they need in the file."""

    data: Cord
    alignment: int = 1


def join_aligned(parts: Iterable[CordBuffer], alignment: int) -> tuple[Cord, list[int]]:
    """Parts one after another, with zeros in between, and where each of them starts."""
    joined = Cord()
    offsets = []
    for part in parts:
        if len(part) > 0:
            joined.append(bytes(padding_required(len(joined), alignment)))
        offsets.append(len(joined))
        joined.append(part)
    return joined, offsets


def place_segments(segments: Sequence[AlignedData], alignment: int) -> list[DataSegment]:
    """Offsets from the segment base; each a multiple of `alignment` and of the segment's own."""
    placed = []
    end = 0
    for segment in segments:
        offset = aligned_size(end, math.lcm(alignment, segment.alignment))
        placed.append(DataSegment(offset, len(segment.data)))
        end = offset + len(segment.data)
    return placed


def base_alignment(segments: Sequence[AlignedData], alignment: int) -> int:
    """Alignment of the segment base with which every segment is aligned in the file."""
    return math.lcm(alignment, *(segment.alignment for segment in segments))


def insert_header(flatbuffer: bytes, header: bytes) -> bytes:
    """`flatbuffer` with `header` behind its identifier; nothing but the root offset changes."""
    (root,) = struct.unpack_from("<I", flatbuffer)
    return struct.pack("<I", root + len(header)) + flatbuffer[4:8] + header + flatbuffer[8:]


def append_segments(
    file: Cord, base: int, segments: Sequence[AlignedData], placed: Sequence[DataSegment]
) -> None:
    """Fills `file` up to `base` and appends the segments where `place_segments` put them."""
    file.append(bytes(base - len(file)))
    for segment, place in zip(segments, placed):
        file.append(bytes(base + place.offset - len(file)))
        file.append(segment.data)


def split_segments(data: bytes, base: int, size: int, placed: Sequence[DataSegment]) -> list[bytes]:
    """Content of the segments of a file; ValueError if one is outside the file's segment data.

    base, size: of the segment data, in bytes.
    """
    if base + size > len(data):
        raise ValueError(f"segments end at byte {base + size} of a file of {len(data)} bytes")
    for index, place in enumerate(placed):
        if place.offset + place.size > size:
            raise ValueError(
                f"segment {index} ends at {place.offset + place.size}, of {size} bytes"
            )
    return [bytes(data[base + p.offset : base + p.offset + p.size]) for p in placed]
