# SPDX-License-Identifier: BSD-3-Clause
"""Graphs of torch.fx as `OperatorGraph`s."""

from __future__ import annotations

from enum import Enum
from typing import Any

import torch
from torch import fx

from executorch.devtools.debug_format.base_schema import (
    Node,
    OperatorGraph,
    OperatorNode,
    ValueNode,
)
from executorch.exir.dialects.edge._ops import EdgeOpOverload


class RESERVED_METADATA_ARG(Enum):
    """Keys of `Node.metadata`."""

    DEBUG_HANDLE = "debug_handle"
    MODULE_STACK = "nn_module_stack"
    SOURCE_FN_STACK = "source_fn_stack"
    MODULE_TYPE = "module_type"
    PROFILE_START_TIME = "profile_start_time"
    PROFILE_END_TIME = "profile_end_time"
    LOAD_START_TIME = "load_start_time"
    LOAD_END_TIME = "load_end_time"
    MEMORY_USAGE = "memory_usage"
    DEBUG_ENTRY = "debug_entry"
    STACK_TRACE = "stack_trace"
    DEBUG_DATA = "debug_data"

    METRICS_KEYWORD = "metrics"
    PROFILE_SUMMARY_COLDSTART = "Coldstart"
    PROFILE_SUMMARY_AVERAGE = "Average"
    PROFILE_SUMMARY_P90 = "P90"
    PROFILE_SUMMARY_P10 = "P10"
    PROFILE_SUMMARY_MIN = "Min"
    PROFILE_SUMMARY_MAX = "Max"

    AGGREGATED_OP_TABLE = "Aggregated op stats"
    RUN_SUMMARY_INDIVIDUAL_RUNS_TABLE = "Run summary individual stats"
    RUN_SUMMARY_TABLE = "Aggregated run summary stats"
    OP_INSTANCE_SUMMARY_TABLE = "Individual op stats"

    TABLES_KEYWORD = "tables"
    KV_KEYWORD = "kv"
    MODEL_LOAD_TIME_KEY = "Model load time (ms)"


_KEPT = (
    RESERVED_METADATA_ARG.DEBUG_HANDLE.value,
    RESERVED_METADATA_ARG.STACK_TRACE.value,
    RESERVED_METADATA_ARG.MODULE_STACK.value,
)


class FXOperatorGraph(OperatorGraph):
    """Has three elements: the graphs "inputs", "forward" and "outputs"."""

    @staticmethod
    def gen_operator_graph(
        model: fx.GraphModule,
        skip_stack_trace: bool | None = False,
        enable_module_hierarchy: bool = False,
    ) -> FXOperatorGraph:
        """The graph of a module.

        enable_module_hierarchy: whether the calls of a submodule are in a graph of their own.
        """
        nodes: dict[fx.Node, Node] = {}
        inputs: list[Node | OperatorGraph] = []
        calls: list[Node | OperatorGraph] = []
        outputs: list[Node | OperatorGraph] = []
        parts: dict[str, OperatorGraph] = {}
        for node in model.graph.nodes:
            metadata = {
                key: node.meta[key]
                for key in _KEPT
                if key in node.meta and not (skip_stack_trace and key == "stack_trace")
            }
            if node.op == "call_function":
                place = calls
                if enable_module_hierarchy:
                    place = _part(node, calls, parts)
                names, arguments, constants = _arguments(node, nodes, len(nodes))
                place.extend(constants)
                call = OperatorNode(
                    _node_name(node), arguments, _shapes(node), metadata, names, op=_op_name(node)
                )
                nodes[node] = call
                place.append(call)
                continue
            used = [nodes[n] for n in node.all_input_nodes if n in nodes]
            value = ValueNode(
                _node_name(node), used, _shapes(node), metadata, dtype=str(_dtypes(node))
            )
            nodes[node] = value
            (outputs if node.op == "output" else inputs).append(value)
        return FXOperatorGraph(
            "base",
            [
                FXOperatorGraph("inputs", inputs, {}),
                FXOperatorGraph("forward", calls, {}),
                FXOperatorGraph("outputs", outputs, {}),
            ],
        )


def _part(
    node: fx.Node, calls: list[Node | OperatorGraph], parts: dict[str, OperatorGraph]
) -> list[Node | OperatorGraph]:
    """The elements of the graph of the module that a call belongs to."""
    place = calls
    for path, module_type in (node.meta.get("nn_module_stack") or {}).values():
        if path not in parts:
            parts[path] = OperatorGraph(
                path, [], {RESERVED_METADATA_ARG.MODULE_TYPE.value: str(module_type)}
            )
            place.append(parts[path])
        place = parts[path].elements
    return place


def _arguments(
    node: fx.Node, nodes: dict[fx.Node, Node], number: int
) -> tuple[list[str] | None, list[Node], list[ValueNode]]:
    """Names of the parameters; the arguments, and the constants among them."""
    schema = getattr(node.target, "_schema", None)
    names = None if schema is None else [argument.name for argument in schema.arguments]
    arguments: list[Node] = []
    constants: list[ValueNode] = []
    for i, argument in enumerate([*node.args, *node.kwargs.values()]):
        used: list[fx.Node] = []
        fx.map_arg(argument, used.append)
        if used:
            arguments.extend(nodes[n] for n in used if n in nodes)
        elif argument is not None:
            name = names[i] if names is not None and i < len(names) else "const"
            constants.append(ValueNode(f"{name}_{number}", val=argument))
    return names, [*arguments, *constants], constants


def _node_name(node: fx.Node) -> str:
    # The underscore tells it from what the other dialects call the same node.
    return node.name + "_"


def _op_name(node: fx.Node) -> str:
    target: Any = node.target
    if isinstance(target, EdgeOpOverload):
        target = target._op
    if isinstance(target, torch._ops.OpOverload):
        return str(target)
    return getattr(target, "__name__", str(target))


def _tensors(node: fx.Node) -> list[torch.Tensor] | None:
    value = node.meta.get("val")
    if node.op == "output":
        value = [n.meta.get("val") for n in node.all_input_nodes]
    values = value if isinstance(value, (list, tuple)) else [value]
    tensors = [v for v in values if isinstance(v, torch.Tensor)]
    return tensors or None


def _shapes(node: fx.Node) -> list[list[int]] | None:
    tensors = _tensors(node)
    return None if tensors is None else [list(tensor.shape) for tensor in tensors]


def _dtypes(node: fx.Node) -> list[torch.dtype] | None:
    tensors = _tensors(node)
    return None if tensors is None else [tensor.dtype for tensor in tensors]
