# SPDX-License-Identifier: BSD-3-Clause
"""Makes tensors of numbers that stand where an operator wants a tensor."""

from __future__ import annotations

from typing import Any

import torch

from executorch.exir.pass_base import ExportPass, NodeMetadata, ProxyValue, map_args

_NUMBERS = (bool, int, float)


class ScalarToTensorPass(ExportPass):
    """Replaces Python numbers by 0-dimensional constants, so that schemas and arguments agree."""

    def call_operator(
        self, op: Any, args: tuple[Any, ...], kwargs: dict[str, Any], meta: NodeMetadata
    ) -> ProxyValue:
        def to_tensor(value: Any, argument: torch.Argument) -> Any:
            if isinstance(value, _NUMBERS) and isinstance(argument.type, torch.TensorType):
                return self._scalar_tensor(value, meta)
            return value

        args, kwargs = map_args(op, to_tensor, args, kwargs)
        return super().call_operator(op, args, kwargs, meta)

    def _scalar_tensor(self, value: Any, meta: NodeMetadata) -> ProxyValue:
        dtype = torch.result_type(torch.empty(0, dtype=torch.bool), value)
        if dtype.is_floating_point:
            dtype = torch.get_default_dtype()
        op = torch.ops.aten.full.default
        return super().call_operator(op, ((), value), {"dtype": dtype}, meta)
