# SPDX-License-Identifier: BSD-3-Clause
"""Expresses transpositions as permutations."""

from __future__ import annotations

from typing import Any

import torch

from executorch.exir.dialects.edge._ops import EdgeOpOverload, edge_op
from executorch.exir.operator.convert import torch_op
from executorch.exir.pass_base import ExportPass, NodeMetadata, ProxyValue

_aten = torch.ops.aten
_TO_PERMUTATION = {
    _aten.t.default: _aten.permute.default,
    _aten.transpose.int: _aten.permute.default,
    _aten.t_copy.default: _aten.permute_copy.default,
    _aten.transpose_copy.int: _aten.permute_copy.default,
}


class NormalizeTransposePass(ExportPass):
    """Replaces `t` and `transpose`, and their copying variants, by `permute` or `permute_copy`."""

    def call_operator(
        self, op: Any, args: tuple[Any, ...], kwargs: dict[str, Any], meta: NodeMetadata
    ) -> ProxyValue:
        permute = _TO_PERMUTATION.get(torch_op(op))
        if permute is None:
            return super().call_operator(op, args, kwargs, meta)
        rank = args[0].to_tensor().dim()
        first, second = args[1:3] if len(args) == 3 else (0, rank - 1)
        dims = list(range(rank))
        if rank:
            dims[first], dims[second] = dims[second], dims[first]
        target = edge_op(permute) if isinstance(op, EdgeOpOverload) else permute
        return super().call_operator(target, (args[0], dims), {}, meta)
