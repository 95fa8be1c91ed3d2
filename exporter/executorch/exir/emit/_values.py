# SPDX-License-Identifier: BSD-3-Clause
"""The value table of one method."""

from __future__ import annotations

from typing import Any

import torch

from executorch.exir.error import ExportError, ExportErrorType
from executorch.exir.scalar_type import ScalarType
from executorch.exir.schema import (
    Bool,
    BoolList,
    Double,
    DoubleList,
    EValue,
    Int,
    IntList,
    KernelTypes,
    Null,
    OptionalTensorList,
    String,
    Tensor,
    TensorList,
    TensorShapeDynamism,
)
from executorch.exir.tensor import layout_enum, memory_format_enum, scalar_type_enum

_Key = tuple[type, str]

# What a kernel gets for a Tensor argument that is None.
_NO_TENSOR = Tensor(
    scalar_type=ScalarType.BYTE,
    storage_offset=0,
    sizes=[0],
    dim_order=[0],
    requires_grad=False,
    layout=0,
    data_buffer_idx=0,
    allocation_info=None,
    shape_dynamism=TensorShapeDynamism.STATIC,
)


def _not_supported(message: str) -> ExportError:
    return ExportError(ExportErrorType.NOT_SUPPORTED, message)


class ValueTable:
    """Values of a method; a value is referred to by its index. Equal constants are one value.

    Argument types (`kind`) are those that `str(torch.Argument.real_type)` gives: "int",
    "List[Tensor]", ...
    """

    def __init__(self) -> None:
        self.values: list[EValue] = []
        self._constants: dict[_Key, int] = {}

    def add(self, value: KernelTypes) -> int:
        """A new value."""
        self.values.append(EValue(value))
        return len(self.values) - 1

    def constant(self, value: KernelTypes) -> int:
        """A value that no instruction writes, shared with others that are equal."""
        key = (type(value), repr(value))
        index = self._constants.get(key)
        if index is None:
            index = self._constants[key] = self.add(value)
        return index

    def variable(self, example: Any) -> int:
        """A new number for an instruction to write, of the type of `example`."""
        if isinstance(example, (bool, torch.SymBool)):
            return self.add(Bool(False))
        if isinstance(example, (int, torch.SymInt)):
            return self.add(Int(0))
        if isinstance(example, (float, torch.SymFloat)):
            return self.add(Double(0.0))
        raise _not_supported(f"a result of type {type(example).__name__} has no runtime value")

    def is_tensor(self, index: int) -> bool:
        return isinstance(self.values[index].val, Tensor)

    def literal(self, value: Any, kind: str = "") -> int:
        """A Python constant that is passed for an argument of type `kind` ("": as it is)."""
        if value is None:
            return self.constant(_NO_TENSOR if kind == "Tensor" else Null())
        if isinstance(value, str):
            return self.constant(String(value))
        if isinstance(value, torch.dtype):
            return self.constant(Int(scalar_type_enum(value)))
        if isinstance(value, torch.layout):
            return self.constant(Int(layout_enum(value)))
        if isinstance(value, torch.memory_format):
            return self.constant(Int(memory_format_enum(value)))
        if isinstance(value, torch.device):
            return self.constant(String(str(value)))
        if isinstance(value, (bool, int, float)):
            if kind == "float" or isinstance(value, float):
                return self.constant(Double(float(value)))
            if kind in ("", "number", "bool") and isinstance(value, bool):
                return self.constant(Bool(value))
            return self.constant(Int(int(value)))
        raise _not_supported(f"{value!r} of type {type(value).__name__} has no runtime value")

    def sequence(self, items: list[Any], kind: str, indices: list[int | None]) -> int:
        """A list of type `List[kind]`.

        items: the Python constants in it; indices: the values of those items that are not
            constants.
        """
        dynamic = any(index is not None for index in indices)
        if kind in ("Tensor", "Optional[Tensor]"):
            # -1 is the file's word for "none".
            elements = [-1 if index is None else index for index in indices]
            if kind == "Tensor" and -1 not in elements:
                return self.constant(TensorList(elements))
            return self.constant(OptionalTensorList(elements))
        if kind == "bool" and not dynamic:
            return self.constant(BoolList([bool(item) for item in items]))
        fractional = kind == "float" or any(isinstance(item, float) for item in items)
        if fractional and not dynamic:
            return self.constant(DoubleList([float(item) for item in items]))
        if fractional or kind == "bool":
            raise _not_supported(f"a list of {kind} whose elements are known at run time only")
        # A list of integers holds values, so that they may be computed.
        return self.constant(
            IntList(
                [
                    self.literal(item, "int") if index is None else index
                    for item, index in zip(items, indices)
                ]
            )
        )
