# SPDX-License-Identifier: BSD-3-Clause
"""Runs programs in Python: tensors live in arenas as planned, and torch is the kernel library.

What a real runtime does without is checked: sizes stay within bounds, arguments fit the schema.
"""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from typing import Any

import torch

from executorch.exir import schema
from executorch.exir.emit._parameters import parameters
from executorch.exir.schema import TensorShapeDynamism
from executorch.exir.tensor import get_scalar_type, stride_from_dim_order

_PRIMS: dict[str, Any] = {
    "add.Scalar": operator.add,
    "sub.Scalar": operator.sub,
    "mul.Scalar": operator.mul,
    "floordiv.Scalar": operator.floordiv,
    "truediv.Scalar": operator.truediv,
    "mod.Scalar": operator.mod,
    "eq.Scalar": operator.eq,
    "gt.Scalar": operator.gt,
    "lt.Scalar": operator.lt,
    "ge.Scalar": operator.ge,
    "le.Scalar": operator.le,
    "neg.Scalar": operator.neg,
    "sym_max.Scalar": max,
    "sym_min.Scalar": min,
    "sym_float.Scalar": float,
    "sym_int.Scalar": int,
    "sym_not.Scalar": operator.not_,
}


@dataclass
class _Tensor:
    """A tensor value: where it is and what its sizes are at present."""

    memory: bytearray
    offset: int
    description: schema.Tensor
    sizes: list[int]

    def read(self) -> torch.Tensor:
        dtype = get_scalar_type(self.description.scalar_type)
        count = math.prod(self.sizes)
        size = count * dtype.itemsize
        assert self.offset + size <= len(self.memory), "a tensor lies outside of its memory"
        raw = self.memory[self.offset : self.offset + size]
        flat = torch.frombuffer(raw, dtype=dtype) if size else torch.empty(0, dtype=dtype)
        stride = stride_from_dim_order(self.sizes, self.description.dim_order)
        return flat.as_strided(self.sizes, stride)

    def write(self, value: torch.Tensor) -> None:
        d = self.description
        assert value.dtype == get_scalar_type(d.scalar_type)
        sizes = list(value.shape)
        if d.shape_dynamism == TensorShapeDynamism.STATIC:
            assert sizes == d.sizes, f"{sizes} written to a static tensor of {d.sizes}"
        assert len(sizes) == len(d.sizes) and math.prod(sizes) <= math.prod(d.sizes)
        self.sizes = sizes
        ordered = value.permute(d.dim_order).contiguous()
        raw = bytes(ordered.flatten().view(torch.uint8).numpy()) if value.numel() else b""
        assert self.offset + len(raw) <= len(self.memory)
        self.memory[self.offset : self.offset + len(raw)] = raw


class Interpreter:
    """One method of a program, with arenas of its own. Delegates are called through `backends`."""

    def __init__(
        self,
        program: schema.Program,
        plan: schema.ExecutionPlan,
        mutable_data: list[schema.Buffer] | None = None,
        arenas: list[bytearray] | None = None,
        backends: dict[str, Any] | None = None,
    ) -> None:
        self.program = program
        self.plan = plan
        self.backends = backends or {}
        # Whatever is left in memory by others must not matter.
        self.arenas = arenas or [bytearray(b"\xa5" * size) for size in plan.non_const_buffer_sizes]
        self.values = [self._load(value.val, mutable_data) for value in plan.values]

    def _load(self, value: Any, mutable_data: list[schema.Buffer] | None) -> Any:
        if not isinstance(value, schema.Tensor):
            return value
        place = value.allocation_info
        if place is None:
            data = bytes(self.program.constant_buffer[value.data_buffer_idx].storage)
            empty = bytearray(4096 if value.data_buffer_idx == 0 else 0)
            return _Tensor(bytearray(data) + empty, 0, value, list(value.sizes))
        tensor = _Tensor(
            self.arenas[place.memory_id], place.memory_offset, value, list(value.sizes)
        )
        if value.data_buffer_idx > 0:
            assert mutable_data is not None
            data = bytes(mutable_data[value.data_buffer_idx].storage)
            tensor.memory[tensor.offset : tensor.offset + len(data)] = data
        return tensor

    def get(self, index: int) -> Any:
        value = self.values[index]
        if isinstance(value, _Tensor):
            return value.read()
        if isinstance(value, schema.Null):
            return None
        if isinstance(value, (schema.Int, schema.Bool, schema.Double, schema.String)):
            return next(iter(vars(value).values()))
        if isinstance(value, schema.OptionalTensorList):
            return [None if i == -1 else self.get(i) for i in value.items]
        if isinstance(value, (schema.IntList, schema.TensorList)):
            return [self.get(i) for i in value.items]
        return value.items

    def set(self, index: int, result: Any) -> None:
        value = self.values[index]
        if isinstance(value, _Tensor):
            value.write(result)
        elif isinstance(value, schema.TensorList):
            for i, item in zip(value.items, result, strict=True):
                self.set(i, item)
        elif not isinstance(value, schema.Null):
            (field,) = vars(value)
            self.values[index] = type(value)(**{field: result})

    def run(self, *inputs: Any) -> list[Any]:
        """Flat outputs for flat inputs."""
        for index, value in zip(self.plan.inputs, inputs, strict=True):
            self.set(index, value)
        instructions = self.plan.chains[0].instructions
        counter = steps = 0
        while counter < len(instructions):
            steps += 1
            assert steps < 10_000, "the program does not end"
            call = instructions[counter].instr_args
            counter += 1
            if isinstance(call, schema.KernelCall):
                self._kernel(self.plan.operators[call.op_index], call.args)
            elif isinstance(call, schema.MoveCall):
                self.values[call.move_to] = self.values[call.move_from]
            elif isinstance(call, schema.JumpFalseCall):
                condition = self.get(call.cond_value_index)
                if not (condition.all() if isinstance(condition, torch.Tensor) else condition):
                    counter = call.destination_instruction
            elif isinstance(call, schema.DelegateCall):
                self._delegate(self.plan.delegates[call.delegate_index], call.args)
            else:
                raise AssertionError(f"unexpected {call}")
        return [self.get(index) for index in self.plan.outputs]

    def _delegate(self, delegate: schema.BackendDelegate, args: list[int]) -> None:
        payload = bytes(self.program.backend_delegate_data[delegate.processed.index].data)
        self.backends[delegate.id](payload, self, args)

    def _kernel(self, op: schema.Operator, args: list[int]) -> None:
        if op.name.startswith("executorch_prim::"):
            self._prim(f"{op.name.removeprefix('executorch_prim::')}.{op.overload}", args)
            return
        function_schema = torch._C._get_schema(op.name, op.overload)
        namespace, name = op.name.split("::")
        function = getattr(getattr(getattr(torch.ops, namespace), name), op.overload or "default")
        arguments = parameters(function_schema)
        assert len(args) == len(arguments) + 1, f"{op}: {len(args)} arguments"
        outs = {p.name: i for p, i in zip(arguments, args) if p.is_out}
        kwargs: dict[str, Any] = {}
        for parameter, index in zip(arguments, args):
            value = self.get(index)
            if parameter.is_out:
                value = [self._fresh(v) for v in value] if parameter.is_list else self._fresh(value)
            elif parameter.kind == "ScalarType" and value is not None:
                value = get_scalar_type(schema.ScalarType(value))
            kwargs[parameter.name] = value
        names = [p.name for p in arguments]
        positional = [
            kwargs.pop(n) for n, a in zip(names, function_schema.arguments) if not a.kwarg_only
        ]
        result = function(*positional, **kwargs)
        for name, index in outs.items():
            self.set(index, kwargs[name])
        if not outs:
            self.set(args[-1], result)
        elif len(outs) == 1 and not isinstance(self.values[args[-1]], schema.TensorList):
            assert args[-1] == next(iter(outs.values()))

    @staticmethod
    def _fresh(like: torch.Tensor) -> torch.Tensor:
        return torch.empty(0, dtype=like.dtype)

    def _prim(self, name: str, args: list[int]) -> None:
        if name == "et_view.default":
            base, view = self.values[args[0]], self.values[args[2]]
            view.memory, view.offset = base.memory, base.offset
            view.sizes = list(base.read().reshape(self.get(args[1])).shape)
            assert math.prod(view.sizes) <= math.prod(view.description.sizes)
        elif name == "et_copy_index.tensor":
            stacked, item, index = self.values[args[0]], self.get(args[1]), self.get(args[2])
            assert stacked.description.shape_dynamism == TensorShapeDynamism.DYNAMIC_BOUND
            stacked.sizes[0] = index
            stacked.write(torch.cat([stacked.read(), item[None]]))
        else:
            *operands, result = args
            self.set(result, _PRIMS[name](*(self.get(i) for i in operands)))
