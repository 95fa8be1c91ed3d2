# SPDX-License-Identifier: BSD-3-Clause
"""Helpers for partitioners, and for looking at their results."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import fx
from torch.export import ExportedProgram
from torch.export.graph_signature import OutputKind
from torch.fx.passes.operator_support import OperatorSupportBase

from executorch.exir.backend.partition import TAG
from executorch.exir.constants import constant_values
from executorch.exir.debug_handle_utils import UNSET_DEBUG_HANDLE
from executorch.exir.delegate import executorch_call_delegate
from executorch.exir.lowered_backend_module import get_lowered_submodules


def _tag_if_used_by_one_partition(node: fx.Node) -> None:
    tags = {user.meta.get(TAG) for user in node.users}
    if len(tags) == 1 and None not in tags:
        node.meta[TAG] = tags.pop()


def tag_constant_data(edge_program: ExportedProgram) -> None:
    """Gives each constant that only one partition uses to that partition."""
    known = constant_values(edge_program)
    for node in edge_program.graph.find_nodes(op="placeholder"):
        if node.name in known:
            _tag_if_used_by_one_partition(node)


def tag_mutated_buffer(edge_program: ExportedProgram) -> None:
    """Gives each buffer that only one partition uses and changes to that partition."""
    signature = edge_program.graph_signature
    nodes = {node.name: node for node in edge_program.graph.find_nodes(op="placeholder")}
    names = {target: name for name, target in signature.inputs_to_buffers.items()}
    values = edge_program.graph.output_node().args[0]
    for spec, value in zip(signature.output_specs, values):
        if spec.kind == OutputKind.BUFFER_MUTATION:
            buffer = nodes[names[spec.target]]
            if {user.meta.get(TAG) for user in buffer.users} == {value.meta.get(TAG)}:
                _tag_if_used_by_one_partition(buffer)


def get_delegates(graph: fx.Graph) -> list[fx.Node]:
    """The nodes that refer to lowered modules."""
    calls = graph.find_nodes(op="call_function", target=executorch_call_delegate, sort=True)
    return [call.args[0] for call in calls]


def get_non_lowered_nodes(graph: fx.Graph) -> list[fx.Node]:
    """The calls that no backend does."""
    return [
        node
        for node in graph.nodes
        if node.op == "call_function"
        and node.target is not executorch_call_delegate
        and not (
            node.target is operator.getitem and node.args[0].target is executorch_call_delegate
        )
    ]


def is_shape_dynamic(node: fx.Node) -> bool:
    """Whether the tensor that `node` yields has a symbolic size."""
    return any(isinstance(size, torch.SymInt) for size in node.meta["val"].shape)


def format_delegated_graph(graph_module: fx.GraphModule) -> str:
    """The graph as text, with the original graph of each lowered module below its call."""
    lowered = {node: module for _, module, node in get_lowered_submodules(graph_module)}
    lines = ["graph():"]
    for node in graph_module.graph.nodes:
        lines.append(f"  {node.format_node() or f'return {node.args[0]}'}")
        if node in lowered:
            module = lowered[node]
            lines.append(f"    backend_id: {module.backend_id}")
            lines.append("    lowered graph():")
            for inner in module.original_module.graph.nodes:
                lines.append(f"      {inner.format_node() or f'return {inner.args[0]}'}")
    return "\n".join(lines)


def print_delegated_graph(graph_module: fx.GraphModule) -> None:
    print(format_delegated_graph(graph_module))


def get_delegated_payload(graph_module: fx.GraphModule) -> dict[str, bytes]:
    """What the backends compiled, by the name of the lowered module."""
    return {name: m.processed_bytes for name, m, _ in get_lowered_submodules(graph_module)}


def is_same_node(node_left: Any, node_right: Any) -> bool:
    """Whether two nodes call the same with arguments that are, in turn, the same."""
    if not (isinstance(node_left, fx.Node) and isinstance(node_right, fx.Node)):
        return bool(node_left == node_right)
    if node_left.op != node_right.op or len(node_left.args) != len(node_right.args):
        return False
    if node_left.op == "call_function" and node_left.target != node_right.target:
        return False
    return all(map(_is_same_argument, node_left.args, node_right.args)) and (
        node_left.kwargs.keys() == node_right.kwargs.keys()
        and all(_is_same_argument(v, node_right.kwargs[k]) for k, v in node_left.kwargs.items())
    )


def _is_same_argument(left: Any, right: Any) -> bool:
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(map(_is_same_argument, left, right))
    return is_same_node(left, right)


def is_identical_graph(graph_left: fx.GraphModule, graph_right: fx.GraphModule) -> bool:
    """Whether two graphs consist of the same nodes in the same order, whatever their names."""
    left, right = list(graph_left.graph.nodes), list(graph_right.graph.nodes)
    return len(left) == len(right) and all(map(is_same_node, left, right))


class DelegateMappingBuilder:
    """Collects, in a backend's `preprocess`, which nodes its identifiers stand for.

    generated_identifiers: identifiers are numbers from 0, given out in order; otherwise the caller
        names one with each entry, all of them numbers or all of them strings.
    """

    def __init__(self, generated_identifiers: bool = False) -> None:
        self._generated = generated_identifiers
        self._mapping: dict[Any, tuple[int, ...]] = {}

    def get_delegate_mapping(self) -> dict[Any, tuple[int, ...]]:
        """Debug handles by identifier: `debug_handle_map` of a `PreprocessResult`."""
        return self._mapping

    def insert_delegate_mapping_entry(
        self,
        nodes: fx.Node | Sequence[fx.Node] | None = None,
        handles: int | Sequence[int | None] | None = None,
        identifier: int | str | None = None,
    ) -> int | str:
        """Adds an entry for `nodes`, or for the debug handles of nodes; answers its identifier."""
        if self._generated == (identifier is not None):
            expected = "no identifier" if self._generated else "an identifier"
            raise ValueError(f"generated_identifiers={self._generated} needs {expected}")
        if identifier in self._mapping:
            raise ValueError(f"there is an entry for identifier {identifier!r} already")
        is_mixed = any(type(known) is not type(identifier) for known in self._mapping)
        if is_mixed and not self._generated:
            raise TypeError(f"identifier {identifier!r} is of another type than those before")
        if (nodes is None) == (handles is None):
            raise ValueError("either nodes or handles must be given")
        if nodes is not None:
            items = [nodes] if isinstance(nodes, fx.Node) else nodes
            found = [node.meta.get("debug_handle") for node in items]
        else:
            found = [handles] if isinstance(handles, int) else list(handles or ())
        valid = {h for h in found if h is not None and h != UNSET_DEBUG_HANDLE}
        if not valid:
            raise ValueError("none of the nodes has a debug handle")
        key: int | str = len(self._mapping) if identifier is None else identifier
        self._mapping[key] = tuple(sorted(valid))
        return key


class WhyNoPartition:
    """Logs, once for each node, why it is not taken."""

    def __init__(self, logger: Any) -> None:
        self.logger = logger
        self._seen: set[tuple[fx.Node, str]] = set()

    def __call__(self, node: fx.Node, reason: str) -> None:
        if (node, reason) not in self._seen:
            self._seen.add((node, reason))
            self.logger.debug(f"Failed to partition node {node}: {reason}")


class WhyNoPartitionReporter:
    """Collects why nodes are not taken."""

    def __init__(self) -> None:
        self._rejected: dict[fx.Node, list[str]] = {}

    def report_reject(self, node: fx.Node, reason: str) -> None:
        reasons = self._rejected.setdefault(node, [])
        if reason not in reasons:
            reasons.append(reason)

    def wrap_check(self, operator_support: OperatorSupportBase, message: str) -> ReportRejected:
        """`operator_support`, reporting what it rejects with `message`."""
        return ReportRejected(operator_support, self, message)

    def get_table_report(self) -> str:
        """A line for each node, and how often each reason occurred."""
        rows = [(n.name, str(n.target), "; ".join(r)) for n, r in self._rejected.items()]
        counts = Counter(reason for reasons in self._rejected.values() for reason in reasons)
        rows = [("node", "operator", "reason"), *rows]
        widths = [max(len(row[i]) for row in rows) for i in range(3)]
        lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths)).rstrip() for row in rows]
        return "\n".join([*lines, *(f"{number} x {text}" for text, number in counts.items())])


class ReportRejected(OperatorSupportBase):
    """Another support, which reports the nodes that it rejects."""

    def __init__(
        self, operator_support: OperatorSupportBase, reporter: WhyNoPartitionReporter, message: str
    ) -> None:
        self.operator_support = operator_support
        self.reporter = reporter
        self.message = message

    def is_node_supported(self, submodules: Mapping[str, torch.nn.Module], node: fx.Node) -> bool:
        if self.operator_support.is_node_supported(submodules, node):
            return True
        self.reporter.report_reject(node, self.message)
        return False


def remove_first_quant_and_last_dequant(graph_module: fx.GraphModule) -> None:
    """Makes a quantized graph take and return quantized tensors, in place."""
    from executorch.exir.operator.convert import torch_op
    from executorch.exir.passes.quantized_ops import DEQUANTIZE_OPS, QUANTIZE_OPS

    graph = graph_module.graph
    output = graph.output_node()
    for node in list(graph.nodes):
        source: Any = node.args[0] if node.args else None
        op = torch_op(node.target)
        if op in QUANTIZE_OPS and source.op == "placeholder":
            source.meta["val"] = node.meta["val"]
        elif not (op in DEQUANTIZE_OPS and output in node.users):
            continue
        node.replace_all_uses_with(source)
        graph.erase_node(node)
    graph_module.recompile()
