# SPDX-License-Identifier: BSD-3-Clause
"""Maps functional operators to the variants that write to caller-provided tensors."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from torch._ops import OpOverload

from executorch.exir.dialects.edge._ops import EdgeOpOverload

# Out variants infer these from the tensor they write to.
_TENSOR_OPTIONS = {"dtype", "layout", "device", "pin_memory"}

_Signature = tuple[tuple[str, str], ...]


def unwrap_op_overload(target: object) -> OpOverload:
    """The torch overload behind `target`, which must be an edge operator or a torch overload."""
    if isinstance(target, EdgeOpOverload):
        return target._op
    if isinstance(target, OpOverload):
        return target
    raise TypeError(f"{target} is not an operator overload")


def torch_op(target: Any) -> Any:
    """The torch overload behind an edge operator; anything else as it is."""
    return target._op if isinstance(target, EdgeOpOverload) else target


def _is_written(argument: torch.Argument) -> bool:
    return argument.alias_info is not None and argument.alias_info.is_write


@cache
def get_out_args_from_opoverload(op_overload: OpOverload) -> tuple[str, ...]:
    """Names of the arguments that the out variant writes to; empty for other operators."""
    return tuple(a.name for a in op_overload._schema.arguments if a.kwarg_only and _is_written(a))


def _input_signature(op: OpOverload, drop_tensor_options: bool) -> _Signature:
    return tuple(
        (a.name, str(a.type))
        for a in op._schema.arguments
        if not (a.kwarg_only and _is_written(a))
        and not (drop_tensor_options and a.kwarg_only and a.name in _TENSOR_OPTIONS)
    )


def _overloads(op: OpOverload) -> list[OpOverload]:
    packet = op.overloadpacket
    # The packet only lists the overloads that there were when it was made.
    _, names = torch._C._jit_get_operation(op._schema.name)
    return [getattr(packet, name or "default") for name in names]


@cache
def to_out_variant(op_overload: OpOverload | EdgeOpOverload) -> tuple[OpOverload, tuple[str, ...]]:
    """The out variant of a functional overload and the names of its out arguments.

    The out variant takes the same inputs in the same order, except for the tensor options of
    factories. Raises `RuntimeError` if there is no such overload.
    """
    op = unwrap_op_overload(op_overload)
    if op.namespace == "quantized_decomposed":
        import executorch.exir.operator.util  # noqa: F401  defines out variants
    if get_out_args_from_opoverload(op):
        return op, get_out_args_from_opoverload(op)
    if op.namespace == "quantized_decomposed":
        # PyTorch has no out variants of these.
        import executorch.kernels.quantized  # noqa: F401
    names = {a.name for a in op._schema.arguments}
    candidates = {
        _input_signature(o, False): o for o in _overloads(op) if get_out_args_from_opoverload(o)
    }
    signatures = [_input_signature(op, False)]
    if names >= _TENSOR_OPTIONS:
        signatures.append(_input_signature(op, True))
    for signature in signatures:
        if signature in candidates:
            out_op = candidates[signature]
            return out_op, get_out_args_from_opoverload(out_op)
    raise RuntimeError(
        f"{op} has no out variant. Register an overload of {op._schema.name} that takes the same "
        "arguments and, after them, keyword-only tensors it writes its results to."
    )
