# SPDX-License-Identifier: BSD-3-Clause
"""The `executorch_prim` library: arithmetic on numbers that a program does at run time."""

from __future__ import annotations

import builtins
import math
import operator
from collections.abc import Callable
from typing import Any

import torch
from torch.library import Library

from executorch.exir.dialects._ops import ops
from executorch.exir.dialects.edge._ops import EdgeOpOverload

executorch_prims_lib = Library("executorch_prim", "DEF")

# What torch's symbolic tracing calls, and the name and result of the operator that does it.
_FUNCTIONS: dict[Callable[..., Any], tuple[str, int, str]] = {
    operator.add: ("add", 2, "Scalar"),
    operator.sub: ("sub", 2, "Scalar"),
    operator.mul: ("mul", 2, "Scalar"),
    operator.floordiv: ("floordiv", 2, "Scalar"),
    operator.truediv: ("truediv", 2, "Scalar"),
    operator.mod: ("mod", 2, "Scalar"),
    operator.eq: ("eq", 2, "bool"),
    operator.gt: ("gt", 2, "bool"),
    operator.lt: ("lt", 2, "bool"),
    operator.ge: ("ge", 2, "bool"),
    operator.le: ("le", 2, "bool"),
    operator.neg: ("neg", 1, "Scalar"),
    math.ceil: ("ceil", 1, "Scalar"),
    math.trunc: ("trunc", 1, "Scalar"),
    builtins.round: ("round", 1, "Scalar"),
    torch.sym_max: ("sym_max", 2, "Scalar"),
    torch.sym_min: ("sym_min", 2, "Scalar"),
    torch.sym_float: ("sym_float", 1, "Scalar"),
    torch.sym_int: ("sym_int", 1, "Scalar"),
    torch.sym_not: ("sym_not", 1, "bool"),
}


def _define(name: str, schema: str, function: Callable[..., Any]) -> EdgeOpOverload:
    executorch_prims_lib.define(f"{name}.Scalar{schema}")
    executorch_prims_lib.impl(f"{name}.Scalar", function, "CompositeExplicitAutograd")
    op: EdgeOpOverload = getattr(ops.backend.executorch_prim, name).Scalar
    return op


_PYTHON_SYM_OPS_TO_EXECUTORCH_SYM_OPS: dict[Callable[..., Any], EdgeOpOverload] = {
    function: _define(
        name, f"({', '.join(('Scalar a', 'Scalar b')[:arity])}) -> {result}", function
    )
    for function, (name, arity, result) in _FUNCTIONS.items()
}
_PYTHON_SYM_OPS_TO_EXECUTORCH_SYM_OPS[torch.sym_ite] = _define(
    "sym_ite", "(bool b, Scalar t, Scalar f) -> Scalar", torch.sym_ite
)

_EXECUTORCH_SYM_OPS: set[Any] = {
    *_PYTHON_SYM_OPS_TO_EXECUTORCH_SYM_OPS.values(),
    torch.ops.aten.sym_stride.int,
    torch.ops.aten.sym_size.int,
    torch.ops.aten.sym_numel.default,
    torch.ops.aten._local_scalar_dense.default,
    torch.ops.aten.sym_constrain_range_for_size.default,
    torch.ops.aten.sym_constrain_range.default,
}


def is_sym_op(target: Any) -> bool:
    """Whether `target` computes numbers, not tensors."""
    return target in _PYTHON_SYM_OPS_TO_EXECUTORCH_SYM_OPS or target in _EXECUTORCH_SYM_OPS
