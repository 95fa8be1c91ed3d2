# SPDX-License-Identifier: BSD-3-Clause
"""The `dim_order_ops` library: copies and allocations that state their physical layout.

`dim_order` lists the dimensions by stride, outermost first; None keeps the input's order.
"""

from __future__ import annotations

from typing import Any

import torch

from executorch.exir.dim_order_utils import get_memory_format

_library = torch.library.Library("dim_order_ops", "DEF")

_TENSOR_OPTIONS = (
    "ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None"
)
_DIM_ORDER = "int[]? dim_order=None"
_COPY_OPTIONS = f"bool non_blocking=False, {_DIM_ORDER}"
_OUT = "Tensor(a!) out) -> Tensor(a!)"

for _schema in (
    f"_to_dim_order_copy(Tensor self, *, {_TENSOR_OPTIONS}, {_COPY_OPTIONS}) -> Tensor",
    f"_to_dim_order_copy.out(Tensor self, *, {_COPY_OPTIONS}, {_OUT}",
    f"_clone_dim_order(Tensor self, *, {_COPY_OPTIONS}) -> Tensor",
    f"_clone_dim_order.out(Tensor self, *, {_COPY_OPTIONS}, {_OUT}",
    f"_empty_dim_order(SymInt[] size, *, {_TENSOR_OPTIONS}, {_DIM_ORDER}) -> Tensor",
    f"_empty_dim_order.out(SymInt[] size, *, {_DIM_ORDER}, {_OUT}",
):
    _library.define(_schema)


def _to_dim_order_copy(
    self: torch.Tensor, *, dim_order: list[int] | None = None, **options: Any
) -> torch.Tensor:
    memory_format = get_memory_format(dim_order)
    return torch.ops.aten._to_copy(self, **options, memory_format=memory_format)


def _to_dim_order_copy_out(
    self: torch.Tensor,
    *,
    non_blocking: bool = False,
    dim_order: list[int] | None = None,
    out: torch.Tensor,
) -> torch.Tensor:
    memory_format = get_memory_format(dim_order)
    return torch.ops.aten._to_copy.out(
        self, non_blocking=non_blocking, memory_format=memory_format, out=out
    )


def _clone_dim_order(
    self: torch.Tensor, *, non_blocking: bool = False, dim_order: list[int] | None = None
) -> torch.Tensor:
    return self.clone(memory_format=get_memory_format(dim_order))


def _clone_dim_order_out(
    self: torch.Tensor,
    *,
    non_blocking: bool = False,
    dim_order: list[int] | None = None,
    out: torch.Tensor,
) -> torch.Tensor:
    return torch.ops.aten.clone.out(self, memory_format=get_memory_format(dim_order), out=out)


def _empty_dim_order(
    size: list[int], *, dim_order: list[int] | None = None, **options: Any
) -> torch.Tensor:
    # There is no input whose order could be kept.
    memory_format = torch.contiguous_format if dim_order is None else get_memory_format(dim_order)
    return torch.empty(size, **options, memory_format=memory_format)


def _empty_dim_order_out(
    size: list[int], *, dim_order: list[int] | None = None, out: torch.Tensor
) -> torch.Tensor:
    return out.resize_(size)


for _name, _function in (
    ("_to_dim_order_copy", _to_dim_order_copy),
    ("_to_dim_order_copy.out", _to_dim_order_copy_out),
    ("_clone_dim_order", _clone_dim_order),
    ("_clone_dim_order.out", _clone_dim_order_out),
    ("_empty_dim_order", _empty_dim_order),
    ("_empty_dim_order.out", _empty_dim_order_out),
):
    _library.impl(_name, _function, "CompositeExplicitAutograd")
