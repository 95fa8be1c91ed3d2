# SPDX-License-Identifier: BSD-3-Clause
"""The rules of the edge dialect."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
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
from executorch.exir.kernel_check import TargetKernels, known_kernels, qualified_name
from executorch.exir.operator.convert import to_out_variant

# Operators that stay plain torch operators: they compute sizes or are checked elsewhere.
_PLAIN_OPERATORS = {
    torch.ops.aten.sym_size.int,
    torch.ops.aten.sym_stride.int,
    torch.ops.aten.sym_numel.default,
    torch.ops.aten.sym_storage_offset.default,
    torch.ops.aten.scalar_tensor.default,
}

# Modules of functions on sizes: operator.add, math.ceil, torch.sym_max, round.
_ARITHMETIC = {"_operator", "builtins", "math", "torch"}


def EXIREdgeDialectVerifier(
    edge_compile_config: EdgeCompileConfig | None = None,
    class_only: bool = False,
    core_aten_ops_exception_list: Iterable[OpOverload] | None = None,
    preserve_ops: Iterable[OpOverload] | None = None,
) -> Any:
    """A verifier, or with `class_only` its class, for programs made with `edge_compile_config`.

    A verifier raises `SpecViolationError`, whose text names the node and its source line, when an
    operator isn't an edge operator, is neither core ATen nor has a kernel, writes to its inputs or
    returns a view of them, or when a tensor is neither contiguous nor channels last.
    """
    config = edge_compile_config or EdgeCompileConfig()
    allowed = {*(core_aten_ops_exception_list or ()), *(preserve_ops or ())}
    allowed |= {*config._core_aten_ops_exception_list, *config.preserve_ops}
    plain = _PLAIN_OPERATORS | allowed

    class _EdgeVerifier(Verifier):
        dialect = "EDGE"

        def __call__(self, *args: Any, **kwargs: Any) -> None:
            if config._check_ir_validity:
                for root in args:
                    for module in root.modules():
                        if isinstance(module, fx.GraphModule):
                            self.check_graph(module)

        def allowed_op_types(self) -> tuple[type[Any], ...]:
            return (EdgeOpOverload, OpOverload, HigherOrderOperator)

        def allowed_getattr_types(self) -> tuple[type[Any], ...]:
            return (fx.GraphModule, torch.nn.Module, torch.utils._pytree.TreeSpec)

        def check_valid_op(self, op: Any) -> None:
            if isinstance(op, EdgeOpOverload):
                _check_core(op._op, allowed)
            elif isinstance(op, OpOverload) and op not in plain:
                raise SpecViolationError(
                    f"operator '{op}' is not an edge operator, such as "
                    "executorch.exir.dialects._ops.ops.edge.aten.add.Tensor"
                )

        def check_additional(self, gm: fx.GraphModule) -> None:
            if config._check_ir_validity:
                self.check_graph(gm)

        def check_graph(self, gm: fx.GraphModule) -> None:
            for node in gm.graph.nodes:
                if node.op != "call_function":
                    continue
                try:
                    _check_known(node.target)
                    self.check_valid_op(node.target)
                    _check_functional(node)
                    _check_layout(node)
                except SpecViolationError as error:
                    raise SpecViolationError(
                        f"{error}: node '{node.name}' ({node.target}). {source_line(node)}"
                    ) from None

    return _EdgeVerifier if class_only else _EdgeVerifier()


def _check_known(target: Any) -> None:
    """Raises for functions that are neither operators nor arithmetic on sizes."""
    if isinstance(target, (EdgeOpOverload, OpOverload, HigherOrderOperator)):
        return
    if (getattr(target, "__module__", None) or "").split(".")[0] not in _ARITHMETIC:
        raise SpecViolationError("the function is not an operator of the edge dialect")


def EXIRATenDialectVerifier(
    edge_compile_config: EdgeCompileConfig | None = None,
    class_only: bool = False,
    core_aten_ops_exception_list: Iterable[OpOverload] | None = None,
    preserve_ops: Iterable[OpOverload] | None = None,
) -> Any:
    """As `EXIREdgeDialectVerifier`, for programs of torch's operators before `to_edge`.

    Operators have to be core ATen or to have a kernel.
    """
    config = edge_compile_config or EdgeCompileConfig()
    allowed = {*(core_aten_ops_exception_list or ()), *(preserve_ops or ())}
    allowed |= {*config._core_aten_ops_exception_list, *config.preserve_ops, *_PLAIN_OPERATORS}

    class _ATenVerifier(EXIRATenDialectVerifierBase):
        def check_valid_op(self, op: Any) -> None:
            if isinstance(op, OpOverload):
                _check_core(op, allowed)

    return _ATenVerifier if class_only else _ATenVerifier()


class EXIRATenDialectVerifierBase(Verifier):
    """Accepts all operators."""

    dialect = "OLD_EXIR_ATEN"

    def allowed_op_types(self) -> tuple[type[Any], ...]:
        return (OpOverload, HigherOrderOperator)

    def allowed_getattr_types(self) -> tuple[type[Any], ...]:
        return (fx.GraphModule, torch.nn.Module, torch.ScriptObject, torch.Tensor)

    def check_valid_op(self, op: Any) -> None:
        pass

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        for module in args:
            self._check_graph_module(module)


def get_aten_verifier(config: EdgeCompileConfig) -> type[EXIRATenDialectVerifierBase]:
    """The class of verifiers that `config` asks for."""
    if not config._check_ir_validity:
        return EXIRATenDialectVerifierBase
    verifier: type[EXIRATenDialectVerifierBase] = EXIRATenDialectVerifier(config, class_only=True)
    return verifier


@cache
def _has_kernel(op: OpOverload) -> bool:
    """Whether a kernel library that comes with the runtime has the operator."""
    kernels = known_kernels(TargetKernels())
    try:
        out, _ = to_out_variant(op)
    except RuntimeError:
        out = op
    return qualified_name(out) in kernels


def _check_core(op: OpOverload, allowed: Iterable[OpOverload]) -> None:
    if op.namespace != "aten" or torch.Tag.core in op.tags or op in allowed or _has_kernel(op):
        return
    raise SpecViolationError(
        f"Operator torch._ops.{op} is not in Core ATen opset "
        "(https://pytorch.org/docs/stable/torch.compiler_ir.html#core-aten-ir), and no kernel "
        "library that comes with the runtime has it. Express the model by other operators, let a "
        "backend's partitioner take it whole, register a decomposition, or, if the application "
        "links a kernel for it, say so: to_edge(compile_config=EdgeCompileConfig("
        f"_core_aten_ops_exception_list=[torch.ops.{op}]))"
    )


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
