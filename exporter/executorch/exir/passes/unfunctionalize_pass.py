# SPDX-License-Identifier: BSD-3-Clause
"""Makes custom operators that change their arguments do so, which `torch.export` had undone."""

from __future__ import annotations

from typing import Any

import torch
from torch import fx
from torch._ops import OpOverload
from torch.export import ExportedProgram

from executorch.exir.dialects.edge._ops import edge_op
from executorch.exir.error import ExportError, ExportErrorType
from executorch.exir.graph_module import all_graph_modules, source_line
from executorch.exir.passes.memory_format_ops_pass import convert_memory_format_op
from executorch.exir.passes.reinplace import Aliases, changeable_inputs, storage_of

_V2 = torch.ops.higher_order.auto_functionalized_v2


def unfunctionalize_pass(ep: ExportedProgram) -> None:
    """Replaces, in place, calls of `auto_functionalized_v2` by the operators they stand for.

    An operator changes its argument itself if that is state or an intermediate result whose old
    value nobody needs, and otherwise a copy of it.
    """
    for module in all_graph_modules(ep.graph_module):
        calls = module.graph.find_nodes(op="call_function", target=_V2)
        if calls:
            is_top = module is ep.graph_module
            _Unfunctionalizer(module.graph, changeable_inputs(ep) if is_top else set()).run()
            module.recompile()


class _Unfunctionalizer:
    def __init__(self, graph: fx.Graph, changeable: set[str]) -> None:
        self._graph = graph
        self._changeable = changeable
        self._aliases = Aliases()

    def run(self) -> None:
        for node in list(self._graph.nodes):
            if node.target is _V2:
                self._convert(node)
            else:
                self._aliases.visit(node)

    def _convert(self, node: fx.Node) -> None:
        op: Any = node.args[0]
        bases = [self._writable(base, node) for base in node.kwargs["_all_bases"]]  # type: ignore
        arguments = self._arguments(node, op, bases)
        with self._graph.inserting_before(node):
            call = self._graph.call_function(op, *arguments)
        returns = len(op._schema.returns)
        values = node.meta["val"]
        call.meta = {key: value for key, value in node.meta.items() if key != "val"}
        call.meta["val"] = values[0] if returns < 2 else tuple(values[:returns])
        self._aliases.visit(call)
        first_base = max(returns, 1)
        for user in list(node.users):
            index: int = user.args[1]  # type: ignore[assignment]
            if index >= first_base:
                user.replace_all_uses_with(bases[index - first_base])
            elif returns == 1:
                user.replace_all_uses_with(call)
            else:
                user.update_arg(0, call)
                continue
            self._graph.erase_node(user)
        self._graph.erase_node(node)

    def _writable(self, base: fx.Node, node: fx.Node) -> fx.Node:
        """`base`, or a copy if someone needs its old value."""
        root = storage_of(base)
        is_ours = (
            root.name in self._changeable
            if root.op == "placeholder"
            else (root.op == "call_function" and isinstance(root.meta.get("val"), torch.Tensor))
        )
        if is_ours and not self._aliases.is_used_after(root, node):
            return base
        with self._graph.inserting_before(node):
            clone = self._graph.call_function(edge_op(torch.ops.aten.clone.default), (base,))
        clone.meta = {"val": base.meta["val"], "stack_trace": node.meta.get("stack_trace")}
        convert_memory_format_op(clone)
        return clone

    @staticmethod
    def _arguments(
        node: fx.Node, op: OpOverload, bases: list[fx.Node]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        for argument in op._schema.arguments:
            if argument.alias_info is not None and argument.alias_info.is_write:
                value = _mutated_argument(node, argument.name, bases)
            elif argument.name in node.kwargs:
                value = node.kwargs[argument.name]
            else:
                value = argument.default_value
            if argument.kwarg_only:
                kwargs[argument.name] = value
            else:
                args.append(value)
        return tuple(args), kwargs


def _mutated_argument(node: fx.Node, name: str, bases: list[fx.Node]) -> Any:
    if f"_{name}_length" in node.kwargs:
        length: Any = node.kwargs[f"_{name}_length"]
        return [_mutated_argument(node, f"{name}_{i}", bases) for i in range(length)]
    index: Any = node.kwargs[f"_{name}_base_index"]
    if index is None:
        return None
    described = [key for key in node.kwargs if key.startswith(f"_{name}_") and "base" not in key]
    if any(node.kwargs[key] is not True for key in described if key == f"_{name}_alias") or any(
        key != f"_{name}_alias" for key in described
    ):
        raise ExportError(
            ExportErrorType.NOT_SUPPORTED,
            f"node '{node.name}': {node.args[0]} changes argument '{name}', which is a view of "
            f"another tensor; pass that tensor as a whole. {source_line(node)}",
        )
    return bases[index]
