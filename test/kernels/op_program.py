# SPDX-License-Identifier: BSD-3-Clause
"""Programs of one operator call, made without torch.export: to test kernels one by one, and
quickly.

    out = torch.empty(2, 3)
    program = op_program("aten::add.out", [x, y], {"alpha": 2}, [out])

is a .pte whose method `forward` takes x and y and returns x + 2 * y. Many samples fit in one
program, as
methods: `methods_program([op_method(f"sample_{i}", ...), ...])`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch

from executorch.exir._serialize._program import PTEFile, serialize_pte_binary
from executorch.exir.emit._parameters import Parameter, parameters
from executorch.exir.emit._values import ValueTable
from executorch.exir.schema import (
    Buffer,
    Chain,
    ContainerMetadata,
    ExecutionPlan,
    Instruction,
    KernelCall,
    Operator,
    Program,
    SubsegmentOffsets,
    TensorList,
    TensorShapeDynamism,
)
from executorch.exir.tensor import TensorSpec, make_allocation_info, make_tensor_value


@dataclass
class Out:
    """An out tensor with the type and layout of `like`.

    bound: upper bound of its sizes, which makes it DYNAMIC_BOUND; its space is that of the bound.
    """

    like: torch.Tensor
    bound: Sequence[int] | None = None

    def spec(self) -> TensorSpec:
        spec = TensorSpec.from_tensor(self.like)
        if self.bound is not None:
            spec.shape = list(self.bound)
            spec.shape_dynamism = TensorShapeDynamism.DYNAMIC_BOUND
        return spec


@cache
def operator(op: str) -> tuple[Operator, list[Parameter]]:
    """Of `namespace::name.overload`, which torch must know, or of `op` parsed if it is a schema."""
    if "(" in op:
        schema = torch._C.parse_schema(op)
    else:
        name, _, overload = op.partition(".")
        schema = torch._C._get_schema(name, overload)
    return Operator(schema.name, schema.overload_name), parameters(schema)


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def tensor_inputs(args: Sequence[Any], kwargs: dict[str, Any] | None = None) -> list[torch.Tensor]:
    """The tensors among the arguments, in the order in which the method takes them."""
    found: list[torch.Tensor] = []
    for arg in [*args, *(kwargs or {}).values()]:
        found += [item for item in _items(arg) if isinstance(item, torch.Tensor)]
    return found


def op_method(
    method: str,
    op: str,
    args: Sequence[Any],
    kwargs: dict[str, Any] | None = None,
    outs: Sequence[torch.Tensor | Out] = (),
) -> ExecutionPlan:
    """A method that calls `op` once.

    op: see `operator`.
    args, kwargs: Python values without the outs; tensors become inputs of the method
        (`tensor_inputs`), everything else is a constant in it. What is not given has its default.
    outs: tensors that the method returns. Without any, the operator works in place and the method
        returns its first argument.
    """
    name, schema = operator(op)
    kwargs = kwargs or {}
    table = ValueTable()
    arena_size = 0

    tensors = tensor_inputs(args, kwargs)
    inputs = [table.add(make_tensor_value(0, None, TensorSpec.from_tensor(t))) for t in tensors]
    remaining = iter(inputs)

    outputs = []
    for out in outs:
        spec = (out if isinstance(out, Out) else Out(out)).spec()
        place = make_allocation_info(1, arena_size)
        outputs.append(table.add(make_tensor_value(0, place, spec)))
        arena_size += spec.allocated_memory
    free_outs = iter(outputs)

    given = dict(zip((parameter.name for parameter in schema), args)) | kwargs
    # Inputs are in the order of what is given, which may not be that of the schema.
    indices = {
        name: [
            next(remaining) if isinstance(item, torch.Tensor) else None for item in _items(value)
        ]
        for name, value in given.items()
    }
    call: list[int] = []
    for parameter in schema:
        if parameter.is_out:
            call.append(
                table.constant(TensorList(outputs)) if parameter.is_list else next(free_outs)
            )
            continue
        value = given.pop(parameter.name, parameter.default)
        known = indices.get(parameter.name) or [None] * len(_items(value))
        if parameter.is_list and value is not None:
            times = 1 if isinstance(value, (list, tuple)) else parameter.length or 1
            call.append(table.sequence(_items(value) * times, parameter.item_kind, known * times))
        else:
            call.append(table.literal(value, parameter.kind) if known[0] is None else known[0])
    if given:
        raise TypeError(f"{op} has no arguments {', '.join(given)}")
    returns_list = len(outputs) > 1 or any(p.is_out and p.is_list for p in schema)
    result = outputs or [call[0]]
    call.append(table.constant(TensorList(outputs)) if returns_list else result[0])

    return ExecutionPlan(
        name=method,
        container_meta_type=ContainerMetadata("", ""),
        values=table.values,
        inputs=inputs,
        outputs=result,
        chains=[Chain([], [], [Instruction(KernelCall(0, call))], None)],
        operators=[name],
        delegates=[],
        non_const_buffer_sizes=[0, arena_size],
    )


def methods_program(methods: Sequence[ExecutionPlan]) -> bytes:
    """A program file with these methods."""
    program = Program(
        version=0,
        execution_plan=list(methods),
        constant_buffer=[Buffer(b"")],
        backend_delegate_data=[],
        segments=[],
        constant_segment=SubsegmentOffsets(0, []),
    )
    return bytes(serialize_pte_binary(PTEFile(program)))


def op_program(
    op: str,
    args: Sequence[Any],
    kwargs: dict[str, Any] | None = None,
    outs: Sequence[torch.Tensor | Out] = (),
) -> bytes:
    """A program file whose only method, `forward`, is `op_method` of the same arguments."""
    return methods_program([op_method("forward", op, args, kwargs, outs)])
