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


def parse_qualified_opname(qualified_opname: str) -> tuple[str, str]:
    """Namespace and name of "aten::add"."""
    namespace, separator, name = qualified_opname.partition("::")
    if not separator or not namespace or not name:
        raise ValueError(f"{qualified_opname!r} is not of the form namespace::name")
    return namespace, name


def get_op_overload(qualified_opname: str, overload: str) -> OpOverload:
    """The overload of "aten::add" with this name; "" is the default one."""
    namespace, name = parse_qualified_opname(qualified_opname)
    packet = getattr(getattr(torch.ops, namespace), name)
    op: OpOverload = getattr(packet, overload or "default")
    return op


def is_out_variant(qualified_opname: str, overload: str) -> bool:
    """Whether the overload writes its results to tensors that it is given for them."""
    return bool(get_out_args_from_opoverload(get_op_overload(qualified_opname, overload)))


def is_inplace_variant(qualified_opname: str, overload: str) -> bool:
    """Whether the overload changes its first argument, as those with a name like "add_" do."""
    op = get_op_overload(qualified_opname, overload)
    arguments = op._schema.arguments
    return (
        qualified_opname.endswith("_")
        and bool(arguments)
        and not arguments[0].kwarg_only
        and _is_written(arguments[0])
    )


def output_to_aliased_input_map(schema: torch.FunctionSchema) -> dict[int, int]:
    """By position of a result that is one of the arguments: the position of that argument."""
    positions = {
        name: index
        for index, argument in enumerate(schema.arguments)
        for name in (argument.alias_info.before_set if argument.alias_info else ())
    }
    return {
        index: positions[name]
        for index, result in enumerate(schema.returns)
        for name in (result.alias_info.before_set if result.alias_info else ())
        if name in positions
    }
