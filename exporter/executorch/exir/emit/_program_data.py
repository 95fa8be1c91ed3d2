# SPDX-License-Identifier: BSD-3-Clause
"""The data that all methods of a program share: constants, initial values, delegate payloads."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from executorch.exir._serialize._cord import CordBuffer
from executorch.exir._serialize._named_data_store import NamedDataStore
from executorch.exir._serialize.unique_buffers import UniqueBuffers
from executorch.exir.schema import BackendDelegateInlineData, Buffer
from executorch.exir.tensor import tensor_bytes


def _buffers(data: Sequence[CordBuffer]) -> list[Buffer]:
    return [Buffer(item) for item in data]  # type: ignore[arg-type]


class ProgramData:
    """Everything is stored once, however many methods refer to it; tensors are not copied."""

    def __init__(self) -> None:
        self._constants = UniqueBuffers()
        self._initial_values = UniqueBuffers()
        self._payloads = UniqueBuffers()
        self._external = UniqueBuffers()
        self.external_constant_map: dict[str, dict[str, int]] = {}
        self.named_data = NamedDataStore()

    def add_constant(self, tensor: torch.Tensor, dim_order: Sequence[int]) -> int:
        """`data_buffer_idx` of a constant. An empty tensor has no data, hence 0."""
        if tensor.numel() == 0:
            return 0
        return self._constants.add(tensor_bytes(tensor, dim_order)) + 1

    def add_initial_value(self, tensor: torch.Tensor, dim_order: Sequence[int]) -> int:
        """`data_buffer_idx` of the initial value of a mutable tensor."""
        if tensor.numel() == 0:
            return 0
        return self._initial_values.add(tensor_bytes(tensor, dim_order)) + 1

    def add_external(
        self, tensor: torch.Tensor, dim_order: Sequence[int], name: str, tag: str
    ) -> int:
        """Index, among the external buffers, of a tensor that goes into `<tag>.ptd` as `name`."""
        index = self._external.add(tensor_bytes(tensor, dim_order))
        self.external_constant_map.setdefault(tag, {})[name] = index
        return index

    def add_payload(self, payload: bytes) -> int:
        """Index of a delegate's payload among `backend_delegate_data`."""
        return self._payloads.add(payload)

    # Index 0 means "no data", so the file has a placeholder there.

    @property
    def constant_buffer(self) -> list[Buffer]:
        return [Buffer(b""), *_buffers(self._constants.buffers)]

    @property
    def mutable_data(self) -> list[Buffer] | None:
        """Initial values, or None if there are none."""
        values = _buffers(self._initial_values.buffers)
        return [Buffer(b""), *values] if values else None

    @property
    def backend_delegate_data(self) -> list[BackendDelegateInlineData]:
        return [BackendDelegateInlineData(p) for p in self._payloads.buffers]  # type: ignore[arg-type]

    @property
    def external_constant_buffer(self) -> list[CordBuffer]:
        return self._external.buffers
