# SPDX-License-Identifier: BSD-3-Clause
import struct
from pathlib import Path

import pytest

from executorch.exir._serialize._cord import Cord
from executorch.exir._serialize.data_serializer import DataEntry, DataPayload
from executorch.exir.scalar_type import ScalarType
from executorch.exir.tensor_layout import TensorLayout
from executorch.extension.flat_tensor.serialize.serialize import (
    FlatTensorConfig,
    FlatTensorHeader,
    FlatTensorSerializer,
    _deserialize_to_flat_tensor,
)

CORPUS = Path(__file__).parents[5] / "test" / "data" / "corpus"
LAYOUT = TensorLayout(ScalarType.INT, [2, 3], [0, 1])
PAYLOAD = DataPayload(
    [b"x" * 24, b"blob"],
    {"t": DataEntry(0, 1, LAYOUT), "b": DataEntry(1, 64, None), "same": DataEntry(0, 1, LAYOUT)},
)


def test_round_trip() -> None:
    data = bytes(FlatTensorSerializer().serialize(PAYLOAD))
    read = FlatTensorSerializer().deserialize(Cord(data))
    assert read.buffers == PAYLOAD.buffers
    assert read.named_data["b"] == DataEntry(1, 1, None)
    assert read.named_data["t"] == read.named_data["same"] == DataEntry(0, 1, LAYOUT)


@pytest.mark.parametrize("alignment", [16, 128, 1024])
def test_layout_of_file(alignment: int) -> None:
    serializer = FlatTensorSerializer(FlatTensorConfig(segment_alignment=alignment))
    data = bytes(serializer.serialize(PAYLOAD))
    header = FlatTensorHeader.from_bytes(data[8:])
    assert data[4:8] == b"FT01" and header.is_valid() and header.flatbuffer_offset == 48
    assert header.flatbuffer_offset + header.flatbuffer_size <= header.segment_base_offset
    assert header.segment_base_offset % alignment == 0
    assert header.segment_base_offset + header.segment_data_size == len(data)
    file = _deserialize_to_flat_tensor(data[: 48 + header.flatbuffer_size])
    assert [segment.size for segment in file.segments] == [24, 4]
    for segment in file.segments:
        assert segment.offset % max(alignment, 64 if segment.size == 4 else 1) == 0


def test_files_of_another_implementation() -> None:
    path = CORPUS / "f_external_constants_tagged" / "weights_tagged.ptd"
    payload = FlatTensorSerializer().deserialize(Cord(path.read_bytes()))
    assert set(payload.named_data) == {"0.weight", "2.weight"}
    layout = payload.named_data["0.weight"].tensor_layout
    assert layout == TensorLayout(ScalarType.FLOAT, [10, 6], [0, 1])
    data = payload.buffers[payload.named_data["0.weight"].buffer_index]
    assert len(data) == 60 * 4


def test_named_data_store_output() -> None:
    data = bytes(FlatTensorSerializer().serialize(PAYLOAD))
    output = FlatTensorSerializer().deserialize_to_named_data_store_output(data, "weights")
    assert output.pte_data == {} and set(output.external_data["weights"]) == {"t", "b", "same"}


def test_damage_is_noticed() -> None:
    data = bytes(FlatTensorSerializer().serialize(PAYLOAD))
    for length in range(len(data)):
        with pytest.raises(ValueError):
            FlatTensorSerializer().deserialize(Cord(data[:length]))
    wrong_length = data[:12] + struct.pack("<I", 39) + data[16:]
    with pytest.raises(ValueError, match="no flat tensor header"):
        FlatTensorSerializer().deserialize(Cord(wrong_length))


def test_empty_file() -> None:
    data = FlatTensorSerializer().serialize(DataPayload([], {}))
    assert FlatTensorSerializer().deserialize(data) == DataPayload([], {})
