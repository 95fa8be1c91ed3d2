# SPDX-License-Identifier: BSD-3-Clause
"""The rules of the edge dialect."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import fx
from torch._export.verifier import SpecViolationError, Verifier
from torch._ops import HigherOrderOperator, OpOverload
from torch.utils import _pytree as pytree

from executorch.exir.capture._config import EdgeCompileConfig
from executorch.exir.dialects.edge._ops import EdgeOpOverload
from executorch.exir.dim_order_utils import is_channel_last_dim_order, is_contiguous_dim_order
from executorch.exir.graph_module import source_line

# Operators that stay plain torch operators: they compute sizes or are checked elsewhere.
_PLAIN_OPERATORS = {
    torch.ops.aten.sym_size.int,
    torch.ops.aten.sym_stride.int,
    torch.ops.aten.sym_numel.default,
    torch.ops.aten.sym_storage_offset.default,
    torch.ops.aten.scalar_tensor.default,
}


def EXIREdgeDialectVerifier(
    edge_compile_config: EdgeCompileConfig | None = None,
    class_only: bool = False,
    core_aten_ops_exception_list: Iterable[OpOverload] | None = None,
    preserve_ops: Iterable[OpOverload] | None = None,
) -> Any:
    """A verifier, or with `class_only` its class, for programs made with `edge_compile_config`.

    A verifier raises `SpecViolationError`, whose text names the node and its source line, when an
    operator isn't an edge operator, writes to its inputs or returns a view of them, or when a
    tensor is neither contiguous nor channels last.
    """
    config = edge_compile_config or EdgeCompileConfig()
    allowed = {*(core_aten_ops_exception_list or ()), *(preserve_ops or ())}
    allowed |= {*config._core_aten_ops_exception_list, *config.preserve_ops}

    class _EdgeVerifier(Verifier):
        dialect = "EDGE"

        def __call__(self, *args: Any, **kwargs: Any) -> None:
            if config._check_ir_validity:
                for module in args:
                    self.check_graph(module)

        def allowed_op_types(self) -> tuple[type[Any], ...]:
            return (EdgeOpOverload, OpOverload, HigherOrderOperator)

        def allowed_getattr_types(self) -> tuple[type[Any], ...]:
            return (fx.GraphModule, torch.nn.Module, torch.utils._pytree.TreeSpec)

        def check_valid_op(self, op: Any) -> None:
            if isinstance(op, OpOverload) and op not in _PLAIN_OPERATORS | allowed:
                raise SpecViolationError(f"operator '{op}' is not an edge operator")

        def check_additional(self, gm: fx.GraphModule) -> None:
            if config._check_ir_validity:
                self.check_graph(gm)

        def check_graph(self, gm: fx.GraphModule) -> None:
            for node in gm.graph.nodes:
                if node.op != "call_function":
                    continue
                try:
                    self.check_valid_op(node.target)
                    _check_functional(node)
                    _check_layout(node)
                except SpecViolationError as error:
                    raise SpecViolationError(
                        f"{error}: node '{node.name}' ({node.target}). {source_line(node)}"
                    ) from None

    return _EdgeVerifier if class_only else _EdgeVerifier()


def _check_functional(node: fx.Node) -> None:
    if not isinstance(node.target, EdgeOpOverload):
        return
    schema = node.target._op._schema
    if schema.is_mutable:
        raise SpecViolationError("the operator writes to one of its arguments")
    if any(result.alias_info is not None for result in schema.returns):
        raise SpecViolationError("the operator returns a view; a program can only copy")


def _check_layout(node: fx.Node) -> None:
    for value in pytree.tree_leaves(node.meta.get("val")):
        if not isinstance(value, torch.Tensor) or value.layout != torch.strided:
            continue
        if not (is_contiguous_dim_order(value) or is_channel_last_dim_order(value)):
            raise SpecViolationError(
                f"the result has strides {tuple(value.stride())} for sizes {tuple(value.shape)}; "
                "tensors must be contiguous or channels last"
            )
