# SPDX-License-Identifier: BSD-3-Clause
"""`TensorSpec`: everything that the exporter decides about a tensor before it writes it."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Optional

import torch

from executorch.exir import schema
from executorch.exir.error import internal_assert
from executorch.exir.scalar_type import ScalarType
from executorch.exir.schema import DeviceType, ExtraTensorInfo, TensorShapeDynamism

ALIGNMENT = 16
"""Alignment in bytes of planned tensors and of constants, unless the user asks for another one."""

Dim = int | torch.SymInt


class AddressSpaceOverflowException(Exception):
    """A memory offset does not fit in the 64 bits that the file format has for it."""


scalar_type_table: dict[torch.dtype, ScalarType] = {
    torch.uint8: ScalarType.BYTE,
    torch.int8: ScalarType.CHAR,
    torch.int16: ScalarType.SHORT,
    torch.int32: ScalarType.INT,
    torch.int64: ScalarType.LONG,
    torch.float16: ScalarType.HALF,
    torch.float32: ScalarType.FLOAT,
    torch.float64: ScalarType.DOUBLE,
    torch.complex32: ScalarType.COMPLEX32,
    torch.complex64: ScalarType.COMPLEX64,
    torch.complex128: ScalarType.COMPLEX128,
    torch.bool: ScalarType.BOOL,
    torch.qint8: ScalarType.QINT8,
    torch.quint8: ScalarType.QUINT8,
    torch.qint32: ScalarType.QINT32,
    torch.bfloat16: ScalarType.BFLOAT16,
    torch.quint4x2: ScalarType.QUINT4x2,
    torch.quint2x4: ScalarType.QUINT2x4,
    torch.bits16: ScalarType.BITS16,
    torch.float8_e5m2: ScalarType.FLOAT8E5M2,
    torch.float8_e4m3fn: ScalarType.FLOAT8E4M3FN,
    torch.float8_e5m2fnuz: ScalarType.FLOAT8E5M2FNUZ,
    torch.float8_e4m3fnuz: ScalarType.FLOAT8E4M3FNUZ,
    torch.uint16: ScalarType.UINT16,
    torch.uint32: ScalarType.UINT32,
    torch.uint64: ScalarType.UINT64,
}
enum_to_scalar_map: dict[ScalarType, torch.dtype] = {v: k for k, v in scalar_type_table.items()}

_LAYOUTS = {torch.strided: 0, torch.sparse_coo: 1}
_MEMORY_FORMATS = {torch.contiguous_format: 0, torch.preserve_format: 1}


def scalar_type_enum(dtype: torch.dtype) -> ScalarType:
    """File number of `dtype`; KeyError if the format has none."""
    return scalar_type_table[dtype]


def get_scalar_type(enum: ScalarType) -> torch.dtype:
    """Inverse of `scalar_type_enum`."""
    return enum_to_scalar_map[enum]


def layout_enum(layout: torch.layout) -> int:
    """File number of `layout`; KeyError if the format has none."""
    return _LAYOUTS[layout]


def memory_format_enum(memory_format: torch.memory_format) -> int:
    """File number of `memory_format`; KeyError if the format has none."""
    return _MEMORY_FORMATS[memory_format]


def num_bytes_from_shape_and_dtype(shape: Sequence[Any], dtype: torch.dtype) -> int:
    """Unpadded size in bytes of a dense tensor."""
    return math.prod(shape) * dtype.itemsize


def calculate_aligned_num_bytes(num: int, alignment: int) -> int:
    """`num` rounded up to a multiple of `alignment`."""
    return (num + alignment - 1) // alignment * alignment


def determine_tensor_dynanism(shape: Sequence[Dim]) -> TensorShapeDynamism:
    """DYNAMIC_BOUND as soon as one dimension is symbolic."""
    if all(isinstance(s, int) for s in shape):
        return TensorShapeDynamism.STATIC
    return TensorShapeDynamism.DYNAMIC_BOUND


def contiguous_stride_from_shape(shape: Sequence[Dim]) -> tuple[Dim, ...]:
    """Row-major strides, in elements; a dimension of size 0 counts as 1."""
    return tuple(stride_from_dim_order(shape, range(len(shape))))


def stride_from_dim_order(sizes: Sequence[Dim], dim_order: Sequence[int]) -> list[Dim]:
    """Strides, in elements, of a dense tensor with the dimensions in `dim_order`."""
    strides: list[Dim] = [1] * len(sizes)
    step: Dim = 1
    for dim in reversed(dim_order):
        strides[dim] = step
        size = sizes[dim]
        if not isinstance(size, int) or size != 0:
            step = step * size
    return strides


# A size that stands for every symbol, so that products of sizes can be compared without adding
# guards.
_TYPICAL_SIZE = 1 << 10


def _magnitude(stride: Dim) -> int:
    if isinstance(stride, int):
        return stride
    expr = stride.node.expr
    return int(expr.xreplace(dict.fromkeys(expr.free_symbols, _TYPICAL_SIZE)))


def dim_order_from_stride(stride: Sequence[Dim]) -> tuple[int, ...]:
    """Dimensions from the largest stride to the smallest; equal strides stay in logical order."""
    magnitudes = [_magnitude(s) for s in stride]
    if 0 in magnitudes:
        raise RuntimeError(
            "0 in strides is not supported: make the expanded tensor contiguous first."
        )
    return tuple(sorted(range(len(stride)), key=lambda dim: -magnitudes[dim]))


def dim_order_of(shape: Sequence[Dim], stride: Sequence[Dim]) -> tuple[int, ...]:
    """Like `dim_order_from_stride`, but the stride of a dimension of size 1 does not make a tensor
    transposed: such a tensor is contiguous, unless its strides are exactly channels last.
    """
    order = dim_order_from_stride(stride)
    rank = len(order)
    if rank in (4, 5) and order == (0, *range(2, rank), 1):
        return order
    significant = [dim for dim in order if not (isinstance(shape[dim], int) and shape[dim] == 1)]
    return tuple(range(rank)) if significant == sorted(significant) else order


class TensorSpec:
    """Type, layout, lifetime and planned memory of one tensor of a method.

    Several nodes may hold the same spec, meaning that they are the same storage, so specs compare
    by identity. Public attributes:

    dtype, shape, stride, dim_order, layout, is_sparse, requires_grad: as of the tensor. `shape` may
        hold symbols until they are replaced by their upper bounds; `stride` is in elements and
        dense.
    const: the value is known; `storage` then holds the data.
    alignment: of the planned storage, in bytes.
    lifetime: [first, last] node index, both inclusive; [None, None] before memory planning.
    mem_id, mem_offset: arena (from 1) and byte offset in it; None until planned.
    mem_obj_id: tensors with the same arena and object id share storage.
    storage_base, storage_base_offset: the spec whose storage this one lies in, and where in it, in
        bytes.
    shape_dynamism: whether `shape` is exact or an upper bound.
    extra_tensor_info: name and location of data that is kept elsewhere.
    device, device_index: where the storage lives.
    """

    def __init__(
        self,
        dtype: torch.dtype,
        shape: torch.Size,
        layout: torch.layout = torch.strided,
        is_sparse: bool = False,
        const: bool = False,
        requires_grad: bool = False,
        extra_tensor_info: ExtraTensorInfo | None = None,
    ) -> None:
        self.scalar_type = dtype
        self.const = const
        self.alignment: int = ALIGNMENT
        self.storage: torch.UntypedStorage | None = None
        self.shape: list[Any] = list(shape)
        self.stride: tuple[Dim, ...] = contiguous_stride_from_shape(shape)
        self.dim_order: tuple[int, ...] = tuple(range(len(self.shape)))
        self.requires_grad = requires_grad
        self.layout = layout
        self.is_sparse = is_sparse
        self.init_mem_planning_fields()
        self.shape_dynamism = determine_tensor_dynanism(shape)
        self.extra_tensor_info = extra_tensor_info
        self.device: DeviceType = DeviceType.CPU
        self.device_index: int = 0

    def init_mem_planning_fields(self) -> None:
        """Forgets everything that memory planning has decided."""
        self.lifetime: list[int | None] = [None, None]
        self.mem_id: int | None = None
        self.mem_obj_id: int | None = None
        self.mem_offset: int | None = None
        self.storage_base: TensorSpec | None = None
        self.storage_base_offset: int = 0

    @classmethod
    def from_tensor(cls, tensor: torch.Tensor, const: bool = False) -> "TensorSpec":
        """Spec of `tensor`; of an expanded tensor, the spec of its contiguous copy."""
        spec = cls(
            dtype=tensor.dtype,
            shape=tensor.shape,
            layout=tensor.layout,
            is_sparse=tensor.is_sparse,
            const=const,
            requires_grad=tensor.requires_grad,
        )
        if tensor.layout == torch.strided and 0 not in map(_magnitude, tensor.stride()):
            spec.dim_order = dim_order_of(spec.shape, tensor.stride())
            spec.stride = tuple(stride_from_dim_order(spec.shape, spec.dim_order))
        if const:
            spec.storage = tensor.untyped_storage()
        return spec

    @property
    def dtype(self) -> torch.dtype:
        return self.scalar_type

    def nbytes(self) -> int:
        """Unpadded size in bytes (of the upper bound, if the shape is one)."""
        return num_bytes_from_shape_and_dtype(self.shape, self.scalar_type)

    @property
    def allocated_memory(self) -> int:
        """Size in bytes of the planned storage: `nbytes()` rounded up to `alignment`."""
        return calculate_aligned_num_bytes(self.nbytes(), self.alignment)

    def realign(self, new_alignment: int) -> int:
        """Changes the alignment and answers the new `allocated_memory`."""
        self.alignment = new_alignment
        return self.allocated_memory

    @property
    def inplace_base(self) -> Optional["TensorSpec"]:
        """The spec that this one overwrites in place, i.e. a `storage_base` at offset 0."""
        internal_assert(
            self.storage_base_offset == 0,
            "inplace_base is only valid for specs whose storage_base has offset 0.",
        )
        return self.storage_base

    @inplace_base.setter
    def inplace_base(self, base: Optional["TensorSpec"]) -> None:
        self.storage_base = base
        self.storage_base_offset = 0

    @property
    def is_dynamic_shape_tensor(self) -> bool:
        return self.shape_dynamism != TensorShapeDynamism.STATIC

    @property
    def is_static_shape_tensor(self) -> bool:
        return self.shape_dynamism == TensorShapeDynamism.STATIC

    @property
    def is_upper_bound_tensor(self) -> bool:
        return self.shape_dynamism == TensorShapeDynamism.DYNAMIC_BOUND

    @property
    def is_dynamic_unbound_tensor(self) -> bool:
        return self.shape_dynamism == TensorShapeDynamism.DYNAMIC_UNBOUND

    def debug(self) -> str:
        """One line with type, shape, lifetime and planned memory."""
        return (
            f"TensorSpec(id={id(self)}, const={self.const}, scalar_type={self.scalar_type}, "
            f"allocated_memory={self.allocated_memory}, mem_id={self.mem_id}, "
            f"mem_offset={self.mem_offset}, lifetime={self.lifetime}, "
            f"shape_dynamism={self.shape_dynamism}, shape={self.shape})"
        )

    def __repr__(self) -> str:
        return (
            f"TensorSpec(dtype={self.scalar_type}, shape={self.shape}, layout={self.layout}, "
            f"is_sparse={self.is_sparse}, shape_dynamism={self.shape_dynamism}, "
            f"const={self.const}, requires_grad={self.requires_grad}, "
            f"device={self.device.name}:{self.device_index})"
        )


def make_allocation_info(mem_id: int, mem_offset: int) -> schema.AllocationDetails:
    """`mem_offset` bytes into arena `mem_id`, as the file stores it."""
    if mem_offset < 0:
        raise ValueError(f"mem_offset {mem_offset} must not be negative")
    if mem_offset >> 64:
        raise AddressSpaceOverflowException(f"mem_offset {mem_offset} does not fit in 64 bits")
    return schema.AllocationDetails(
        memory_id=mem_id,
        memory_offset_low=mem_offset & 0xFFFFFFFF,
        memory_offset_high=mem_offset >> 32,
    )


def make_tensor_value(
    data_buffer_idx: int,
    allocation_info: schema.AllocationDetails | None,
    spec: TensorSpec,
) -> schema.Tensor:
    """The tensor described by `spec` as it is written to a program.

    data_buffer_idx: constant or initial value; 0 for none.
    """
    extra = spec.extra_tensor_info
    if spec.device != DeviceType.CPU:
        extra = replace(extra or ExtraTensorInfo())
        extra.device_type = spec.device
        extra.device_index = spec.device_index
    return schema.Tensor(
        scalar_type=scalar_type_enum(spec.scalar_type),
        storage_offset=0,
        sizes=list(spec.shape),
        dim_order=list(spec.dim_order),
        requires_grad=spec.requires_grad,
        layout=layout_enum(spec.layout),
        data_buffer_idx=data_buffer_idx,
        allocation_info=allocation_info,
        shape_dynamism=spec.shape_dynamism,
        extra_tensor_info=extra,
    )


def tensor_bytes(tensor: torch.Tensor, dim_order: Sequence[int]) -> memoryview:
    """Elements of `tensor`, as they lie in memory when its dimensions are in `dim_order`.

    Refers to the tensor's own memory if that is already dense and in this order and on the CPU.
    """
    dense = tensor.detach().cpu().permute(tuple(dim_order)).contiguous()
    storage = dense.untyped_storage()
    start = dense.storage_offset() * dense.element_size()
    view = torch.empty(0, dtype=torch.uint8).set_(storage, start, (dense.nbytes,), (1,))
    array: Any = view.numpy()
    return memoryview(array)


def check_spec(tensor: torch.Tensor, spec: TensorSpec) -> None:
    """Raises InternalError naming the first attribute in which `tensor` and `spec` differ."""
    actual = TensorSpec.from_tensor(tensor)
    for name in ("scalar_type", "shape", "dim_order", "layout", "is_sparse"):
        want, got = getattr(spec, name), getattr(actual, name)
        internal_assert(
            want == got,
            f"Tensor attribute '{name}' is expected to be equal to '{want}', actually got: '{got}'",
        )
