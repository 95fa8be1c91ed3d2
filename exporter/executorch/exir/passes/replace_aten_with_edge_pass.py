# SPDX-License-Identifier: BSD-3-Clause
"""Wraps torch operators as edge operators."""

from __future__ import annotations

from typing import Any

import torch
from torch._ops import OpOverload

from executorch.exir.dialects.edge._ops import EdgeOpOverload, edge_op
from executorch.exir.pass_base import ExportPass, NodeMetadata, ProxyValue

_aten = torch.ops.aten

DISALLOW_LIST = [
    _aten._assert_async.msg,
    _aten._assert_scalar.default,
    _aten._assert_tensor_metadata.default,
    _aten.scalar_tensor.default,
    _aten.sym_constrain_range.default,
    _aten.sym_constrain_range_for_size.default,
    _aten.sym_numel.default,
    _aten.sym_size.int,
    _aten.sym_storage_offset.default,
    _aten.sym_stride.int,
]
"""Operators that stay plain torch operators: they compute sizes or are removed."""


def aten_to_edge(aten_op: OpOverload) -> EdgeOpOverload:
    """The edge operator for a torch operator."""
    return edge_op(aten_op)


def should_lower_to_edge(op: Any) -> bool:
    """Whether `op` has to become an edge operator."""
    return isinstance(op, OpOverload) and op not in DISALLOW_LIST


class OpReplacePass(ExportPass):
    """Replaces torch operators by edge operators."""

    def call_operator(
        self, op: Any, args: tuple[Any, ...], kwargs: dict[str, Any], meta: NodeMetadata
    ) -> ProxyValue:
        target = aten_to_edge(op) if should_lower_to_edge(op) else op
        return super().call_operator(target, args, kwargs, meta)
