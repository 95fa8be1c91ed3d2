# SPDX-License-Identifier: BSD-3-Clause
"""What a file of named data holds, and the interface of the formats that can hold it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from executorch.exir._serialize._cord import Cord, CordBuffer
from executorch.exir.tensor_layout import TensorLayout


@dataclass
class DataEntry:
    """One name: which buffer, its alignment in bytes, and which tensor it is, if it is one."""

    buffer_index: int
    alignment: int
    tensor_layout: TensorLayout | None


@dataclass
class DataPayload:
    """Buffers and the names of them; several names may share a buffer."""

    buffers: Sequence[CordBuffer]
    named_data: dict[str, DataEntry]


class DataSerializer(ABC):
    """A file format for a `DataPayload`."""

    @abstractmethod
    def serialize(self, data: DataPayload) -> Cord:
        """The complete file."""

    @abstractmethod
    def deserialize(self, blob: Cord) -> DataPayload:
        """Inverse of `serialize`; ValueError if `blob` is damaged."""
