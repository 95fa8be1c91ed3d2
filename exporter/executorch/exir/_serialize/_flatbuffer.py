# SPDX-License-Identifier: BSD-3-Clause
"""FlatBuffers encoder and decoder driven by dataclasses; see `flatbuffer_types.py`.

How Python types map to the wire:

| type | stored as |
|---|---|
| Annotated[int, float, bool or IntEnum, Scalar(code)] | number; omitted if it is the default |
| Annotated[str, Names(...)] | number of the name |
| str, bytes, list[T], a dataclass | string, [ubyte], vector, table |
| X or None | X; omitted if None |
| A or B or C, all dataclasses | union of tables, numbered from 1 in this order |

An absent number reads as its default; an absent string, vector or table that may not be None reads
as an empty one.

The encoder prepends: children are written before the table that refers to them, so positions are
counted from the end of the buffer until it is complete. Equal strings, vectors and vtables are
stored once.
"""

import dataclasses
import operator
import struct
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, reduce
from typing import (
    Annotated,
    Any,
    TypeVar,
    Union,
)

from executorch.exir.flatbuffer_types import ForceAlign, Names, Scalar, Slot

T = TypeVar("T")
Bytes = bytes | bytearray | memoryview

_U16 = struct.Struct("<H")
_U32 = struct.Struct("<I")
_I32 = struct.Struct("<i")


class FlatbufferError(ValueError):
    """The bytes are not a FlatBuffer of the expected schema."""


@cache
def _packer(code: str) -> struct.Struct:
    return struct.Struct("<" + code)


class _Builder:
    """Grows a buffer towards its front. A position is a distance in bytes from the end."""

    def __init__(self, force_align: Mapping[type, int]) -> None:
        self.force_align = force_align
        self.chunks: list[Bytes] = []
        self.size = 0
        self.max_alignment = 4
        self.shared: dict[tuple[bytes, int], int] = {}

    def prepend(self, data: Bytes, alignment: int, skip: int = 0) -> int:
        """Position of `data`, placed so that its byte `skip` is aligned to `alignment`."""
        padding = -(self.size + len(data) - skip) % alignment
        if padding:
            self.chunks.append(bytes(padding))
        if alignment > self.max_alignment:
            self.max_alignment = alignment
        self.chunks.append(data)
        self.size += padding + len(data)
        return self.size

    def prepend_shared(self, data: bytes, alignment: int, skip: int = 0) -> int:
        """Like `prepend`, but answers the position of equal data if there is some already."""
        position = self.shared.get((data, alignment))
        if position is None:
            position = self.shared[data, alignment] = self.prepend(data, alignment, skip)
        return position

    def finish(self, root: int, identifier: bytes, size_prefixed: bool) -> bytes:
        head = 4 * size_prefixed
        position = self.prepend(bytes(4) + identifier, self.max_alignment, skip=-head)
        self.chunks[-1] = _U32.pack(position - root) + identifier
        if size_prefixed:
            self.chunks.append(_U32.pack(self.size))
        return b"".join(reversed(self.chunks))


class _Reader:
    """A complete buffer. A position is a distance in bytes from its start."""

    def __init__(self, data: Bytes) -> None:
        self.data = memoryview(data)
        self.vtables: dict[int, tuple[int, ...]] = {}

    def target(self, position: int) -> int:
        """What the reference at `position` refers to."""
        return position + _U32.unpack_from(self.data, position)[0]

    def vector(self, position: int, width: int) -> tuple[int, int]:
        """First element and length of the vector that the reference at `position` refers to."""
        start = self.target(position)
        length = _U32.unpack_from(self.data, start)[0]
        if start + 4 + length * width > len(self.data):
            raise FlatbufferError(f"vector of {length} elements at {start} ends outside the buffer")
        return start + 4, length

    def bytes_at(self, position: int) -> bytes:
        start, length = self.vector(position, 1)
        return bytes(self.data[start : start + length])

    def slots(self, table: int) -> tuple[int, ...]:
        """Offset within the table of every slot, 0 for an absent one."""
        vtable = table - _I32.unpack_from(self.data, table)[0]
        slots = self.vtables.get(vtable)
        if slots is None:
            if vtable < 0:
                raise FlatbufferError(f"vtable at {vtable} is before the start of the buffer")
            count = max(_U16.unpack_from(self.data, vtable)[0] // 2 - 2, 0)
            slots = self.vtables[vtable] = _packer(f"4x{count}H").unpack_from(self.data, vtable)
        return slots


@dataclass
class _Codec:
    """How one kind of value is written and read.

    code: `struct` code of what a table or vector holds: the number itself or a reference.
    read: the value whose number or reference is at a position.
    write: stores what a reference refers to and answers its position; None for numbers.
    absent: makes the value of a field that is not stored.
    """

    code: str
    read: Callable[[_Reader, int], Any]
    write: Callable[[_Builder, Any], int] | None
    absent: Callable[[], Any]


def _scalar(python_type: type, code: str, default: float | None = None) -> _Codec:
    packer = _packer(code)
    members = {int(m): m for m in python_type} if issubclass(python_type, IntEnum) else None

    def read(reader: _Reader, position: int) -> Any:
        number = packer.unpack_from(reader.data, position)[0]
        if members is None:
            return number
        if number not in members:
            raise FlatbufferError(f"{number} is not a {python_type.__name__}")
        return members[number]

    return _Codec(code, read, None, lambda: python_type(default or 0))


def _named(names: Sequence[str]) -> _Codec:
    def read(reader: _Reader, position: int) -> str:
        number = reader.data[position]
        if number >= len(names):
            raise FlatbufferError(f"{number} is not the number of any of {names}")
        return names[number]

    return _Codec("b", read, None, lambda: names[0])


def _string() -> _Codec:
    def write(builder: _Builder, value: str) -> int:
        data = value.encode()
        return builder.prepend_shared(_U32.pack(len(data)) + data + b"\0", 4)

    return _Codec("I", lambda reader, position: reader.bytes_at(position).decode(), write, str)


def _byte_vector(owner: type, alignment: int) -> _Codec:
    def write(builder: _Builder, value: Bytes) -> int:
        builder.prepend(value, max(4, builder.force_align.get(owner, alignment)))
        return builder.prepend(_U32.pack(len(value)), 4)

    return _Codec("I", _Reader.bytes_at, write, bytes)


def _scalar_vector(item: _Codec) -> _Codec:
    width = struct.calcsize(item.code)
    alignment = max(4, width)

    def write(builder: _Builder, value: Sequence[Any]) -> int:
        data = _packer(f"I{len(value)}{item.code}").pack(len(value), *value)
        return builder.prepend_shared(data, alignment, skip=4)

    def read(reader: _Reader, position: int) -> list[Any]:
        start, length = reader.vector(position, width)
        return list(_packer(f"{length}{item.code}").unpack_from(reader.data, start))

    return _Codec("I", read, write, list)


def _vector(item: _Codec) -> _Codec:
    write_item = item.write
    if write_item is None:
        return _scalar_vector(item)

    def write(builder: _Builder, value: Sequence[Any]) -> int:
        positions = [write_item(builder, element) for element in value]
        count = len(positions)
        # Reserved first: the references in it are relative to where it is.
        vector = builder.prepend(bytes(4 + 4 * count), 4)
        builder.chunks[-1] = _packer(f"I{count}I").pack(
            count, *(vector - 4 - 4 * i - position for i, position in enumerate(positions))
        )
        return vector

    def read(reader: _Reader, position: int) -> list[Any]:
        start, length = reader.vector(position, 4)
        return [item.read(reader, start + 4 * i) for i in range(length)]

    return _Codec("I", read, write, list)


class _Layout:
    """Bytes of a table in which a certain set of slots is present."""

    def __init__(self, present: Sequence[tuple[int, _Codec]]) -> None:
        offset = 4
        offsets: dict[int, int] = {}
        self.references: list[tuple[int, int]] = []
        """(index among the packed values, offset within the table)"""
        for index, (slot, codec) in enumerate(present, start=1):
            offsets[slot] = offset
            if codec.write is not None:
                self.references.append((index, offset))
            offset += struct.calcsize(codec.code)
        slots = [offsets.get(slot, 0) for slot in range(max(offsets, default=-1) + 1)]
        self.vtable = struct.pack(f"<{len(slots) + 2}H", 4 + 2 * len(slots), offset, *slots)
        self.packer = _packer("i" + "".join(codec.code for _, codec in present))
        self.alignment = max([4, *(struct.calcsize(codec.code) for _, codec in present)])


_Prepare = Callable[[_Builder, Any], int | None]
"""What a slot holds for a value: a number or the position of what it refers to; None is absent."""

_ReadField = Callable[[_Reader, int, tuple[int, ...]], Any]
"""Value of a field, given the position of the table and the offsets of its slots."""


class _Table:
    """Codec of one dataclass."""

    def __init__(self, table_type: type) -> None:
        if not dataclasses.is_dataclass(table_type):
            raise TypeError(f"{table_type!r} is not a dataclass, so it can't be a table")
        self.type = table_type
        self.codec = _Codec("I", self._read, self._write, self._absent)
        self.readers: list[_ReadField] = []
        self.layouts: dict[int, _Layout] = {}
        slots: list[tuple[int, _Codec, str, _Prepare]] = []
        hints = typing.get_type_hints(table_type, include_extras=True)
        slot = 0
        for field in dataclasses.fields(table_type):
            hint, marks, optional = _unwrap(hints[field.name])
            slot = marks.get(Slot, Slot(slot)).index
            if _is_union(hint):
                members = [_table(member).codec for member in typing.get_args(hint)]
                write_tag, write = _union_writers(typing.get_args(hint), members)
                slots.append((slot, _UNION_TAG, field.name, write_tag))
                slots.append((slot + 1, members[0], field.name, write))
                self.readers.append(_union_reader(slot, members))
                slot += 2
            else:
                codec = _codec(hint, marks, table_type)
                absent = _absent(codec, field, optional)
                write = codec.write or _scalar_writer(codec, absent(), marks.get(Names))
                slots.append((slot, codec, field.name, write))
                self.readers.append(_field_reader(slot, codec.read, absent))
                slot += 1
        # Widest first: then no slot needs padding, whichever of them are present.
        slots.sort(key=lambda s: -struct.calcsize(s[1].code))
        self.slots = [(number, codec) for number, codec, _, _ in slots]
        self.writers = [
            (1 << i, operator.attrgetter(name), prepare)
            for i, (_, _, name, prepare) in enumerate(slots)
        ]

    def _write(self, builder: _Builder, value: Any) -> int:
        values: list[int] = [0]
        present = 0
        for bit, get, prepare in self.writers:
            item = get(value)
            if item is not None:
                stored = prepare(builder, item)
                if stored is not None:
                    present |= bit
                    values.append(stored)
        layout = self.layouts.get(present)
        if layout is None:
            layout = _Layout([slot for i, slot in enumerate(self.slots) if present >> i & 1])
            self.layouts[present] = layout
        # Reserved first: the references in it are relative to where it is.
        table = builder.prepend(bytes(layout.packer.size), layout.alignment, skip=4)
        chunk = len(builder.chunks) - 1
        values[0] = builder.prepend_shared(layout.vtable, 2) - table
        for index, offset in layout.references:
            values[index] = table - offset - values[index]
        try:
            builder.chunks[chunk] = layout.packer.pack(*values)
        except struct.error as error:
            raise FlatbufferError(f"{value!r:.200} can't be stored: {error}") from error
        return table

    def _read(self, reader: _Reader, position: int) -> Any:
        table = reader.target(position)
        slots = reader.slots(table)
        return self.type(*[read(reader, table, slots) for read in self.readers])

    def _absent(self) -> Any:
        """A table in which every slot is absent."""
        return self.type(*[read(_NOTHING, 0, ()) for read in self.readers])


_NOTHING = _Reader(b"")
_UNION_TAG = _scalar(int, "B")


_tables: dict[type, _Table] = {}


def _table(table_type: type) -> _Table:
    if table_type not in _tables:
        _tables[table_type] = _Table(table_type)
    return _tables[table_type]


def _scalar_writer(codec: _Codec, default: Any, names: Names | None) -> _Prepare:
    if names is not None:
        return lambda builder, value: names.names.index(value) or None
    # A float is always stored: -0.0 equals 0.0, NaN does not equal itself.
    if codec.code in "fd":
        return lambda builder, value: value
    return lambda builder, value: None if value == default else value


def _union_writers(types: Sequence[type], members: Sequence[_Codec]) -> tuple[_Prepare, _Prepare]:
    tags = {member: tag for tag, member in enumerate(types, start=1)}
    writers = {member: codec.write for member, codec in zip(types, members)}

    def prepare(builder: _Builder, value: Any) -> int:
        write = writers.get(type(value))
        if write is None:
            names = ", ".join(member.__name__ for member in types)
            raise FlatbufferError(f"{value!r:.200} where one of {names} belongs")
        return write(builder, value)

    # References are wider than tags, so they are written, and checked, first.
    return lambda builder, value: tags[type(value)], prepare


def _field_reader(slot: int, read: Callable, absent: Callable[[], Any]) -> _ReadField:
    def read_field(reader: _Reader, table: int, slots: tuple[int, ...]) -> Any:
        offset = slots[slot] if slot < len(slots) else 0
        return read(reader, table + offset) if offset else absent()

    return read_field


def _union_reader(slot: int, members: Sequence[_Codec]) -> _ReadField:
    read_tag = _field_reader(slot, _UNION_TAG.read, _UNION_TAG.absent)
    readers = [_field_reader(slot + 1, member.read, member.absent) for member in members]

    def read_field(reader: _Reader, table: int, slots: tuple[int, ...]) -> Any:
        tag = read_tag(reader, table, slots)
        if tag == 0:
            return None
        if tag > len(readers):
            raise FlatbufferError(f"{tag} is not the tag of any of {len(readers)} union members")
        return readers[tag - 1](reader, table, slots)

    return read_field


def _is_union(hint: Any) -> bool:
    return typing.get_origin(hint) in (Union, types.UnionType)


def _absent(codec: _Codec, field: dataclasses.Field, optional: bool) -> Callable[[], Any]:
    """Makes the value of a field that is not stored."""
    if codec.write is None:
        value = codec.absent() if field.default is dataclasses.MISSING else field.default
        return lambda: value
    return (lambda: None) if optional else codec.absent


def _unwrap(hint: Any) -> tuple[Any, dict[type, Any], bool]:
    """The type without Optional and Annotated, its marks by type, and whether it was Optional."""
    marks: dict[type, Any] = {}
    optional = False
    while True:
        arguments = typing.get_args(hint)
        if typing.get_origin(hint) is Annotated:
            hint = arguments[0]
            marks.update((type(mark), mark) for mark in arguments[1:])
        elif _is_union(hint) and type(None) in arguments:
            hint = reduce(operator.or_, (a for a in arguments if a is not type(None)))
            optional = True
        else:
            return hint, marks, optional


def _codec(hint: Any, marks: dict[type, Any], owner: type) -> _Codec:
    if Scalar in marks:
        return _scalar(hint, marks[Scalar].code, marks[Scalar].default)
    if Names in marks:
        return _named(marks[Names].names)
    if hint is str:
        return _string()
    if hint is bytes:
        return _byte_vector(owner, marks.get(ForceAlign, ForceAlign(1)).alignment)
    if typing.get_origin(hint) is list:
        item, item_marks, _ = _unwrap(typing.get_args(hint)[0])
        return _vector(_codec(item, item_marks, owner))
    return _table(hint).codec


def encode(
    root: Any,
    file_identifier: bytes = b"",
    *,
    size_prefixed: bool = False,
    force_align: Mapping[type, int] | None = None,
) -> bytes:
    """The dataclass `root` as a complete FlatBuffer.

    file_identifier: four bytes, or none.
    size_prefixed: put the length of the rest (uint32) first.
    force_align: alignment, by dataclass, of the byte vectors in it, instead of their `ForceAlign`.

    Raises FlatbufferError if a value does not fit its field.
    """
    builder = _Builder(force_align or {})
    write = _table(type(root)).codec.write
    assert write is not None
    return builder.finish(write(builder, root), file_identifier, size_prefixed)


def decode(
    root_type: type[T], data: Bytes, file_identifier: bytes = b"", *, size_prefixed: bool = False
) -> T:
    """Reads what `encode` (or any FlatBuffers writer with the same schema) has written.

    Raises FlatbufferError if `data` has another identifier or is damaged.
    """
    start = 4 if size_prefixed else 0
    found = bytes(data[start + 4 : start + 8])
    if file_identifier and found != file_identifier:
        raise FlatbufferError(f"file identifier is {found!r}, expected {file_identifier!r}")
    try:
        return _table(root_type).codec.read(_Reader(data), start)
    except (struct.error, UnicodeDecodeError) as error:
        raise FlatbufferError(f"damaged {root_type.__name__}: {error}") from error
