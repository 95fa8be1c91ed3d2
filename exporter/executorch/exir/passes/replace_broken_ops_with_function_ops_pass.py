# SPDX-License-Identifier: BSD-3-Clause
"""Replaces operators that may or may not alias their input by ones that never do."""

from __future__ import annotations

from typing import Any

import torch

from executorch.exir.pass_base import ExportPass, NodeMetadata, ProxyValue

_aten = torch.ops.aten
_FUNCTIONAL = {
    _aten._unsafe_view.default: _aten.view_copy.default,
    _aten.t.default: _aten.t_copy.default,
    _aten.view.default: _aten.view_copy.default,
    _aten.expand.default: _aten.expand_copy.default,
    _aten.permute.default: _aten.permute_copy.default,
    _aten.squeeze.default: _aten.squeeze_copy.default,
    _aten.unsqueeze.default: _aten.unsqueeze_copy.default,
    _aten.slice.Tensor: _aten.slice_copy.Tensor,
    _aten.split.Tensor: _aten.split_copy.Tensor,
    _aten.transpose.int: _aten.transpose_copy.int,
}


class ReplaceBrokenOpsWithFunctionalOpsPass(ExportPass):
    """Replaces `aten` views by the operators that copy."""

    def call_operator(
        self, op: Any, args: tuple[Any, ...], kwargs: dict[str, Any], meta: NodeMetadata
    ) -> ProxyValue:
        return super().call_operator(_FUNCTIONAL.get(op, op), args, kwargs, meta)
