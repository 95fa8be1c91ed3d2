# SPDX-License-Identifier: BSD-3-Clause
"""Turns a functional core ATen program into an edge program, in one walk over each graph."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import torch
from torch import fx
from torch._dispatch.python import enable_python_dispatcher
from torch._guards import detect_fake_mode
from torch._ops import HigherOrderOperator, OpOverload
from torch._subclasses.fake_tensor import unset_fake_temporarily
from torch.export import ExportedProgram
from torch.utils import _pytree as pytree

from executorch.exir.capture._config import EdgeCompileConfig
from executorch.exir.constants import add_constant
from executorch.exir.dialects.edge._ops import EdgeOpOverload, edge_op
from executorch.exir.dim_order_utils import is_channel_last_dim_order, is_contiguous_dim_order
from executorch.exir.graph_module import all_graph_modules
from executorch.exir.pass_base import ExportedProgramPassBase, ExportedProgramPassResult
from executorch.exir.pass_manager import rename_outputs
from executorch.exir.passes.debug_handle_generator_pass import DebugHandleGeneratorPass
from executorch.exir.passes.memory_format_ops_pass import convert_memory_format_op
from executorch.exir.passes.remove_graph_asserts_pass import ASSERTIONS

aten = torch.ops.aten

# An fx.Node. Its arguments are declared as a union of some twenty types, so it is not declared.
_Node = Any

# Operators whose result is their first argument, as far as a functional program can tell.
_ALIASES = {
    aten.alias.default,
    aten.detach.default,
    aten.lift_fresh_copy.default,
    aten.alias_copy.default,
    aten.detach_copy.default,
}

# Operators whose result may later become a view of their input.
_VIEWS = {
    aten.squeeze_copy.default,
    aten.squeeze_copy.dim,
    aten.squeeze_copy.dims,
    aten.unsqueeze_copy.default,
    aten.view_copy.default,
}

# Operators that may turn out to do nothing, once layouts are known.
_RESHAPES = {aten.expand_copy.default, aten.permute_copy.default, aten.view_copy.default}
_COPIES = {aten.clone.default, aten._to_copy.default}

# Operators on scalars, not tensors: they stay plain torch operators.
_SYMBOLIC = {
    aten.sym_size.int,
    aten.sym_stride.int,
    aten.sym_numel.default,
    aten.sym_storage_offset.default,
}

_NUMBER = (bool, int, float, complex, torch.SymInt, torch.SymFloat, torch.SymBool)


@cache
def _copy_variant(op: OpOverload) -> OpOverload | None:
    """The operator that copies what the view operator `op` aliases; None if `op` is not a view."""
    if op is aten._unsafe_view.default:
        return aten.view_copy.default
    returned = op._schema.returns[0].alias_info if op._schema.returns else None
    if returned is None or returned.is_write or op.namespace != "aten":
        return None
    packet = getattr(aten, f"{op.overloadpacket.__name__}_copy", None)
    return getattr(packet, op._overloadname, None)


@cache
def _tensor_arguments(op: OpOverload) -> tuple[int, ...]:
    """Positions of the arguments that must be tensors."""
    return tuple(
        index
        for index, argument in enumerate(op._schema.arguments)
        if str(argument.type) == "Tensor" and not argument.kwarg_only
    )


@cache
def _scalar_overload(op: OpOverload) -> OpOverload | None:
    """The overload that takes a number as its second argument, e.g. add.Scalar for add.Tensor."""
    overload = getattr(op.overloadpacket, "Scalar", None) if op._overloadname == "Tensor" else None
    if overload is None:
        return None
    wanted = [argument.name for argument in op._schema.arguments]
    return overload if [a.name for a in overload._schema.arguments] == wanted else None


def _value(argument: Any) -> Any:
    return argument.meta["val"] if isinstance(argument, fx.Node) else argument


def _same_layout(a: torch.Tensor, b: torch.Tensor) -> bool:
    return a.dtype == b.dtype and _same(a.shape, b.shape) and _same(a.stride(), b.stride())


def _same(a: Any, b: Any) -> bool:
    """Whether two lists of possibly symbolic sizes are certainly equal, without adding guards."""
    return len(a) == len(b) and all(
        x == y if isinstance(x, int) and isinstance(y, int) else str(x) == str(y)
        for x, y in zip(a, b)
    )


def has_supported_layout(tensor: torch.Tensor) -> bool:
    """Whether kernels can be expected to read and write the tensor's dim order."""
    return is_contiguous_dim_order(tensor) or is_channel_last_dim_order(tensor)


class AtenToEdgePass(ExportedProgramPassBase):
    """Rewrites, in place, a program that `decompose` made.

    Views become copies, numbers in the place of tensors become constants, memory formats become
    dim orders; assertions and operators without effect go away. Values in `meta["val"]` stay right:
    they are computed again only behind nodes whose layout changed. Ensures that every tensor that a
    node computes is contiguous or channels last, and that operators are `EdgeOpOverload`s.
    """

    def __init__(self, config: EdgeCompileConfig | None = None) -> None:
        self._config = config or EdgeCompileConfig()

    def call(self, exported_program: ExportedProgram) -> ExportedProgramPassResult:
        _make_parameters_dense(exported_program)
        constants = _ConstantLifter(exported_program)
        top = exported_program.graph_module
        with _fake_mode_of(top):
            # A branch or loop body comes before the graph that calls it.
            for module in reversed(list(all_graph_modules(top))):
                _GraphConverter(module, constants if module is top else None, self._config).run()
        DebugHandleGeneratorPass()(top)
        for module in all_graph_modules(top):
            module.recompile()
        rename_outputs(exported_program)
        return ExportedProgramPassResult(exported_program, True)


@contextmanager
def _fake_mode_of(graph_module: fx.GraphModule) -> Iterator[None]:
    values = [n.meta.get("val") for n in graph_module.graph.nodes if n.op != "output"]
    mode = detect_fake_mode(values)
    if mode is None:
        yield
        return
    shape_env = mode.shape_env
    with mode, enable_python_dispatcher():
        if shape_env is None:
            yield
        else:
            with shape_env.ignore_fresh_unbacked_symbols():
                yield


def _make_parameters_dense(program: ExportedProgram) -> None:
    """Replaces transposed or expanded parameters and constants by contiguous copies."""
    nodes = {n.name: n for n in program.graph.find_nodes(op="placeholder")}
    for spec in program.graph_signature.input_specs:
        store: Any = program.state_dict if spec.target in program.state_dict else program.constants
        tensor = store.get(spec.target)
        if not isinstance(tensor, torch.Tensor) or has_supported_layout(tensor):
            continue
        dense = tensor.detach().contiguous()
        if isinstance(tensor, torch.nn.Parameter):
            dense = torch.nn.Parameter(dense, tensor.requires_grad)
        store[spec.target] = dense
        node = nodes[spec.arg.name]
        node.meta["val"] = node.meta["val"].contiguous()


class _ConstantLifter:
    """Adds constant inputs to a program, one for each distinct (value, dtype)."""

    def __init__(self, program: ExportedProgram) -> None:
        self._program = program
        self._nodes: dict[tuple[str, torch.dtype], fx.Node] = {}

    def node(self, value: bool | int | float | complex, dtype: torch.dtype) -> fx.Node:
        key = (repr(value), dtype)
        if key not in self._nodes:
            fake = torch.tensor(value, dtype=dtype)
            with unset_fake_temporarily():
                real = torch.tensor(value, dtype=dtype)
            self._nodes[key] = add_constant(self._program, real, fake)
        return self._nodes[key]


class _GraphConverter:
    """Converts one graph. Without a lifter (in submodules) numbers become scalar operators."""

    def __init__(
        self, module: fx.GraphModule, lifter: _ConstantLifter | None, config: EdgeCompileConfig
    ) -> None:
        self._graph = module.graph
        self._lifter = lifter
        self._config = config
        self._changed: set[fx.Node] = set()

    def run(self) -> None:
        for node in list(self._graph.nodes):
            if node.op == "call_function":
                self._convert(node)
            elif node.op == "placeholder":
                self._make_dense(node)
        self._graph.eliminate_dead_code()

    def _convert(self, node: _Node) -> None:
        target = node.target
        if target in ASSERTIONS:
            self._graph.erase_node(node)
            return
        if not isinstance(target, OpOverload):
            if target is operator.getitem and node.args[0] in self._changed:
                self._update_value(node, node.args[0].meta["val"][node.args[1]])
            elif isinstance(target, HigherOrderOperator):
                self._make_dense(node)
            return
        if target in _SYMBOLIC:
            return
        if target in _ALIASES:
            node.replace_all_uses_with(node.args[0])
            self._graph.erase_node(node)
            return
        if target is aten.scalar_tensor.default and self._lift_scalar_tensor(node):
            return
        old = node.meta.get("val")
        copy = _copy_variant(target)
        if copy is not None:
            node.target = copy
        self._replace_numbers(node)
        if self._changed.intersection(node.all_input_nodes):
            self._recompute(node)
        self._make_dense(node)
        if self._is_redundant(node):
            source = node.args[0]
            node.replace_all_uses_with(source)
            self._graph.erase_node(node)
            if not _same_layout(source.meta["val"], old):
                self._changed.add(source)
            return
        if not self._config._skip_dim_order:
            convert_memory_format_op(node)
        node.target = edge_op(node.target)
        # After the operator, as in "aten_add_tensor", which is what users look for.
        node._rename(self._graph._target_to_str(node.target))

    def _replace_numbers(self, node: _Node) -> None:
        op = node.target
        for index in _tensor_arguments(op):
            if index >= len(node.args) or not isinstance(_value(node.args[index]), _NUMBER):
                continue
            number = node.args[index]
            is_float = isinstance(_value(number), (float, torch.SymFloat))
            is_known = not isinstance(number, fx.Node)
            dtype = _promoted_dtype(node, number if is_known else 1.0 if is_float else 1)
            if is_known and self._lifter is not None:
                replacement: fx.Node = self._lifter.node(number, dtype)
            elif index == 1 and _scalar_overload(op) is not None:
                node.target = _scalar_overload(op)
                continue
            else:
                with self._graph.inserting_before(node):
                    replacement = self._graph.call_function(
                        edge_op(aten.scalar_tensor.default), (number,), {"dtype": dtype}
                    )
                replacement.meta = {k: v for k, v in node.meta.items() if k != "val"}
                replacement.meta["val"] = aten.scalar_tensor.default(_value(number), dtype=dtype)
            node.update_arg(index, replacement)

    def _lift_scalar_tensor(self, node: _Node) -> bool:
        value = node.meta["val"]
        if self._lifter is None or not isinstance(node.args[0], (bool, int, float, complex)):
            return False
        node.replace_all_uses_with(self._lifter.node(node.args[0], value.dtype))
        self._graph.erase_node(node)
        return True

    def _recompute(self, node: _Node) -> None:
        tags = node.target.tags
        if torch.Tag.data_dependent_output in tags or torch.Tag.dynamic_output_shape in tags:
            return
        args, kwargs = fx.map_arg((node.args, node.kwargs), lambda n: n.meta["val"])
        self._update_value(node, node.target(*args, **kwargs))

    def _make_dense(self, node: _Node) -> None:
        def dense(value: Any) -> Any:
            if not isinstance(value, torch.Tensor) or has_supported_layout(value):
                return value
            return value.contiguous()

        self._update_value(node, pytree.tree_map(dense, node.meta["val"]))

    def _update_value(self, node: _Node, value: Any) -> None:
        old = node.meta["val"]
        if value is old:
            return
        pairs = list(zip(pytree.tree_leaves(old), pytree.tree_leaves(value)))
        if all(a is b or (isinstance(a, torch.Tensor) and _same_layout(a, b)) for a, b in pairs):
            return
        node.meta["val"] = value
        self._changed.add(node)

    def _is_redundant(self, node: _Node) -> bool:
        """Whether `node` yields its first argument unchanged."""
        if node.target in _COPIES:
            # The copy of an input may be there because the input is written to later.
            if _comes_from_placeholder(node.args[0]):
                return False
        elif node.target not in _RESHAPES:
            return False
        source = node.args[0].meta["val"]
        if node.target is aten.permute_copy.default:
            rank = source.dim()
            return all(dim % rank == i for i, dim in enumerate(node.args[1]))
        return _same_layout(source, node.meta["val"])


def _comes_from_placeholder(node: _Node) -> bool:
    """Whether `node` is, or may become a view of, an input."""
    while isinstance(node.target, EdgeOpOverload) and node.target._op in _VIEWS:
        node = node.args[0]
    return node.op == "placeholder"


def _promoted_dtype(node: _Node, number: bool | int | float | complex) -> torch.dtype:
    """The dtype in which `node` combines `number` with its tensor arguments."""
    tensors = [a.meta["val"] for a in node.all_input_nodes]
    tensors = [t for t in tensors if isinstance(t, torch.Tensor) and t.dtype != torch.bool]
    if not tensors:
        return torch.result_type(torch.empty(0, dtype=torch.bool), number)
    return torch.result_type(tensors[0], number)
