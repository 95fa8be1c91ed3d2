# SPDX-License-Identifier: BSD-3-Clause
"""Means as sums."""

from __future__ import annotations

from math import prod
from typing import Any

from executorch.exir.dialects._ops import ops
from executorch.exir.pass_base import ExportPass, NodeMetadata, ProxyValue


class MeanToSumDiv(ExportPass):
    """Replaces `mean.dim` by `sum.dim_IntList` and a division by the number of elements."""

    def call_operator(
        self, op: Any, args: tuple[Any, ...], kwargs: dict[str, Any], meta: NodeMetadata
    ) -> ProxyValue:
        if op != ops.edge.aten.mean.dim:
            return super().call_operator(op, args, kwargs, meta)
        source = args[0].to_tensor()
        dims = args[1] if len(args) > 1 and args[1] else list(range(source.dim()))
        count = prod(source.shape[dim] for dim in dims)
        total = super().call_operator(ops.edge.aten.sum.dim_IntList, args, kwargs, meta)
        number = super().call_operator(
            ops.edge.aten.full.default,
            ([1], count),
            {"dtype": total.to_tensor().dtype},
            meta,
        )
        return super().call_operator(ops.edge.aten.div.Tensor, (total, number), {}, meta)
