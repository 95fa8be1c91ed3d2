# SPDX-License-Identifier: BSD-3-Clause
import contextlib
import struct
import typing
from dataclasses import dataclass, field, fields, is_dataclass
from enum import IntEnum
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from executorch.exir._serialize._flatbuffer import FlatbufferError, decode, encode
from executorch.exir.flatbuffer_types import (
    Boolean,
    Float32,
    Float64,
    ForceAlign,
    Int8,
    Int16,
    Int32,
    Int64,
    Scalar,
    Slot,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
)
from executorch.exir.schema import Program
from executorch.exir.tests.corpus import damaged_programs, good_programs


class Color(IntEnum):
    RED = 0
    GREEN = 3


@dataclass
class Empty:
    pass


@dataclass
class Leaf:
    number: Int64
    text: str


@dataclass
class Blob:
    data: Annotated[bytes, ForceAlign(32)]


@dataclass
class Everything:
    small: Int8
    byte: UInt8
    short: Int16
    word: UInt16
    number: Int32
    count: UInt32
    big: Int64
    huge: UInt64
    flag: Boolean
    single: Float32
    double: Float64
    color: Annotated[Color, Scalar("b")]
    text: str
    raw: bytes
    bytes_: list[UInt8]
    flags: list[Boolean]
    longs: list[UInt64]
    doubles: list[Float64]
    texts: list[str]
    leaves: list[Leaf]
    leaf: Leaf
    choice: Empty | Leaf | Blob
    maybe_text: str | None = None
    maybe_leaf: Leaf | None = None
    maybe_list: list[Int32] | None = None
    maybe_choice: Leaf | Empty | None = None
    default_number: Int32 = -1
    blob: Blob = field(default_factory=lambda: Blob(b""))


texts = st.text(max_size=8)
leaves = st.builds(Leaf, st.integers(-(2**63), 2**63 - 1), texts)
blobs = st.builds(Blob, st.binary(max_size=40))


def integers(bits: int, signed: bool) -> st.SearchStrategy[int]:
    return (
        st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        if signed
        else st.integers(0, 2**bits - 1)
    )


everything = st.builds(
    Everything,
    small=integers(8, True),
    byte=integers(8, False),
    short=integers(16, True),
    word=integers(16, False),
    number=integers(32, True),
    count=integers(32, False),
    big=integers(64, True),
    huge=integers(64, False),
    flag=st.booleans(),
    single=st.floats(width=32, allow_nan=False),
    double=st.floats(allow_nan=False),
    color=st.sampled_from(Color),
    text=texts,
    raw=st.binary(max_size=9),
    bytes_=st.lists(integers(8, False), max_size=5),
    flags=st.lists(st.booleans(), max_size=5),
    longs=st.lists(integers(64, False), max_size=3),
    doubles=st.lists(st.floats(allow_nan=False), max_size=3),
    texts=st.lists(texts, max_size=3),
    leaves=st.lists(leaves, max_size=3),
    leaf=leaves,
    choice=st.one_of(st.just(Empty()), leaves, blobs),
    maybe_text=st.none() | texts,
    maybe_leaf=st.none() | leaves,
    maybe_list=st.none() | st.lists(integers(32, True), max_size=3),
    maybe_choice=st.none() | leaves | st.just(Empty()),
    default_number=st.just(-1) | st.just(0) | integers(32, True),
    blob=blobs,
)


class Verifier:
    """Checks bounds and alignment like the FlatBuffers C++ verifier, knowing only the schema."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def check(self, root: type, start: int = 0) -> None:
        self.table(root, self.reference(start))

    def number(self, code: str, position: int) -> Any:
        size = struct.calcsize(code)
        assert position % size == 0, f"{code} at {position} is misaligned"
        assert 0 <= position <= len(self.data) - size, f"{code} at {position} is out of bounds"
        return struct.unpack_from("<" + code, self.data, position)[0]

    def reference(self, position: int) -> int:
        offset = self.number("I", position)
        assert 0 < offset < 2**31
        return position + offset

    def vector(self, position: int, width: int, alignment: int) -> tuple[int, int]:
        length = self.number("I", position)
        start = position + 4
        assert start % alignment == 0, f"elements at {start} are not aligned to {alignment}"
        assert start + length * width <= len(self.data)
        return start, length

    def table(self, table_type: type, table: int) -> None:
        vtable = table - self.number("i", table)
        size = self.number("H", vtable)
        table_size = self.number("H", vtable + 2)
        assert size % 2 == 0 and table + table_size <= len(self.data)
        hints = typing.get_type_hints(table_type, include_extras=True)
        slot = 0
        for item in fields(table_type):
            hint = hints[item.name]
            marks = list(getattr(hint, "__metadata__", ()))
            slot = next((m.index for m in marks if isinstance(m, Slot)), slot)
            members = [m for m in typing.get_args(hint) if isinstance(m, type) and is_dataclass(m)]
            is_union = len(members) > 1
            for part in range(2 if is_union else 1):
                offset = self.number("H", vtable + 4 + 2 * slot) if 4 + 2 * slot < size else 0
                slot += 1
                if offset == 0:
                    continue
                assert offset < table_size
                if is_union and part == 0:
                    tag = self.number("B", table + offset)
                elif is_union:
                    self.table(members[tag - 1], self.reference(table + offset))
                else:
                    self.value(hint, marks, table + offset)

    def value(self, hint: Any, marks: list[Any], position: int) -> None:
        arguments = typing.get_args(hint)
        if type(None) in arguments:
            hint = next(a for a in arguments if a is not type(None))
            arguments = typing.get_args(hint)
        code = next((m.code for m in marks if isinstance(m, Scalar)), None)
        if code is not None:
            self.number(code, position)
            return
        if typing.get_origin(hint) is Annotated:
            hint = arguments[0]
        target = self.reference(position)
        if hint in (str, bytes):
            alignment = next((m.alignment for m in marks if isinstance(m, ForceAlign)), 1)
            start, length = self.vector(target, 1, alignment)
            if hint is str:
                assert self.data[start + length] == 0
        elif is_dataclass(hint):
            self.table(typing.cast(type, hint), target)
        else:
            (element,) = arguments
            element_marks = list(getattr(element, "__metadata__", ()))
            code = next((m.code for m in element_marks if isinstance(m, Scalar)), "I")
            width = struct.calcsize(code)
            start, length = self.vector(target, width, width)
            if not element_marks:
                for i in range(length):
                    self.value(element, [], start + 4 * i)


@settings(max_examples=60, deadline=None)
@given(everything, st.booleans())
def test_round_trip(value: Everything, size_prefixed: bool) -> None:
    data = encode(value, b"TEST", size_prefixed=size_prefixed)
    assert decode(Everything, data, b"TEST", size_prefixed=size_prefixed) == value
    Verifier(data).check(Everything, 4 if size_prefixed else 0)
    if size_prefixed:
        assert struct.unpack_from("<I", data)[0] == len(data) - 4


@settings(max_examples=60, deadline=None)
@given(everything)
def test_encoding_is_deterministic(value: Everything) -> None:
    assert encode(value) == encode(value)


@settings(max_examples=60, deadline=None)
@given(everything, st.data())
def test_damaged_data_is_refused_or_read(value: Everything, data: st.DataObject) -> None:
    damaged = bytearray(encode(value, b"TEST"))
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(8, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    del damaged[data.draw(st.integers(8, len(damaged))) :]
    with contextlib.suppress(FlatbufferError):
        decode(Everything, damaged, b"TEST")


def test_floats_keep_sign_of_zero_and_special_values() -> None:
    @dataclass
    class Floats:
        items: list[Float64]
        zero: Float64

    read = decode(Floats, encode(Floats([float("inf"), -0.0], -0.0)))
    assert read.items[0] == float("inf")
    assert str(read.zero) == "-0.0" and str(read.items[1]) == "-0.0"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (Leaf(2**63, ""), "can't be stored"),
        (Leaf("one", ""), "can't be stored"),  # type: ignore[arg-type]
    ],
)
def test_value_that_does_not_fit(value: Leaf, message: str) -> None:
    with pytest.raises(FlatbufferError, match=message):
        encode(value)


def test_union_of_unknown_type() -> None:
    @dataclass
    class Choice:
        choice: Leaf | Empty

    with pytest.raises(FlatbufferError, match="where one of Leaf, Empty belongs"):
        encode(Choice(Blob(b"")))  # type: ignore[arg-type]


def test_wrong_identifier() -> None:
    with pytest.raises(FlatbufferError, match="file identifier is b'ABCD', expected b'TEST'"):
        decode(Empty, encode(Empty(), b"ABCD"), b"TEST")


def test_newer_writer_and_older_reader() -> None:
    @dataclass
    class Old:
        number: Int32

    @dataclass
    class New:
        number: Int32
        text: str = ""
        more: Int32 = 5

    assert decode(Old, encode(New(1, "x", 7))) == Old(1)
    assert decode(New, encode(Old(1))) == New(1, "", 5)


def test_equal_parts_are_stored_once() -> None:
    one = len(encode(_leaves(1)))
    two = len(encode(_leaves(2)))
    # A reference, and a table of soffset, number and reference; text and vtable are shared.
    assert two - one <= 4 + 4 + 8 + 4 + 4


@dataclass
class Leaves:
    items: list[Leaf]


def _leaves(count: int) -> Leaves:
    return Leaves([Leaf(1, "a text that is long enough to matter") for _ in range(count)])


def test_force_align_can_be_raised() -> None:
    data = encode(Blob(b"x" * 5), force_align={Blob: 256})
    assert data.index(b"xxxxx") % 256 == 0


def test_corpus() -> None:
    programs = good_programs()
    assert len(programs) > 100
    for path in programs:
        program = decode(Program, path.read_bytes(), b"ET12")
        data = encode(program, b"ET12")
        assert decode(Program, data, b"ET12") == program, path
        Verifier(data).check(Program)


def test_damaged_corpus_raises_nothing_else() -> None:
    for path in damaged_programs():
        with contextlib.suppress(FlatbufferError):
            decode(Program, path.read_bytes(), b"ET12")
