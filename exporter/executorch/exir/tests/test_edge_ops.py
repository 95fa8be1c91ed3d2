# SPDX-License-Identifier: BSD-3-Clause
import copy
import pickle

import pytest
import torch

from executorch.exir.dialects._ops import ops as exir_ops
from executorch.exir.dialects.edge._ops import EdgeOpOverload, edge_op
from executorch.exir.operator.convert import (
    get_out_args_from_opoverload,
    to_out_variant,
    unwrap_op_overload,
)

aten = torch.ops.aten


def test_each_overload_has_one_edge_operator() -> None:
    op = exir_ops.edge.aten.add.Tensor
    assert op is exir_ops.edge.aten.add.Tensor is edge_op(aten.add.Tensor)
    assert op != exir_ops.edge.aten.add.Scalar
    assert op._op is aten.add.Tensor
    assert copy.deepcopy(op) is op
    assert pickle.loads(pickle.dumps(op)) is op


def test_edge_operator_behaves_like_the_torch_operator() -> None:
    op = exir_ops.edge.aten.add.Tensor
    assert isinstance(op, EdgeOpOverload)
    assert op.name() == "aten::add.Tensor"
    assert op.namespace == "aten"
    assert str(op._schema).startswith("aten::add.Tensor(Tensor self, Tensor other")
    torch.testing.assert_close(op(torch.ones(2), torch.ones(2), alpha=3), torch.full((2,), 4.0))


def test_unknown_operators_are_attribute_errors() -> None:
    with pytest.raises(AttributeError):
        _ = exir_ops.edge.aten.no_such_operator
    with pytest.raises(AttributeError):
        _ = exir_ops.edge.aten.add.no_such_overload


@pytest.mark.parametrize(
    ("op", "out_op", "outs"),
    [
        (aten.add.Tensor, aten.add.out, ("out",)),
        (aten.mean.default, aten.mean.dtype_out, ("out",)),
        (aten.max.dim, aten.max.dim_max, ("max", "max_values")),
        (aten.native_layer_norm.default, aten.native_layer_norm.out, ("out0", "out1", "out2")),
        # Out variants of factories have no dtype and the like.
        (aten.full.default, aten.full.out, ("out",)),
        (aten._to_copy.default, aten._to_copy.out, ("out",)),
        (aten.arange.start_step, aten.arange.start_out, ("out",)),
        (aten.split_with_sizes_copy.default, aten.split_with_sizes_copy.out, ("out",)),
        (aten.add.out, aten.add.out, ("out",)),
    ],
)
def test_to_out_variant(
    op: torch._ops.OpOverload, out_op: torch._ops.OpOverload, outs: tuple[str, ...]
) -> None:
    assert to_out_variant(op) == (out_op, outs)
    assert edge_op(op).to_out_variant() is out_op


def test_operators_without_out_variant_are_named() -> None:
    with pytest.raises(RuntimeError, match=r"aten.sym_size.int has no out variant"):
        to_out_variant(aten.sym_size.int)


def test_functional_operators_have_no_out_arguments() -> None:
    assert get_out_args_from_opoverload(aten.add.Tensor) == ()
    assert get_out_args_from_opoverload(aten.copy_.default) == ()


def test_unwrap_refuses_other_things() -> None:
    with pytest.raises(TypeError, match="is not an operator overload"):
        unwrap_op_overload(len)


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_dim_order_operators(memory_format: torch.memory_format) -> None:
    import executorch.exir.passes.dim_order_ops_registry  # noqa: F401

    x = torch.randn(2, 3, 4, 5)
    order = [0, 1, 2, 3] if memory_format == torch.contiguous_format else [0, 2, 3, 1]
    dim_order_ops = torch.ops.dim_order_ops

    converted = dim_order_ops._to_dim_order_copy(x, dtype=torch.float64, dim_order=order)
    assert converted.dtype == torch.float64
    assert converted.is_contiguous(memory_format=memory_format)
    torch.testing.assert_close(converted.float(), x)

    clone = dim_order_ops._clone_dim_order(x, dim_order=order)
    assert clone.is_contiguous(memory_format=memory_format)
    out = torch.empty(0).to(memory_format=torch.contiguous_format)
    torch.testing.assert_close(dim_order_ops._clone_dim_order.out(x, dim_order=None, out=out), x)

    empty = dim_order_ops._empty_dim_order([2, 3, 4, 5], dtype=torch.int32, dim_order=order)
    assert (empty.dtype, empty.shape) == (torch.int32, x.shape)
    assert empty.is_contiguous(memory_format=memory_format)
