# SPDX-License-Identifier: BSD-3-Clause
"""What passes are made of. A pass takes a graph module, or an exported program, and changes it.

`ExportPass` re-runs the graph on fake tensors and records what its overridden hooks do; it suits
passes that replace operators one by one. The exporter's own passes rewrite graphs in place, which
is faster.
"""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Union

import torch
from torch import fx
from torch._dispatch.python import enable_python_dispatcher
from torch._guards import detect_fake_mode
from torch.export import ExportedProgram
from torch.fx.passes.infra.pass_base import PassBase, PassResult
from torch.utils import _pytree as pytree

PROTECTED_KEYS = {"val", "stack_trace", "nn_module_stack", "debug_handle", "tensor_meta"}
"""Keys of `meta` that are reserved."""

Argument = Any
PassType = Union["ExportedProgramPassBase", Callable[[fx.GraphModule], PassResult | None]]


class ExportPassBaseError(RuntimeError):
    """A pass met a graph that it can't handle."""


@dataclass(frozen=True)
class ExportedProgramPassResult:
    exported_program: ExportedProgram
    modified: bool


class ExportedProgramPassBase(ABC):
    """A pass over a whole program: checks what it requires, works, checks what it ensures."""

    def __call__(self, exported_program: ExportedProgram) -> ExportedProgramPassResult:
        self.requires(exported_program)
        result = self.call(exported_program)
        self.ensures(result.exported_program)
        return result

    @abstractmethod
    def call(self, exported_program: ExportedProgram) -> ExportedProgramPassResult:
        """Does the work; may change `exported_program` in place."""

    def requires(self, exported_program: ExportedProgram) -> None:  # noqa: B027
        """Raises if the pass can't run on `exported_program`; by default it always can."""

    def ensures(self, exported_program: ExportedProgram) -> None:  # noqa: B027
        """Raises if the pass failed to establish what it promises; by default nothing."""


class NodeMetadata:
    """The `meta` of the node being rewritten, without its value."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = dict(data)

    def __getitem__(self, key: str) -> Any:
        return self.data[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.data[key] = value

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def copy(self) -> NodeMetadata:
        return NodeMetadata(self.data)


class ProxyValue:
    """A value during re-execution: fake `data` and the node that produces it in the new graph."""

    def __init__(self, data: Any, proxy: fx.Proxy | fx.Node) -> None:
        self.data = data
        self.proxy_or_node = proxy

    @property
    def node(self) -> fx.Node:
        value = self.proxy_or_node
        return value.node if isinstance(value, fx.Proxy) else value

    @property
    def proxy(self) -> fx.Proxy:
        value = self.proxy_or_node
        if not isinstance(value, fx.Proxy):
            raise RuntimeError(f"ProxyValue of {value} does not have a proxy")
        return value

    def is_tensor(self) -> bool:
        return isinstance(self.data, torch.Tensor)

    def to_tensor(self) -> torch.Tensor:
        if not self.is_tensor():
            raise TypeError(f"{self.node} is a {type(self.data).__name__}, not a tensor")
        return self.data

    def __iter__(self) -> Iterator[Any]:
        return iter(self.data)

    def __bool__(self) -> bool:
        return bool(self.data)

    def __int__(self) -> int:
        return int(self.data)

    def __float__(self) -> float:
        return float(self.data)

    def __index__(self) -> int:
        return self.data.__index__()


def _data(tree: Any) -> Any:
    return pytree.tree_map_only(ProxyValue, lambda value: value.data, tree)


def _nodes(tree: Any) -> Any:
    return pytree.tree_map_only(ProxyValue, lambda value: value.node, tree)


def map_args(
    op: Any,
    fn: Callable[[Any, torch.Argument], Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """`fn(value, schema argument)` for each argument that is given, in place of the value."""
    new_args, new_kwargs = list(args), dict(kwargs)
    for index, argument in enumerate(op._schema.arguments):
        if argument.name in new_kwargs:
            new_kwargs[argument.name] = fn(new_kwargs[argument.name], argument)
        elif not argument.kwarg_only and index < len(new_args):
            new_args[index] = fn(new_args[index], argument)
    return tuple(new_args), new_kwargs


class ExportPass(PassBase):
    """Re-executes the graph on fake values. Override a hook to change what is recorded.

    Hooks receive `ProxyValue`s and return the `ProxyValue` that takes the node's place; calling
    `super()`'s hook records the operator with the given arguments. Control flow submodules go
    through `call_submodule`.
    """

    graph: fx.Graph

    def inputs(self, graph_module: fx.GraphModule) -> list[Any]:
        """The fake values that the graph is run on: those of its placeholders."""
        return [node.meta.get("val") for node in graph_module.graph.find_nodes(op="placeholder")]

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        fake_inputs = self.inputs(graph_module)
        fake_mode = detect_fake_mode(fake_inputs)
        if fake_mode is None:
            return self.call_submodule(graph_module, tuple(fake_inputs))
        with fake_mode, enable_python_dispatcher():
            return self.call_submodule(graph_module, tuple(fake_inputs))

    def call_submodule(self, graph_module: fx.GraphModule, inputs: tuple[Any, ...]) -> PassResult:
        """Runs the pass over `graph_module` with `inputs` as the values of its placeholders."""
        outer = getattr(self, "graph", None), getattr(self, "_owner", None)
        self.graph, self._owner = fx.Graph(), graph_module
        values: dict[fx.Node, Any] = {}
        remaining = iter(inputs)
        for node in graph_module.graph.nodes:
            meta = NodeMetadata({k: v for k, v in node.meta.items() if k != "val"})
            args, kwargs = fx.map_arg((node.args, node.kwargs), values.__getitem__)
            if node.op == "placeholder":
                values[node] = self.placeholder(node.target, next(remaining), meta)
            elif node.op == "get_attr":
                values[node] = self._get_attr(node, meta)
            elif node.op == "call_function":
                values[node] = self._call_function(node.target, args, dict(kwargs), meta)
            elif node.op == "output":
                values[node] = self.output(args[0], meta)
            else:
                raise ExportPassBaseError(f"{node.op} node {node} is not part of an export graph")
        result = fx.GraphModule(graph_module, self.graph)
        result.meta.update(graph_module.meta)
        self.graph, self._owner = outer  # type: ignore[assignment]
        return PassResult(result, True)

    def _record(self, data: Any, node: fx.Node, meta: NodeMetadata) -> ProxyValue:
        node.meta = {**meta.data, "val": data}
        return ProxyValue(data, node)

    def _fx(
        self,
        kind: str,
        target: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        meta: NodeMetadata,
    ) -> ProxyValue:
        """Runs `target` on the fake data of its arguments and records it."""
        data = target(*_data(args), **_data(kwargs))
        node = self.graph.create_node(kind, target, _nodes(args), _nodes(kwargs))
        return self._record(data, node, meta)

    def _get_attr(self, node: fx.Node, meta: NodeMetadata) -> Any:
        value = getattr(self._owner, str(node.target))
        self.on_attr(ProxyValue(value, node))
        if isinstance(value, fx.GraphModule) or type(value).__name__ == "LoweredBackendModule":
            return value
        return ProxyValue(
            value, self._record(value, self.graph.get_attr(str(node.target)), meta).node
        )

    def _call_function(
        self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any], meta: NodeMetadata
    ) -> ProxyValue:
        from executorch.exir.dialects.edge._ops import EdgeOpOverload

        if target is operator.getitem:
            return self.call_getitem(args[0], args[1], meta)
        if isinstance(target, torch._ops.HigherOrderOperator):
            name = target.name()
            if name == "executorch_call_delegate":
                return self.call_delegate(args[0], args[1:], kwargs, meta)
            hooks: dict[str, Callable[..., ProxyValue]] = {
                "cond": self.call_cond,
                "while_loop": self.call_while,
                "map_impl": self.call_map,
                "scan": self.call_scan,
            }
            if name in hooks:
                return hooks[name](*args, meta)
            raise ExportPassBaseError(f"higher order operator {name} is not supported")
        if isinstance(target, (EdgeOpOverload, torch._ops.OpOverload)):
            return self.call_operator(target, args, kwargs, meta)
        return self.call_sym(target, args, meta)

    def on_attr(self, attr: ProxyValue) -> None:
        """Called for every attribute (tensor, branch or lowered module) that the graph reads."""

    def placeholder(self, name: str, arg: Any, meta: NodeMetadata) -> ProxyValue:
        return self._record(arg, self.graph.placeholder(name), meta)

    def call_operator(
        self, op: Any, args: tuple[Any, ...], kwargs: dict[str, Any], meta: NodeMetadata
    ) -> ProxyValue:
        return self._fx("call_function", op, args, kwargs, meta)

    def call_sym(
        self, target: Callable[..., Any], args: tuple[Any, ...], meta: NodeMetadata
    ) -> ProxyValue:
        return self._fx("call_function", target, args, {}, meta)

    def call_size_operator(
        self, tensor_proxy: ProxyValue, dim: int, meta: NodeMetadata, *, edge_dialect: bool = False
    ) -> int | ProxyValue:
        """The size of one dimension: a number, or the operator that asks for it if it varies."""
        from executorch.exir.dialects.edge._ops import edge_op

        size = tensor_proxy.to_tensor().shape[dim]
        if isinstance(size, int):
            return size
        op = torch.ops.aten.sym_size.int
        return self.call_operator(
            edge_op(op) if edge_dialect else op, (tensor_proxy, dim), {}, meta
        )

    def call_size_operator_all(
        self, tensor_proxy: ProxyValue, meta: NodeMetadata, *, edge_dialect: bool = False
    ) -> list[int | ProxyValue]:
        """`call_size_operator` for every dimension."""
        return [
            self.call_size_operator(tensor_proxy, dim, meta, edge_dialect=edge_dialect)
            for dim in range(tensor_proxy.to_tensor().dim())
        ]

    def call_getitem(self, value: ProxyValue, key: int, meta: NodeMetadata) -> ProxyValue:
        return self._fx("call_function", operator.getitem, (value, key), {}, meta)

    def _call_with_submodules(
        self,
        op: Any,
        args: tuple[Any, ...],
        submodule_inputs: dict[int, list[Any]],
        meta: NodeMetadata,
    ) -> ProxyValue:
        new_args = list(args)
        for index, inputs in submodule_inputs.items():
            submodule = self.call_submodule(args[index], tuple(_data(inputs))).graph_module
            name = next(n for n, m in self._owner.named_children() if m is args[index])
            setattr(self._owner, name, submodule)
            new_args[index] = self._record(None, self.graph.get_attr(name), NodeMetadata({}))
        node = self.graph.call_function(op, _nodes(tuple(new_args)))
        return self._record(meta.data.pop("_result", None), node, meta)

    def _branch_outputs(self, submodule: fx.GraphModule) -> Any:
        output = submodule.graph.output_node()
        return fx.map_arg(output.args[0], lambda node: node.meta["val"])

    def call_cond(
        self, pred: Any, true_fn: Any, false_fn: Any, inputs: list[Any], meta: NodeMetadata
    ) -> ProxyValue:
        meta = meta.copy()
        meta["_result"] = self._branch_outputs(true_fn)
        args = (pred, true_fn, false_fn, list(inputs))
        return self._call_with_submodules(
            torch.ops.higher_order.cond, args, {1: list(inputs), 2: list(inputs)}, meta
        )

    def call_while(
        self,
        cond_fn: Any,
        body_fn: Any,
        carried_inputs: Any,
        additional_inputs: Any,
        meta: NodeMetadata,
    ) -> ProxyValue:
        meta = meta.copy()
        meta["_result"] = self._branch_outputs(body_fn)
        inputs = [*carried_inputs, *additional_inputs]
        args = (cond_fn, body_fn, tuple(carried_inputs), tuple(additional_inputs))
        return self._call_with_submodules(
            torch.ops.higher_order.while_loop, args, {0: inputs, 1: inputs}, meta
        )

    def call_map(
        self, f: Any, mapped_args: list[Any], operands: list[Any], meta: NodeMetadata
    ) -> ProxyValue:
        meta = meta.copy()
        length = mapped_args[0].data.shape[0]
        meta["_result"] = pytree.tree_map(
            lambda value: value.new_empty([length, *value.shape]), self._branch_outputs(f)
        )
        rows = [ProxyValue(arg.data[0], arg.node) for arg in mapped_args]
        args = (f, list(mapped_args), list(operands))
        return self._call_with_submodules(
            torch.ops.higher_order.map_impl, args, {0: [*rows, *operands]}, meta
        )

    def call_scan(
        self,
        combine_fn: Any,
        init: list[Any],
        xs: list[Any],
        additional_inputs: Any,
        meta: NodeMetadata,
    ) -> ProxyValue:
        meta = meta.copy()
        outputs = self._branch_outputs(combine_fn)
        length = xs[0].data.shape[0]
        stacked = [value.new_empty([length, *value.shape]) for value in outputs[len(init) :]]
        meta["_result"] = (*outputs[: len(init)], *stacked)
        rows = [ProxyValue(x.data[0], x.node) for x in xs]
        args = (combine_fn, list(init), list(xs), tuple(additional_inputs))
        return self._call_with_submodules(
            torch.ops.higher_order.scan, args, {0: [*init, *rows, *additional_inputs]}, meta
        )

    def call_delegate(
        self,
        lowered_module: Any,
        args: tuple[ProxyValue, ...],
        kwargs: dict[str, Any],
        meta: NodeMetadata,
    ) -> ProxyValue:
        from executorch.exir.delegate import executorch_call_delegate

        name = next(n for n, m in self._owner.named_children() if m is lowered_module)
        attribute = self.graph.get_attr(name)
        data = executorch_call_delegate(lowered_module, *_data(args))
        node = self.graph.call_function(
            executorch_call_delegate, (attribute, *_nodes(args)), kwargs
        )
        return self._record(data, node, meta)

    def output(self, results: Any, meta: NodeMetadata) -> ProxyValue:
        return self._record(_data(results), self.graph.output(_nodes(results)), meta)


__all__ = [
    "PROTECTED_KEYS",
    "Argument",
    "ExportPass",
    "ExportPassBaseError",
    "ExportedProgramPassBase",
    "ExportedProgramPassResult",
    "NodeMetadata",
    "PassBase",
    "PassResult",
    "PassType",
    "ProxyValue",
    "map_args",
]
