# SPDX-License-Identifier: BSD-3-Clause
"""Element type, sizes and physical order of a tensor that is stored outside the program."""

from dataclasses import dataclass
from typing import Annotated

import torch

from executorch.exir.flatbuffer_types import Int32, Scalar, UInt8
from executorch.exir.scalar_type import ScalarType
from executorch.exir.tensor import dim_order_of, scalar_type_enum


@dataclass
class TensorLayout:
    """`sizes` are in logical order; `dim_order` lists dimensions from outermost to innermost."""

    scalar_type: Annotated[ScalarType, Scalar("b")]
    sizes: list[Int32]
    dim_order: list[UInt8]

    @classmethod
    def from_tensor(cls, tensor: torch.Tensor) -> "TensorLayout":
        return cls(
            scalar_type=scalar_type_enum(tensor.dtype),
            sizes=list(tensor.shape),
            dim_order=list(dim_order_of(tensor.shape, tensor.stride())),
        )
