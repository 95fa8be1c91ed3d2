# SPDX-License-Identifier: BSD-3-Clause
import pytest
import torch

from executorch.exir import memory
from executorch.exir.error import InternalError
from executorch.exir.scalar_type import ScalarType
from executorch.exir.schema import AllocationDetails, DeviceType, TensorShapeDynamism
from executorch.exir.tensor import (
    AddressSpaceOverflowException,
    TensorSpec,
    check_spec,
    contiguous_stride_from_shape,
    dim_order_from_stride,
    make_allocation_info,
    make_tensor_value,
    scalar_type_table,
    stride_from_dim_order,
    tensor_bytes,
)


@pytest.mark.parametrize(
    ("tensor", "dim_order"),
    [
        (torch.empty(2, 3, 4, 5), (0, 1, 2, 3)),
        (torch.empty(2, 3, 4, 5).to(memory_format=torch.channels_last), (0, 2, 3, 1)),
        (torch.empty(2, 3, 1, 1).to(memory_format=torch.channels_last), (0, 2, 3, 1)),
        (torch.empty(2, 3).t(), (1, 0)),
        # The stride of a dimension of size 1 says nothing.
        (torch.empty(1, 5, 16).permute(1, 0, 2), (0, 1, 2)),
        (torch.empty(3).expand(2, 3), (0, 1)),
        (torch.empty(()), ()),
        (torch.empty(0, 3), (0, 1)),
    ],
)
def test_dim_order(tensor: torch.Tensor, dim_order: tuple[int, ...]) -> None:
    spec = TensorSpec.from_tensor(tensor)
    assert spec.dim_order == dim_order
    assert spec.stride == tuple(stride_from_dim_order(spec.shape, dim_order))
    assert spec.nbytes() == tensor.numel() * 4


def test_strides() -> None:
    assert contiguous_stride_from_shape(torch.Size([2, 0, 3])) == (3, 3, 1)
    assert stride_from_dim_order([2, 3, 0, 4], [0, 2, 3, 1]) == [12, 1, 12, 3]
    assert dim_order_from_stride((8, 1, 4, 2)) == (0, 2, 3, 1)
    assert dim_order_from_stride((1, 1, 1)) == (0, 1, 2)
    with pytest.raises(RuntimeError, match="0 in strides is not supported"):
        dim_order_from_stride((0, 1))


def test_symbolic_shape() -> None:
    class Model(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.transpose(0, 1) + 1

    dims = {"x": {0: torch.export.Dim("n", max=10)}}
    program = torch.export.export(Model(), (torch.randn(3, 4),), dynamic_shapes=dims)
    specs = [
        TensorSpec.from_tensor(node.meta["val"])
        for node in program.graph.nodes
        if "val" in node.meta
    ]
    assert [spec.dim_order for spec in specs] == [(0, 1), (1, 0), (1, 0)]
    assert all(spec.shape_dynamism == TensorShapeDynamism.DYNAMIC_BOUND for spec in specs)
    assert all(spec.is_upper_bound_tensor and spec.is_dynamic_shape_tensor for spec in specs)


def test_alignment() -> None:
    spec = TensorSpec(torch.int8, torch.Size([17]))
    assert (spec.nbytes(), spec.allocated_memory, spec.realign(64)) == (17, 32, 64)


def test_storage_base() -> None:
    base, view = (TensorSpec(torch.float32, torch.Size([2])) for _ in range(2))
    view.inplace_base = base
    assert view.storage_base is base and view.inplace_base is base
    view.storage_base_offset = 4
    with pytest.raises(InternalError, match="offset 0"):
        _ = view.inplace_base
    view.init_mem_planning_fields()
    assert view.storage_base is None and view.lifetime == [None, None]


def test_tensor_value() -> None:
    spec = TensorSpec(torch.bfloat16, torch.Size([2, 3]))
    spec.device, spec.device_index = DeviceType.CUDA, 1
    value = make_tensor_value(3, make_allocation_info(1, (5 << 32) + 64), spec)
    assert value.allocation_info == AllocationDetails(1, 64, 5)
    assert value.allocation_info.memory_offset == (5 << 32) + 64
    assert value.scalar_type == ScalarType.BFLOAT16 and value.data_buffer_idx == 3
    assert value.extra_tensor_info is not None
    assert value.extra_tensor_info.device_type == DeviceType.CUDA
    assert spec.extra_tensor_info is None


def test_offsets_must_fit() -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        make_allocation_info(1, -1)
    with pytest.raises(AddressSpaceOverflowException):
        make_allocation_info(1, 1 << 64)


@pytest.mark.parametrize(
    "dtype", [d for d in scalar_type_table if not str(d).startswith("torch.q")]
)
def test_tensor_bytes(dtype: torch.dtype) -> None:
    size = dtype.itemsize
    raw = torch.arange(6 * size, dtype=torch.uint8).reshape(2, 3 * size)
    tensor = (raw % 2 if dtype == torch.bool else raw).contiguous().view(dtype)
    data = tensor_bytes(tensor, (0, 1))
    assert bytes(data) == bytes(tensor.view(torch.uint8).flatten().tolist())
    transposed = bytes(tensor_bytes(tensor, (1, 0)))
    assert transposed == bytes(tensor.t().contiguous().view(torch.uint8).flatten().tolist())


def test_tensor_bytes_refer_to_the_tensor() -> None:
    tensor = torch.zeros(4, dtype=torch.uint8)
    data = tensor_bytes(tensor[1:], (0,))
    tensor[2] = 7
    assert bytes(data) == b"\0\7\0"


def test_check_spec() -> None:
    spec = TensorSpec(torch.float32, torch.Size([2, 3]))
    check_spec(torch.empty(2, 3), spec)
    with pytest.raises(InternalError, match="'shape' is expected to be equal to '\\[2, 3\\]'"):
        check_spec(torch.empty(3), spec)


def test_memory_operations() -> None:
    assert memory.alloc(((2, 3), torch.float32)).shape == (2, 3)
    assert [t.dtype for t in memory.alloc([((2,), torch.int8), ((), torch.bool)])] == [
        torch.int8,
        torch.bool,
    ]
    base = torch.arange(4)
    assert memory.view(base, [2, 2]).data_ptr() == base.data_ptr()
