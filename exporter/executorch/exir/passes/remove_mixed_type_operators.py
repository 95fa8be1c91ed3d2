# SPDX-License-Identifier: BSD-3-Clause
"""Converts the arguments of operators explicitly where torch does it silently."""

from __future__ import annotations

from typing import Any

import torch
from torch._prims_common import ELEMENTWISE_TYPE_PROMOTION_KIND, elementwise_dtypes

from executorch.exir.dialects.edge._ops import EdgeOpOverload, edge_op
from executorch.exir.operator.convert import torch_op
from executorch.exir.pass_base import ExportPass, NodeMetadata, ProxyValue

_aten = torch.ops.aten
_DEFAULT, _INT_TO_FLOAT = (
    ELEMENTWISE_TYPE_PROMOTION_KIND.DEFAULT,
    ELEMENTWISE_TYPE_PROMOTION_KIND.INT_TO_FLOAT,
)
_PROMOTED = {
    _aten.add.Tensor: _DEFAULT,
    _aten.mul.Tensor: _DEFAULT,
    _aten.sub.Tensor: _DEFAULT,
    _aten.div.Tensor: _INT_TO_FLOAT,
    _aten.minimum.default: _DEFAULT,
    _aten.maximum.default: _DEFAULT,
}


class RemoveMixedTypeOperators(ExportPass):
    """Puts `_to_copy` in front of the arguments whose dtype is not the one that the operator
    computes in.
    """

    def call_operator(
        self, op: Any, args: tuple[Any, ...], kwargs: dict[str, Any], meta: NodeMetadata
    ) -> ProxyValue:
        kind = _PROMOTED.get(torch_op(op))
        if kind is not None:
            data = [a.data if isinstance(a, ProxyValue) else a for a in args]
            dtype, _ = elementwise_dtypes(*data, type_promotion_kind=kind)
            args = tuple(self._converted(op, arg, dtype, meta) for arg in args)
        return super().call_operator(op, args, kwargs, meta)

    def _converted(self, op: Any, arg: Any, dtype: torch.dtype, meta: NodeMetadata) -> Any:
        if not isinstance(arg, ProxyValue) or not arg.is_tensor() or arg.data.dtype == dtype:
            return arg
        to_copy: Any = _aten._to_copy.default
        if isinstance(op, EdgeOpOverload):
            to_copy = edge_op(to_copy)
        return super().call_operator(to_copy, (arg,), {"dtype": dtype}, meta)
