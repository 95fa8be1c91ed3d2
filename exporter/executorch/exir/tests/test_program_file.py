# SPDX-License-Identifier: BSD-3-Clause
import contextlib
import io
import struct
from pathlib import Path

import pytest

from executorch.exir._serialize import _deserialize_pte_binary, _PTEFile, _serialize_pte_binary
from executorch.exir._serialize._cord import Cord, FileBackedData
from executorch.exir._serialize._named_data_store import NamedDataStore
from executorch.exir.backend.compile_spec_schema import CompileSpec
from executorch.exir.schema import (
    BackendDelegate,
    BackendDelegateDataReference,
    BackendDelegateInlineData,
    Buffer,
    Chain,
    ContainerMetadata,
    DataLocation,
    ExecutionPlan,
    Program,
    SubsegmentOffsets,
)
from executorch.exir.tests.corpus import damaged_programs, good_programs


def delegate(index: int, name: str = "backend") -> BackendDelegate:
    reference = BackendDelegateDataReference(DataLocation.INLINE, index)
    return BackendDelegate(name, reference, [CompileSpec("key", b"value")])


def program(
    constants: list[bytes], payloads: list[bytes], delegates: list[BackendDelegate]
) -> Program:
    plan = ExecutionPlan(
        name="forward",
        container_meta_type=ContainerMetadata("", ""),
        values=[],
        inputs=[],
        outputs=[],
        chains=[Chain([], [], [], None)],
        operators=[],
        delegates=delegates,
        non_const_buffer_sizes=[0, 0],
    )
    return Program(
        version=0,
        execution_plan=[plan],
        constant_buffer=[Buffer(data) for data in constants],
        backend_delegate_data=[BackendDelegateInlineData(data) for data in payloads],
        segments=[],
        constant_segment=SubsegmentOffsets(0, []),
    )


def header(data: bytes) -> tuple[int, int, int]:
    """Program size, segment base and segment data size."""
    assert data[8:16] == b"eh00" + struct.pack("<I", 32)
    return struct.unpack_from("<QQQ", data, 16)


def test_corpus_round_trip() -> None:
    for path in good_programs():
        original = _deserialize_pte_binary(path.read_bytes())
        data = bytes(_serialize_pte_binary(original, extract_delegate_segments=True))
        assert _deserialize_pte_binary(data) == original, path


def test_damaged_files_are_refused_or_read() -> None:
    for path in damaged_programs():
        with contextlib.suppress(ValueError):
            _deserialize_pte_binary(path.read_bytes())


def test_truncated_file() -> None:
    data = bytes(_serialize_pte_binary(_PTEFile(program([b"", b"x" * 40], [], []))))
    for length in range(len(data)):
        with pytest.raises(ValueError):
            _deserialize_pte_binary(data[:length])


def test_nothing_to_put_in_segments() -> None:
    data = bytes(_serialize_pte_binary(_PTEFile(program([b""], [], []))))
    assert data[4:8] == b"ET12" and b"eh00" not in data
    read = _deserialize_pte_binary(data)
    assert read.program.constant_buffer == [Buffer(b"")]


def test_layout_of_segments() -> None:
    store = NamedDataStore()
    store.add_named_data("first", b"n" * 3, alignment=256)
    store.add_named_data("second", b"m" * 5)
    store.add_named_data("also first", b"n" * 3, alignment=16)
    file = _PTEFile(
        program(
            [b"", b"a" * 5, b"b" * 7], [b"payload", b""], [delegate(0), delegate(1), delegate(0)]
        ),
        mutable_data=[Buffer(b""), Buffer(b"u" * 3), Buffer(b"v")],
        named_data=store.get_named_data_store_output(),
    )
    data = bytes(_serialize_pte_binary(file, extract_delegate_segments=True))
    program_size, base, size = header(data)
    assert program_size <= base and base % 256 == 0 and len(data) == base + size

    from executorch.exir._serialize._flatbuffer_program import _flatbuffer_to_program

    written = _flatbuffer_to_program(data)
    assert written.constant_segment == SubsegmentOffsets(0, [0, 0, 16])
    assert written.mutable_data_segments == [SubsegmentOffsets(1, [0, 0, 3])]
    delegates = written.execution_plan[0].delegates
    assert delegates[0].processed == BackendDelegateDataReference(DataLocation.SEGMENT, 2)
    assert delegates[1].processed == BackendDelegateDataReference(DataLocation.INLINE, 0)
    assert delegates[2].processed == delegates[0].processed
    assert {n.key: n.segment_index for n in written.named_data or []} == {
        "first": 3,
        "second": 4,
        "also first": 3,
    }
    content = [data[base + s.offset : base + s.offset + s.size] for s in written.segments]
    assert content == [b"aaaaa" + bytes(11) + b"b" * 7, b"uuuv", b"payload", b"nnn", b"mmmmm"]
    assert all((base + s.offset) % 128 == 0 for s in written.segments)
    assert (base + written.segments[3].offset) % 256 == 0

    read = _deserialize_pte_binary(data)
    assert read.mutable_data == file.mutable_data
    assert [d.data for d in read.program.backend_delegate_data] == [b"", b"payload"]
    assert read.named_data is not None and set(read.named_data.pte_data) == set(store.pte_data)


def test_input_is_not_changed() -> None:
    file = _PTEFile(program([b"", b"x"], [b"payload"], [delegate(0)]))
    _serialize_pte_binary(file, extract_delegate_segments=True)
    assert file == _PTEFile(program([b"", b"x"], [b"payload"], [delegate(0)]))


@pytest.mark.parametrize("alignment", [16, 64, 4096])
def test_alignments(alignment: int) -> None:
    file = _PTEFile(program([b"", b"a", b"b"], [b"payload"], [delegate(0)]))
    data = bytes(
        _serialize_pte_binary(
            file,
            segment_alignment=alignment,
            constant_tensor_alignment=alignment,
            delegate_alignment=alignment,
        )
    )
    _, base, _ = header(data)
    assert base % alignment == 0 and data[base] == ord("a") and data[base + alignment] == ord("b")
    assert data.index(b"payload") % alignment == 0


def test_alignment_must_be_a_power_of_two() -> None:
    with pytest.raises(ValueError, match="alignment 24 of Buffer is not a power of two"):
        _serialize_pte_binary(_PTEFile(program([b""], [], [])), constant_tensor_alignment=24)


def test_data_on_disk_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "payload").write_bytes(b"on disk" * 1000)
    backed = FileBackedData(str(tmp_path / "payload"))
    file = _PTEFile(program([b""], [backed], [delegate(0)]))  # type: ignore[list-item]
    cord = _serialize_pte_binary(file, extract_delegate_segments=True)
    stream = io.BytesIO()
    cord.write_to_file(stream)
    assert stream.getvalue() == bytes(cord) and len(cord) == len(bytes(cord))
    assert stream.getvalue().endswith(b"on disk" * 1000)


def test_owned_file_is_deleted(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"abc")
    with FileBackedData.move_from(str(path)) as data:
        assert not path.exists() and data.to_bytes() == b"abc" and len(data) == 3
        assert data.prefix(2) == b"ab"
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())


def test_cord_keeps_parts() -> None:
    cord = Cord(b"ab")
    cord.append(Cord(memoryview(b"cd")))
    cord.append(b"")
    assert len(cord) == 4 and bytes(cord) == b"abcd"
