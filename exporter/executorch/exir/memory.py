# SPDX-License-Identifier: BSD-3-Clause
"""Memory operations that appear as call targets in graphs that use out variants."""

from typing import Any

import torch

from executorch.exir.tensor import TensorSpec

TensorAllocSpec = tuple[tuple[int, ...], torch.dtype]
AllocSpec = TensorAllocSpec | list[TensorAllocSpec]


def alloc(spec: AllocSpec) -> Any:
    """Storage for an `out` argument: an uninitialised tensor per (shape, dtype) in `spec`."""
    if isinstance(spec, list):
        return [torch.empty(shape, dtype=dtype) for shape, dtype in spec]
    shape, dtype = spec
    return torch.empty(shape, dtype=dtype)


def free(spec: TensorSpec) -> None:
    """Marks the point after which the tensor described by `spec` is dead."""


def view(base: torch.Tensor, size: list[int]) -> torch.Tensor:
    """`base` seen with another size; shares storage with `base`."""
    return base.view(size)


def narrow(base: torch.Tensor, dim: int, start: int, length: int) -> torch.Tensor:
    """`length` elements of a dimension of `base`, from `start`; shares storage with `base`."""
    return base.narrow(dim, start, length)


def select(base: torch.Tensor, dim: int, index: int) -> torch.Tensor:
    """`base` at one index of a dimension, which the result lacks; shares storage with `base`."""
    return base.select(dim, index)
