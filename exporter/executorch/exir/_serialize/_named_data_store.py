# SPDX-License-Identifier: BSD-3-Clause
"""Where backends put data that they want to find again by name at run time."""

import math
from dataclasses import dataclass

import torch

from executorch.exir._serialize._cord import CordBuffer
from executorch.exir._serialize.data_serializer import DataEntry
from executorch.exir._serialize.unique_buffers import UniqueBuffers, sha256
from executorch.exir.tensor import tensor_bytes
from executorch.exir.tensor_layout import TensorLayout


@dataclass
class NamedDataStoreOutput:
    """What a store holds: `pte_data` for the program, `external_data[tag]` for `<tag>.ptd`."""

    buffers: list[CordBuffer]
    pte_data: dict[str, DataEntry]
    external_data: dict[str, dict[str, DataEntry]]


class NamedDataStore:
    """Collects named data, keeping equal data once. A name means the same data everywhere."""

    def __init__(self) -> None:
        self._unique = UniqueBuffers()
        self._key_to_buffer: dict[str, int] = {}
        self.pte_data: dict[str, DataEntry] = {}
        self.external_data: dict[str, dict[str, DataEntry]] = {}

    @property
    def buffers(self) -> list[CordBuffer]:
        return self._unique.buffers

    def add_named_data(
        self,
        key: str,
        data: CordBuffer | torch.Tensor,
        alignment: int | None = 1,
        external_tag: str | None = None,
        tensor_layout: TensorLayout | None = None,
    ) -> None:
        """Stores `data` under `key`.

        alignment: of the data in the file, in bytes.
        external_tag: name of the file outside the program to put it in.
        tensor_layout: of the tensor in `data`; found by itself if `data` is a tensor.

        A key that is already in the store keeps its place and only raises its alignment. Raises
        ValueError if it has other data, or if `alignment` is not positive.
        """
        alignment = 1 if alignment is None else alignment
        if alignment <= 0:
            raise ValueError(f"Alignment must be greater than 0, received {alignment}.")
        if isinstance(data, torch.Tensor):
            tensor_layout = tensor_layout or TensorLayout.from_tensor(data)
            data = tensor_bytes(data, tensor_layout.dim_order)

        known = self._key_to_buffer.get(key)
        if known is not None:
            kept = self.buffers[known]
            if len(kept) != len(data) or sha256(kept) != sha256(data):
                raise ValueError(
                    f"Duplicate key {key} with different data. Existing data size: {len(kept)} "
                    f"bytes. New data size: {len(data)} bytes."
                )
            for entries in (self.pte_data, *self.external_data.values()):
                if key in entries:
                    entries[key].alignment = math.lcm(entries[key].alignment, alignment)
            return

        index = self._key_to_buffer[key] = self._unique.add(data)
        entries = self.pte_data
        if external_tag is not None:
            entries = self.external_data.setdefault(external_tag, {})
        entries[key] = DataEntry(index, alignment, tensor_layout)

    def get_named_data_store_output(self) -> NamedDataStoreOutput:
        return NamedDataStoreOutput(self.buffers, self.pte_data, self.external_data)

    def merge_named_data_store(self, other: NamedDataStoreOutput) -> None:
        """Adds everything that `other` holds, by the rules of `add_named_data`."""
        for tag, entries in [(None, other.pte_data), *other.external_data.items()]:
            for key, entry in entries.items():
                data = other.buffers[entry.buffer_index]
                self.add_named_data(key, data, entry.alignment, tag, entry.tensor_layout)
