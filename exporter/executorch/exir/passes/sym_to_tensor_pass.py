# SPDX-License-Identifier: BSD-3-Clause
"""Makes tensors of symbolic numbers that stand where an operator wants a tensor."""

from __future__ import annotations

from typing import Any

import torch

from executorch.exir.dialects.edge._ops import EdgeOpOverload, edge_op
from executorch.exir.pass_base import ExportPass, NodeMetadata, ProxyValue, map_args

_DTYPES = {torch.SymBool: torch.bool, torch.SymInt: torch.int64, torch.SymFloat: torch.float32}


class SymToTensorPass(ExportPass):
    """Puts `scalar_tensor` between symbolic numbers and the tensor arguments that they are."""

    def call_operator(
        self, op: Any, args: tuple[Any, ...], kwargs: dict[str, Any], meta: NodeMetadata
    ) -> ProxyValue:
        scalar_tensor: Any = torch.ops.aten.scalar_tensor.default
        if isinstance(op, EdgeOpOverload):
            scalar_tensor = edge_op(scalar_tensor)

        def to_tensor(value: Any, argument: torch.Argument) -> Any:
            data = value.data if isinstance(value, ProxyValue) else None
            dtype = _DTYPES.get(type(data))
            if dtype is None or not isinstance(argument.type, torch.TensorType):
                return value
            return super(SymToTensorPass, self).call_operator(
                scalar_tensor, (value,), {"dtype": dtype}, meta
            )

        args, kwargs = map_args(op, to_tensor, args, kwargs)
        return super().call_operator(op, args, kwargs, meta)
