# SPDX-License-Identifier: BSD-3-Clause
"""Conversions between memory formats and dim orders (dimensions by stride, outermost first)."""

from __future__ import annotations

import torch
from torch._prims_common import (
    is_contiguous_for_memory_format_or_false,
    is_contiguous_or_false,
)

_CHANNELS_LAST = {4: [0, 2, 3, 1], 5: [0, 2, 3, 4, 1]}


def _get_contiguous_dim_order(ndim: int) -> list[int]:
    return list(range(ndim))


def _get_channels_last_dim_order(ndim: int) -> list[int]:
    if ndim not in _CHANNELS_LAST:
        raise ValueError(f"channels_last needs a tensor of rank 4 or 5, not {ndim}")
    return list(_CHANNELS_LAST[ndim])


def get_dim_order(memory_format: torch.memory_format | None, ndim: int) -> list[int] | None:
    """The dim order that `memory_format` means for rank `ndim`; None where it keeps the input's."""
    if memory_format in (None, torch.preserve_format):
        return None
    if memory_format == torch.contiguous_format:
        return _get_contiguous_dim_order(ndim)
    return _get_channels_last_dim_order(ndim)


def get_memory_format(dim_order: list[int] | None) -> torch.memory_format:
    """The memory format of a dim order; raises `ValueError` if it has no name in torch."""
    if dim_order is None:
        return torch.preserve_format
    dim_order = list(dim_order)
    if dim_order == _get_contiguous_dim_order(len(dim_order)):
        return torch.contiguous_format
    if dim_order == _CHANNELS_LAST.get(len(dim_order)):
        return torch.channels_last if len(dim_order) == 4 else torch.channels_last_3d
    raise ValueError(f"dim order {dim_order} is neither contiguous nor channels last")


def is_contiguous_dim_order(tensor: torch.Tensor) -> bool:
    """Whether the dimensions certainly lie in logical order."""
    return is_contiguous_or_false(tensor)


def is_channel_last_dim_order(tensor: torch.Tensor) -> bool:
    if tensor.dim() not in _CHANNELS_LAST:
        return False
    memory_format = get_memory_format(_CHANNELS_LAST[tensor.dim()])
    return is_contiguous_for_memory_format_or_false(tensor, memory_format=memory_format)
