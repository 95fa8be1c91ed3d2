# SPDX-License-Identifier: BSD-3-Clause
"""The data file as plain data: one dataclass per table of `flat_tensor.fbs`."""

from dataclasses import dataclass

from executorch.exir.flatbuffer_types import UInt32
from executorch.exir.schema import DataSegment
from executorch.exir.tensor_layout import TensorLayout

__all__ = ["DataSegment", "FlatTensor", "NamedData", "TensorLayout"]


@dataclass
class NamedData:
    key: str
    segment_index: UInt32
    tensor_layout: TensorLayout | None = None


@dataclass
class FlatTensor:
    version: UInt32
    segments: list[DataSegment]
    named_data: list[NamedData]
