# SPDX-License-Identifier: BSD-3-Clause
from pathlib import Path

import pytest
import torch

from executorch.exir._serialize._cord import Cord, FileBackedData
from executorch.exir._serialize._named_data_store import NamedDataStore
from executorch.exir._serialize.data_serializer import DataEntry
from executorch.exir._serialize.unique_buffers import UniqueBuffers
from executorch.exir.scalar_type import ScalarType
from executorch.exir.tensor_layout import TensorLayout


def test_equal_data_is_kept_once() -> None:
    store = NamedDataStore()
    store.add_named_data("a", b"same")
    store.add_named_data("b", b"same", alignment=8)
    store.add_named_data("c", b"Same")
    store.add_named_data("d", b"same", external_tag="file")
    output = store.get_named_data_store_output()
    assert output.buffers == [b"same", b"Same"]
    assert output.pte_data == {
        "a": DataEntry(0, 1, None),
        "b": DataEntry(0, 8, None),
        "c": DataEntry(1, 1, None),
    }
    assert output.external_data == {"file": {"d": DataEntry(0, 1, None)}}


def test_key_again() -> None:
    store = NamedDataStore()
    store.add_named_data("a", b"x", alignment=4)
    store.add_named_data("a", b"x", alignment=6)
    assert store.pte_data["a"].alignment == 12
    with pytest.raises(ValueError, match="Duplicate key a with different data"):
        store.add_named_data("a", b"y")
    with pytest.raises(ValueError, match="greater than 0"):
        store.add_named_data("b", b"y", alignment=0)


def test_tensors_are_stored_in_physical_order() -> None:
    store = NamedDataStore()
    tensor = torch.arange(24.0).reshape(1, 2, 3, 4).to(memory_format=torch.channels_last)
    store.add_named_data("t", tensor)
    assert store.pte_data["t"].tensor_layout == TensorLayout(
        ScalarType.FLOAT, [1, 2, 3, 4], [0, 2, 3, 1]
    )
    stored = torch.frombuffer(bytearray(bytes(Cord(store.buffers[0]))), dtype=torch.float32)
    assert torch.equal(stored, tensor.permute(0, 2, 3, 1).reshape(-1))


def test_merge() -> None:
    first, second = NamedDataStore(), NamedDataStore()
    first.add_named_data("a", b"x")
    second.add_named_data("b", b"y", external_tag="file")
    second.add_named_data("c", b"x", 16)
    first.merge_named_data_store(second.get_named_data_store_output())
    assert first.buffers == [b"x", b"y"]
    assert first.pte_data["c"] == DataEntry(0, 16, None)
    assert first.external_data["file"]["b"] == DataEntry(1, 1, None)


def test_same_prefix_is_not_same_content(tmp_path: Path) -> None:
    unique = UniqueBuffers()
    long = b"p" * 100
    assert [unique.add(d) for d in (long + b"1", long + b"2", long + b"1")] == [0, 1, 0]
    (tmp_path / "file").write_bytes(long + b"2")
    assert unique.add(FileBackedData(str(tmp_path / "file"))) == 1
