# SPDX-License-Identifier: BSD-3-Clause
"""Annotations that turn a dataclass into a FlatBuffers table (see `_serialize/_flatbuffer.py`).

    @dataclass
    class Buffer:
        storage: Annotated[bytes, ForceAlign(16)]
        name: Optional[str] = None
        kind: Annotated[Kind, Scalar("b")] = Kind.PLAIN     # an IntEnum stored as int8
        offsets: list[UInt64] = field(default_factory=list)

Fields take slots in declaration order, a union takes two. A field's default is the schema's
default.
"""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True)
class Scalar:
    """Stored width of a number, as a `struct` format character.

    default: what an absent one reads as, where the field itself has no default; None: zero.
    """

    code: str
    default: float | None = None


@dataclass(frozen=True)
class Names:
    """A number of one byte that stands for a string: its position among these."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Slot:
    """Slot number of a field whose place in the schema is not its place in the dataclass."""

    index: int


@dataclass(frozen=True)
class ForceAlign:
    """Alignment in bytes of the first element of a byte vector."""

    alignment: int


Int8 = Annotated[int, Scalar("b")]
UInt8 = Annotated[int, Scalar("B")]
Int16 = Annotated[int, Scalar("h")]
UInt16 = Annotated[int, Scalar("H")]
Int32 = Annotated[int, Scalar("i")]
UInt32 = Annotated[int, Scalar("I")]
Int64 = Annotated[int, Scalar("q")]
UInt64 = Annotated[int, Scalar("Q")]
Float32 = Annotated[float, Scalar("f")]
Float64 = Annotated[float, Scalar("d")]
Boolean = Annotated[bool, Scalar("?")]
