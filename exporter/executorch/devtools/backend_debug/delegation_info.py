# SPDX-License-Identifier: BSD-3-Clause
"""Counts the operators of a graph that backends do, and those that are left."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import fx

from executorch.exir.delegate import executorch_call_delegate
from executorch.exir.graph_module import all_graph_modules
from executorch.exir.lowered_backend_module import get_lowered_submodules

if TYPE_CHECKING:
    import pandas


@dataclass
class DelegationBreakdown:
    """How often an operator occurs in delegates and outside of them."""

    op_type: str = ""
    delegated: int = 0
    non_delegated: int = 0


@dataclass
class DelegationInfo:
    """What `get_delegation_info` found. Operators are named as nodes are: "aten_add_tensor"."""

    num_delegated_subgraphs: int
    num_delegated_nodes: int
    num_non_delegated_nodes: int
    delegation_by_operator: dict[str, DelegationBreakdown]

    def get_summary(self) -> str:
        """Three lines with the totals."""
        return (
            f"Total delegated subgraphs: {self.num_delegated_subgraphs}\n"
            f"Number of delegated nodes: {self.num_delegated_nodes}\n"
            f"Number of non-delegated nodes: {self.num_non_delegated_nodes}\n"
        )

    def get_operator_delegation_dataframe(self) -> pandas.DataFrame:
        """A table with a row for each operator, sorted by name, and one for the totals."""
        import pandas

        rows = [self.delegation_by_operator[key] for key in sorted(self.delegation_by_operator)]
        rows.append(
            DelegationBreakdown(
                "Total",
                sum(row.delegated for row in rows),
                sum(row.non_delegated for row in rows),
            )
        )
        return pandas.DataFrame(
            {
                "op_type": [row.op_type for row in rows],
                "occurrences_in_delegated_graphs": [row.delegated for row in rows],
                "occurrences_in_non_delegated_graphs": [row.non_delegated for row in rows],
            }
        )


def _operator(node: fx.Node) -> str:
    return re.sub(r"\W+", "_", node.graph._target_to_str(node.target))


def get_delegation_info(graph_module: fx.GraphModule) -> DelegationInfo:
    """Counts calls in a graph, its control flow and its delegates."""
    by_operator: dict[str, DelegationBreakdown] = {}

    def entry(node: fx.Node) -> DelegationBreakdown:
        name = _operator(node)
        return by_operator.setdefault(name, DelegationBreakdown(op_type=name))

    subgraphs = delegated = left = 0
    for module in all_graph_modules(graph_module):
        for _, lowered, _ in get_lowered_submodules(module):
            subgraphs += 1
            for node in lowered.original_module.graph.nodes:
                if node.op != "call_function":
                    continue
                entry(node).delegated += 1
                delegated += 1
        for node in module.graph.nodes:
            if node.op == "call_function" and node.target is not executorch_call_delegate:
                entry(node).non_delegated += 1
                left += 1
    return DelegationInfo(subgraphs, delegated, left, by_operator)


def print_delegation_info(graph_module: fx.GraphModule) -> None:
    """Prints the totals and the table."""
    info = get_delegation_info(graph_module)
    print(info.get_summary())
    print(info.get_operator_delegation_dataframe().to_string())
