# SPDX-License-Identifier: BSD-3-Clause
"""Partitions that consist of supported operators, or of matches of patterns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import fx
from torch.fx.passes.infra.partitioner import CapabilityBasedPartitioner, Partition
from torch.fx.passes.operator_support import OperatorSupportBase, any_chain
from torch.fx.passes.utils.matcher_utils import SubgraphMatcher

from executorch.exir.backend.canonical_partitioners.group_partitioner import GroupBasedPartitioner


class _Listed(OperatorSupportBase):
    """Supports the nodes of a list."""

    def __init__(self, nodes: Iterable[fx.Node]) -> None:
        self._nodes = set(nodes)

    def is_node_supported(self, submodules: Mapping[str, torch.nn.Module], node: fx.Node) -> bool:
        return node in self._nodes


def _support(
    nodes: Iterable[fx.Node], op_support: OperatorSupportBase | None
) -> OperatorSupportBase:
    listed = _Listed(nodes)
    return listed if op_support is None else any_chain(listed, op_support)


def generate_partitions_from_list_of_nodes(
    graph_module: fx.GraphModule,
    pattern_list: list[list[fx.Node]] | None = None,
    op_support: OperatorSupportBase | None = None,
) -> list[Partition]:
    """Partitions, as large as possible, of the nodes in any of the lists or supported."""
    nodes = [node for group in pattern_list or [] for node in group]
    partitioner = CapabilityBasedPartitioner(
        graph_module, _support(nodes, op_support), allows_single_node_partition=True
    )
    return partitioner.propose_partitions()


def generate_grouped_partitions_from_list_of_nodes(
    graph_module: fx.GraphModule,
    pattern_list: list[list[fx.Node]] | None = None,
    op_support: OperatorSupportBase | None = None,
) -> list[Partition]:
    """Like `generate_partitions_from_list_of_nodes`; the nodes of one list stay together."""
    nodes = [node for group in pattern_list or [] for node in group]
    partitioner = GroupBasedPartitioner(
        graph_module,
        _support(nodes, op_support),
        allows_single_node_partition=True,
        node_groups=pattern_list,
    )
    return partitioner.propose_partitions()


def generate_pattern_op_partitions(
    graph_module: fx.GraphModule,
    patterns: list[fx.Graph] | None = None,
    partitions_list: list[list[fx.Node]] | None = None,
    op_support: OperatorSupportBase | None = None,
    ignore_literals: bool = False,
) -> list[Partition]:
    """Partitions, as large as possible, of nodes that match, are listed, or are supported.

    patterns: graphs such as those of a captured and lowered function.
    ignore_literals: numbers in patterns match any number.
    """
    matched = [list(group) for group in partitions_list or []]
    for pattern in patterns or []:
        matcher = SubgraphMatcher(pattern, ignore_literals=ignore_literals)
        placeholders = set(pattern.find_nodes(op="placeholder"))
        for match in matcher.match(graph_module.graph):
            matched.append(
                [
                    node
                    for pattern_node, node in match.nodes_map.items()
                    if pattern_node not in placeholders and pattern_node.op != "output"
                ]
            )
    return generate_partitions_from_list_of_nodes(graph_module, matched, op_support)
