# SPDX-License-Identifier: BSD-3-Clause
"""Builds the graph of a delegate, node by node.

Where a tensor is needed in another order of its dimensions than the one in which it was computed, a
transposition is inserted, once. Operators that do not care take their inputs as they come, so a
convolutional network computes with channels last from its first convolution on, and is converted at
its borders only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import torch
from torch import fx
from torch.export import ExportedProgram
from torch.export.graph_signature import InputKind

from executorch.backends.xnnpack.serialization import xnnpack_graph_schema as xnn
from executorch.backends.xnnpack.serialization.xnnpack_graph_schema import (
    EXTERNAL_INPUT,
    EXTERNAL_OUTPUT,
    INVALID_ID,
    XNNDatatype,
)
from executorch.exir._serialize._named_data_store import NamedDataStore
from executorch.exir._serialize.unique_buffers import sha256
from executorch.exir.constants import constant_values
from executorch.exir.passes.sym_shape_eval_pass import upper_bound
from executorch.exir.tensor import Dim, dim_order_of, tensor_bytes

T = TypeVar("T")
Order = tuple[int, ...]
"""Dimensions of a tensor in the order in which they lie in memory, outermost first."""

CHANNELS_LAST: Order = (0, 2, 3, 1)
_ALIGNMENT = 16

_DATATYPES = {
    torch.float32: XNNDatatype.xnn_datatype_fp32,
    torch.float16: XNNDatatype.xnn_datatype_fp16,
    torch.int8: XNNDatatype.xnn_datatype_qint8,
    torch.uint8: XNNDatatype.xnn_datatype_quint8,
    torch.int32: XNNDatatype.xnn_datatype_int32,
    torch.int64: XNNDatatype.xnn_datatype_int32,
}


def natural(rank: int) -> Order:
    return tuple(range(rank))


def dims_of(shape: Sequence[Dim]) -> list[int]:
    """Sizes, or their upper bounds."""
    return [upper_bound(size) for size in shape]


def new_shape(shape: Sequence[Dim]) -> list[int] | None:
    """`shape` as a StaticReshape takes it; None if more than one size varies."""
    varying = [i for i, size in enumerate(shape) if not isinstance(size, int)]
    if len(varying) > 1:
        return None
    return [0 if i in varying else int(size) for i, size in enumerate(shape)]


class GraphBuilder:
    """The graph of one partition. `lower` functions of operators call `read`, `add` and `write`."""

    def __init__(self, program: ExportedProgram) -> None:
        self.program = program
        self._nodes: list[xnn.XNode] = []
        self._values: list[xnn.XValue] = []
        self._constant_data = [xnn.ConstantDataOffset(0, 0, "")]
        self._data = NamedDataStore()
        # What a node's value is, by the order of its dimensions.
        self._orders: dict[fx.Node, dict[Order, int]] = {}
        self._constants: dict[fx.Node, torch.Tensor] = {}
        self._constant_ids: dict[tuple[str, Order, tuple[int, ...]], int] = {}
        self._cache: dict[tuple[fx.Node, str], Any] = {}
        self._inputs: list[int] = []
        self._outputs: list[int] = []
        self._debug_handle = xnn.UNKNOWN_DEBUG_HANDLE
        self._num_externs = 0
        self.tag: str | None = None

    # --- values -----------------------------------------------------------------------------------

    def new_value(
        self,
        dims: Sequence[int],
        datatype: XNNDatatype,
        *,
        constant: int = 0,
        external_id: int = INVALID_ID,
        flags: int = 0,
    ) -> int:
        """Defines a value with these physical sizes; a number has the sizes [1]."""
        index = len(self._values)
        sizes = list(dims) or [1]
        value = xnn.XNNTensorValue(datatype, len(sizes), sizes, constant, external_id, flags, index)
        self._values.append(xnn.XValue(value))
        return index

    def tensor_value(self, index: int) -> xnn.XNNTensorValue:
        value = self._values[index].xvalue_union
        return value.tensor_value if isinstance(value, xnn.XNNQuantizedTensorValue) else value

    def dims(self, index: int) -> list[int]:
        """Physical sizes of a value, as far as they are known."""
        return self.tensor_value(index).dims

    def constant(self, tensor: torch.Tensor) -> int:
        """Defines a constant whose dimensions lie in memory as `tensor` has them."""
        tensor = tensor.detach().contiguous()
        data = tensor_bytes(tensor, natural(tensor.dim()))
        key = sha256(data).hex()
        identity = (key, natural(tensor.dim()), tuple(tensor.shape))
        if identity not in self._constant_ids:
            self._data.add_named_data(key, data, _ALIGNMENT, self.tag)
            self._constant_data.append(xnn.ConstantDataOffset(2**64 - 1, len(data), key))
            self._constant_ids[identity] = self.new_value(
                tensor.shape, _DATATYPES[tensor.dtype], constant=len(self._constant_data) - 1
            )
        return self._constant_ids[identity]

    # --- tensors of the program -------------------------------------------------------------------

    def constant_of(self, node: fx.Node) -> torch.Tensor | None:
        """The value of `node` if it is known."""
        return self._constants.get(node)

    def orders_of(self, node: fx.Node) -> list[Order]:
        """Orders in which `node` is there, the one that it was computed in first."""
        return list(self._orders.get(node, {}))

    def read(self, node: fx.Node, order: Order | None = None) -> int:
        """The value of `node` with its dimensions in this order (default: the natural one)."""
        order = order or natural(node.meta["val"].dim())
        known = self._constants.get(node)
        if known is not None:
            return self.constant(known.permute(order))
        values = self._orders[node]
        if order not in values:
            source, value = next(iter(values.items()))
            perm = [source.index(dim) for dim in order]
            values[order] = self.transpose(value, perm, node.meta["val"], order)
        return values[order]

    def transpose(self, value: int, perm: list[int], fake: torch.Tensor, order: Order) -> int:
        """Transposes; by a reshape if only dimensions of size 1 change places."""
        dims = self.dims(value)
        result = self.new_value([dims[i] for i in perm], self.tensor_value(value).datatype)
        moved = [i for i in perm if dims[i] != 1]
        target = new_shape([fake.shape[dim] for dim in order])
        if moved == sorted(moved) and target is not None:
            self.add(xnn.XNNStaticReshape(len(target), target, value, result))
        else:
            self.add(xnn.XNNStaticTranspose(len(perm), perm, value, result))
        return result

    def reshape(self, value: int, shape: Sequence[Dim]) -> int:
        """`value` with other physical sizes, of which at most one varies."""
        target = new_shape(shape)
        assert target is not None
        dims = dims_of(shape)
        if dims == self.dims(value):
            return value
        result = self.new_value(dims, self.tensor_value(value).datatype)
        self.add(xnn.XNNStaticReshape(len(target) or 1, target or [1], value, result))
        return result

    def write(
        self, node: fx.Node, order: Order | None = None, fake: torch.Tensor | None = None
    ) -> int:
        """Defines the value of `node`, with its dimensions in this order."""
        fake = node.meta["val"] if fake is None else fake
        order = order or natural(fake.dim())
        dims = dims_of(fake.shape)
        value = self.new_value([dims[dim] for dim in order], _DATATYPES[fake.dtype])
        self._orders.setdefault(node, {})[order] = value
        return value

    def alias(self, node: fx.Node, values: dict[Order, int]) -> None:
        """Makes existing values those of `node`."""
        self._orders[node] = dict(values)

    def same_as(self, node: fx.Node, other: fx.Node) -> None:
        """`node` is the same tensor as `other`, in any order that it comes to be needed in."""
        if other in self._constants:
            self._constants[node] = self._constants[other]
        else:
            self._orders[node] = self._orders[other]

    def like(self, reference: int, dims: Sequence[int] | None = None) -> int:
        """A new value with the type of another one, and its sizes unless others are given."""
        value = self.tensor_value(reference)
        return self.new_value(value.dims if dims is None else dims, value.datatype)

    def add(self, node: object, limits: tuple[float, float] | None = None) -> None:
        """Appends a node; `limits` are those of its output."""
        bounds = None if limits is None else xnn.OutputMinMax(*limits)
        self._nodes.append(xnn.XNode(node, self._debug_handle, bounds))  # type: ignore[arg-type]

    # --- small steps that several operators are made of -------------------------------------------

    def unary(self, kind: type[xnn.XNNNode1x1], value: int) -> int:
        result = self.like(value)
        self.add(kind(value, result))
        return result

    def binary(self, kind: type[xnn.XNNNode2x1], a: int, b: int) -> int:
        rank = max(len(self.dims(a)), len(self.dims(b)))
        padded = [[1] * (rank - len(self.dims(v))) + self.dims(v) for v in (a, b)]
        dims = [y if x == 1 else x for x, y in zip(*padded)]
        result = self.like(a, dims)
        self.add(kind(a, b, result))
        return result

    def number(self, value: float, like: int) -> int:
        """A constant number of the type of another value."""
        half = self.tensor_value(like).datatype == XNNDatatype.xnn_datatype_fp16
        return self.constant(torch.tensor([value], dtype=torch.float16 if half else torch.float32))

    def clamp(self, value: int, limits: tuple[float, float], result: int | None = None) -> int:
        result = self.like(value) if result is None else result
        self.add(xnn.XNNClamp(value, result), limits)
        return result

    def mean_of_last_dim(self, value: int, scale: float) -> int:
        """Sum over the last physical dimension times `scale`; the dimension stays, with size 1."""
        dims = self.dims(value)
        half = self.tensor_value(value).datatype == XNNDatatype.xnn_datatype_fp16
        dtype = torch.float16 if half else torch.float32
        weights = self.constant(torch.full((1, dims[-1]), scale, dtype=dtype))
        result = self.like(value, [*dims[:-1], 1])
        self.add(xnn.XNNFullyConnected(value, weights, INVALID_ID, result))
        return result

    def cached(self, node: fx.Node, what: str, make: Callable[[], T]) -> T:
        """What `make` computes from a tensor, once for all that need it."""
        if (node, what) not in self._cache:
            self._cache[node, what] = make()
        return self._cache[node, what]

    # --- the whole --------------------------------------------------------------------------------

    def build(self) -> tuple[xnn.XNNGraph, NamedDataStore]:
        """Lowers every node of the program."""
        from executorch.backends.xnnpack.operators import operator_of

        program = self.program
        values = constant_values(program)
        users = {
            spec.arg.name
            for spec in program.graph_signature.input_specs
            if spec.kind == InputKind.USER_INPUT or spec.arg.name not in values
        }
        placeholders = program.graph.find_nodes(op="placeholder")
        inputs = [node for node in placeholders if node.name in users]
        outputs = list(program.graph.output_node().args[0])
        self._num_externs = len(inputs) + len(outputs)
        for node in placeholders:
            if node.name not in users:
                self._constants[node] = values[node.name].detach()
                tag = node.meta.get("delegate_constant_tag")
                self.tag = tag or self.tag
        for external_id, node in enumerate(inputs):
            self._define_input(node, external_id)
        for node in program.graph.nodes:
            if node.op == "call_function":
                self._lower(node, operator_of(node))
        for position, node in enumerate(outputs):
            self._define_output(node, len(inputs) + position)
        graph = xnn.XNNGraph(
            "0",
            self._nodes,
            self._values,
            self._num_externs,
            self._inputs,
            self._outputs,
            self._constant_data,
        )
        return graph, self._data

    def _lower(self, node: fx.Node, operator: object) -> None:
        handle = node.meta.get("debug_handle")
        self._debug_handle = handle if isinstance(handle, int) else xnn.UNKNOWN_DEBUG_HANDLE
        if node in self._orders or node in self._constants:
            return  # done together with another node
        if all(n in self._constants for n in node.all_input_nodes):
            args, kwargs = fx.map_arg((node.args, node.kwargs), self._constants.__getitem__)
            result = node.target(*args, **kwargs)  # type: ignore[operator]
            self._constants[node] = result
            return
        if operator is None:
            raise RuntimeError(f"XNNPACK does not support {node.format_node()}")
        operator.lower(self, node)  # type: ignore[attr-defined]

    def _define_input(self, node: fx.Node, external_id: int) -> None:
        fake = node.meta["val"]
        if not isinstance(fake, torch.Tensor):
            return  # a size: the shapes of the tensors tell it
        order = dim_order_of(fake.shape, fake.stride())
        dims = dims_of(fake.shape)
        value = self.new_value(
            [dims[dim] for dim in order],
            _DATATYPES[fake.dtype],
            external_id=external_id,
            flags=EXTERNAL_INPUT,
        )
        self._inputs.append(value)
        self._orders[node] = {order: value}

    def _define_output(self, node: fx.Node, external_id: int) -> None:
        fake = node.meta["val"]
        order = dim_order_of(fake.shape, fake.stride())
        value = self.read(node, order)
        tensor = self.tensor_value(value)
        if tensor.flags or tensor.constant_buffer_idx:
            # It has another external id already, or none that can be given to it.
            source, value = (
                value,
                self.new_value(
                    tensor.dims, tensor.datatype, external_id=external_id, flags=EXTERNAL_OUTPUT
                ),
            )
            self.add(xnn.XNNCopy(source, value))
        else:
            tensor.flags = EXTERNAL_OUTPUT
            tensor.external_id = external_id
        self._outputs.append(value)
