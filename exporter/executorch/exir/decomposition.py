# SPDX-License-Identifier: BSD-3-Clause
"""Decomposes a captured program to the core ATen operators that kernels exist for."""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import torch
from torch import fx
from torch._decomp import get_decompositions
from torch._dispatch.python import enable_python_dispatcher
from torch._export.utils import _is_preservable_cia_op
from torch._guards import detect_fake_mode
from torch._ops import HigherOrderOperator, OpOverload
from torch.export import ExportedProgram, default_decompositions
from torch.fx.experimental.symbolic_shapes import PendingUnbackedSymbolNotFound
from torch.fx.traceback import NodeSource, NodeSourceAction
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode

from executorch.exir.delegate import executorch_call_delegate, is_lowered_module
from executorch.exir.graph_module import make_graph_module
from executorch.exir.pass_manager import rename_outputs
from executorch.exir.random_decompositions import RANDOM_DECOMPOSITIONS
from executorch.exir.recurrent import LOOPS, has_dynamic_length
from executorch.exir.symbolic_nodes import SymbolicNodes

# Whether an operator that comes up in decomposing a node is kept whole.
_IsKept = Callable[[fx.Node, OpOverload], bool]

aten = torch.ops.aten

# Operators outside core ATen that torch decomposes only when asked to.
_BEYOND_DEFAULT = (
    aten._native_batch_norm_legit_functional.default,
    aten.addmv.default,
    aten.dist.default,
    aten.linalg_vector_norm.default,
)

# Operators that are the same as others, for which kernels exist.
_SYNONYMS: dict[OpOverload, OpOverload] = {
    aten.item.default: aten._local_scalar_dense.default,
    aten.__lshift__.Scalar: aten.bitwise_left_shift.Tensor_Scalar,
    aten.__lshift__.Tensor: aten.bitwise_left_shift.Tensor,
    aten.__rshift__.Scalar: aten.bitwise_right_shift.Tensor_Scalar,
    aten.__rshift__.Tensor: aten.bitwise_right_shift.Tensor,
}


def decomposition_table() -> Any:
    """Decompositions of operators that are not kept, by overload; those that only exist in terms of
    others are in no table."""
    table = default_decompositions()
    table.update(get_decompositions(_BEYOND_DEFAULT))
    table.update(_SYNONYMS)
    table.update(RANDOM_DECOMPOSITIONS)
    return table


def decompose(
    program: ExportedProgram,
    preserve: Collection[OpOverload] = (),
    is_preserved: Callable[[fx.Node, OpOverload], bool] | None = None,
) -> ExportedProgram:
    """A new, functional program in core ATen; operators in `preserve` are kept whole.

    is_preserved: if given, asked for each of these operators that comes up while a node of
        `program`, given too, is decomposed; often it is the node's own operator. In a program that
        is traced, an operator is only kept if all its nodes are preserved.

    Programs that change no tensor and have no control flow, as most, are decomposed operator by
    operator, which is several times faster than tracing them again; the others are traced.
    """
    table = decomposition_table()

    def is_kept(node: fx.Node, op: OpOverload) -> bool:
        return op in preserve and (is_preserved is None or is_preserved(node, op))

    try:
        return _OperatorwiseDecomposer(program, table.materialize(), is_kept).run()
    except (_NeedsTracing, PendingUnbackedSymbolNotFound):
        _forget_pending_symbols(program)
        if any(map(has_dynamic_length, program.graph.nodes)):
            table.update(LOOPS)
        for op in preserve:
            # Tracing can only keep all of an operator's nodes or none.
            nodes = program.graph.find_nodes(op="call_function", target=op)
            if all(is_kept(node, op) for node in nodes):
                table.pop(op, None)
        result = program.run_decompositions(table)
        result._state_dict = dict(result.state_dict)
        result._constants = dict(result.constants)
        return result


def _forget_pending_symbols(program: ExportedProgram) -> None:
    """Drops symbols for sizes that an interrupted attempt made and used for nothing."""
    values = [node.meta.get("val") for node in program.graph.nodes if node.op != "output"]
    mode = detect_fake_mode(values)
    if mode is not None and mode.shape_env is not None:
        mode.shape_env.pending_fresh_unbacked_symbols.clear()


@cache
def _is_always_decomposed(op: OpOverload) -> bool:
    """Whether `op` only exists in terms of others; such operators are in no table."""
    return op._can_decompose() and not _is_preservable_cia_op(op)


@contextmanager
def _without_onednn() -> Iterator[None]:
    """Keeps decompositions from choosing operators that exist in oneDNN only."""
    enabled = torch._C._get_mkldnn_enabled()
    torch._C._set_mkldnn_enabled(False)
    try:
        yield
    finally:
        torch._C._set_mkldnn_enabled(enabled)


class _NeedsTracing(Exception):
    """Something in the program is beyond `_OperatorwiseDecomposer`."""


class _Recorder(TorchDispatchMode):
    """Appends to a graph every core operator that is dispatched while the mode is active."""

    def __init__(
        self,
        graph: fx.Graph,
        symbols: SymbolicNodes,
        table: Mapping[Any, Any],
        is_kept: _IsKept,
    ) -> None:
        super().__init__()
        self._graph = graph
        self._symbols = symbols
        self._table = table
        self._is_kept = is_kept
        # Nodes of the tensors seen, with the tensors, so that no identity is used twice.
        self._nodes: dict[int, tuple[fx.Node, torch.Tensor]] = {}
        self._meta: dict[str, Any] = {}

    def start(
        self, origin: fx.Node, meta: dict[str, Any], inputs: Iterable[tuple[fx.Node, Any]]
    ) -> None:
        """Prepares for decomposing `origin`: nodes recorded from now on get `meta`.

        All tensors but `inputs` are forgotten.
        """
        self._origin = origin
        self._meta = meta
        self._nodes = {}
        for node, value in inputs:
            if (
                isinstance(value, torch.Tensor)
                and self._nodes.setdefault(id(value), (node, value))[0] is not node
            ):
                raise _NeedsTracing

    def node_of(self, value: Any) -> Any:
        """The node that computes `value`, or `value` itself if that is known."""
        try:
            if isinstance(value, torch.Tensor):
                return self._nodes[id(value)][0]
            if isinstance(value, (torch.SymInt, torch.SymFloat, torch.SymBool)):
                return self._symbols.node_of(value)
            return value
        except KeyError:
            # It was not made by an operator: a constant in a decomposition, for example.
            raise _NeedsTracing from None

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if func.namespace == "prim":  # Asks for an attribute, e.g. the device.
            return func(*args, **kwargs)
        if not self._is_kept(self._origin, func):
            decomposition = self._table.get(func)
            if decomposition is not None:
                with self:
                    result = decomposition(*args, **kwargs)
                if result is not NotImplemented:
                    return result
            elif _is_always_decomposed(func):
                with self:
                    return func.decompose(*args, **kwargs)
        if func.namespace == "prims" or func._schema.is_mutable:
            raise _NeedsTracing
        result = func(*args, **kwargs)
        new_args, new_kwargs = pytree.tree_map(self.node_of, (args, kwargs))
        node = self._graph.call_function(func, new_args, new_kwargs)
        self._track(node, result)
        return result

    def _track(self, node: fx.Node, value: Any) -> None:
        node.meta = {**self._meta, "val": value}
        if isinstance(value, torch.Tensor):
            self._nodes[id(value)] = (node, value)
        elif isinstance(value, (tuple, list)):
            for index, item in enumerate(value):
                if item is not None:
                    self._track(self._graph.call_function(operator.getitem, (node, index)), item)
        else:
            raise _NeedsTracing


class _OperatorwiseDecomposer:
    """Copies a graph, replacing each node that isn't a core operator by what it decomposes to."""

    def __init__(
        self, program: ExportedProgram, table: Mapping[Any, Any], is_kept: _IsKept
    ) -> None:
        self._program = program
        self._table = table
        self._is_kept = is_kept
        self._graph = fx.Graph()
        self._symbols = SymbolicNodes(self._graph)
        # What became of each node: a node, or a tuple or list of nodes.
        self._new: dict[fx.Node, Any] = {}

    def run(self) -> ExportedProgram:
        nodes = self._program.graph.nodes
        for node in nodes:
            self._check(node)
        mode = detect_fake_mode([node.meta.get("val") for node in nodes if node.op != "output"])
        if mode is None:
            raise _NeedsTracing
        recorder = _Recorder(self._graph, self._symbols, self._table, self._is_kept)
        with (
            mode,
            enable_python_dispatcher(),
            torch._C._AutoDispatchBelowAutograd(),
            _without_onednn(),
        ):
            for node in nodes:
                self._new[node] = self._convert(node, recorder)
        return self._finish()

    def _check(self, node: fx.Node) -> None:
        if node.op == "get_attr":
            if not is_lowered_module(getattr(self._program.graph_module, str(node.target), None)):
                raise _NeedsTracing
        elif isinstance(node.target, HigherOrderOperator) and (
            node.target is not executorch_call_delegate
        ):
            raise _NeedsTracing
        if isinstance(node.target, OpOverload) and node.target._schema.is_mutable:
            raise _NeedsTracing
        if has_dynamic_length(node) and not self._is_kept(node, node.target):  # type: ignore[arg-type]
            raise _NeedsTracing

    def _convert(self, node: Any, recorder: _Recorder) -> Any:
        if node.op == "call_function" and self._decomposes(node):
            return self._decompose(node, recorder)
        if node.target is operator.getitem and not isinstance(self._new[node.args[0]], fx.Node):
            return self._new[node.args[0]][node.args[1]]
        synonym = _SYNONYMS.get(node.target)
        if node.op == "output":
            result = self._graph.output(self._renamed(node.args[0]))
        else:
            result = self._graph.node_copy(node, self._renamed)
        result.meta = dict(node.meta)
        if node.op == "placeholder":
            # Signatures refer to it, and graphs rename nodes that are called like built-ins.
            result.name = node.name
        elif node.op == "call_function":
            result.meta["from_node"] = [_source(node)]
            result.target = node.target if synonym is None else synonym
        self._symbols.note(result)
        return result

    def _renamed(self, argument: Any) -> Any:
        return fx.map_arg(argument, self._new.__getitem__)

    def _decomposes(self, node: fx.Node) -> bool:
        op = node.target
        if not isinstance(op, OpOverload) or self._is_kept(node, op) or op in _SYNONYMS:
            return False
        return op in self._table or _is_always_decomposed(op)

    def _decompose(self, node: Any, recorder: _Recorder) -> Any:
        if node.meta.get("unbacked_bindings"):
            # Running it again would make new symbols.
            raise _NeedsTracing
        meta = {key: value for key, value in node.meta.items() if key != "val"}
        meta["from_node"] = [_source(node)]
        recorder.start(node, meta, ((self._new[n], n.meta["val"]) for n in node.all_input_nodes))
        args, kwargs = fx.map_arg((node.args, node.kwargs), lambda n: n.meta["val"])
        with recorder:
            result = node.target(*args, **kwargs)
        return pytree.tree_map(recorder.node_of, result)

    def _finish(self) -> ExportedProgram:
        program = copy.copy(self._program)
        module = make_graph_module(self._program.graph_module, self._graph)
        module.meta.update(self._program.graph_module.meta)
        program._graph_module = module
        program._graph_signature = copy.deepcopy(self._program.graph_signature)
        program._state_dict = dict(self._program.state_dict)
        program._constants = dict(self._program.constants)
        rename_outputs(program)
        return program


def _source(node: fx.Node) -> NodeSource:
    return NodeSource(node, "decompose", NodeSourceAction.CREATE)
