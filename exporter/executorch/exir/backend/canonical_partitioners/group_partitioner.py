# SPDX-License-Identifier: BSD-3-Clause
"""Partitions that keep given groups of nodes together."""

from __future__ import annotations

from collections.abc import Sequence

from torch import fx
from torch.fx.passes.infra.partitioner import CapabilityBasedPartitioner, Partition
from torch.fx.passes.operator_support import OperatorSupportBase


class GroupBasedPartitioner(CapabilityBasedPartitioner):
    """Proposes partitions of supported nodes, as large as possible without cycles, in which the
    nodes of a group are in the same partition.

    node_groups: groups; a node may be in several, which then are one. A group with a node that is
        not supported, or that can't be run as a whole, is treated as single nodes.
    """

    def __init__(
        self,
        graph_module: fx.GraphModule,
        operator_support: OperatorSupportBase,
        allows_single_node_partition: bool = False,
        non_compute_ops: Sequence[str] | None = None,
        allowed_single_node_partition_ops: Sequence[str] | None = None,
        node_groups: list[list[fx.Node]] | None = None,
    ) -> None:
        super().__init__(
            graph_module,
            operator_support,
            allows_single_node_partition,
            non_compute_ops,
            allowed_single_node_partition_ops,
        )
        self.node_groups = node_groups

    def propose_partitions(self) -> list[Partition]:
        nodes = list(self.graph_module.graph.nodes)
        order = {node: index for index, node in enumerate(nodes)}
        modules = dict(self.graph_module.named_modules())
        supported = {
            n
            for n in nodes
            if n.op not in ("placeholder", "output", "get_attr")
            and self.operator_support.is_node_supported(modules, n)
        }
        clusters = _Clusters(nodes)
        for group in self.node_groups or []:
            members = [node for node in group if node in order]
            if members and all(node in supported for node in members):
                for node in members[1:]:
                    clusters.merge(members[0], node, must_be_acyclic=False)
        clusters.split_cyclic()
        # Neighbours first: a producer and its consumer; then whatever may be joined.
        for node in reversed(nodes):
            if node in supported:
                for user in node.users:
                    if user in supported:
                        clusters.merge(node, user)
        representatives = [n for n in nodes if n in supported and clusters.find(n) is n]
        for index, first in enumerate(representatives):
            for second in representatives[index + 1 :]:
                clusters.merge(first, second)
        found: dict[fx.Node, list[fx.Node]] = {}
        for node in nodes:
            if node in supported:
                found.setdefault(clusters.find(node), []).append(node)
        partitions = [
            Partition(index, members)
            for index, members in enumerate(found.values())
            if self._is_wanted(members)
        ]
        return partitions

    def _is_wanted(self, members: list[fx.Node]) -> bool:
        if self.allows_single_node_partition or len(members) > 1:
            return True
        allowed = self.allowed_single_node_partition_ops or ()
        return str(members[0].target) in allowed


class _Clusters:
    """Disjoint sets of nodes, joined only where the graph between the sets stays free of cycles."""

    def __init__(self, nodes: list[fx.Node]) -> None:
        self._nodes = nodes
        self._of = {node: node for node in nodes}
        self._members = {node: [node] for node in nodes}

    def find(self, node: fx.Node) -> fx.Node:
        return self._of[node]

    def merge(self, first: fx.Node, second: fx.Node, must_be_acyclic: bool = True) -> None:
        a, b = self.find(first), self.find(second)
        if a is b:
            return
        if must_be_acyclic and self._has_way_around({a, b}):
            return
        self._members[a] += self._members.pop(b)
        for node in self._members[a]:
            self._of[node] = a

    def split_cyclic(self) -> None:
        """Takes apart the sets that some way leaves and enters again."""
        for root in list(self._members):
            if len(self._members[root]) > 1 and self._has_way_around({root}):
                for node in self._members.pop(root):
                    self._of[node] = node
                    self._members[node] = [node]

    def _has_way_around(self, roots: set[fx.Node]) -> bool:
        """Whether some way leaves the union of sets for another one and comes back."""
        seen: set[fx.Node] = set()
        pending = [
            self.find(user)
            for root in roots
            for node in self._members[root]
            for user in node.users
            if self.find(user) not in roots
        ]
        while pending:
            cluster = pending.pop()
            if cluster in roots:
                return True
            if cluster in seen:
                continue
            seen.add(cluster)
            pending += [self.find(u) for node in self._members[cluster] for u in node.users]
        return False
