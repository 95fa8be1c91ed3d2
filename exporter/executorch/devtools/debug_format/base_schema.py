# SPDX-License-Identifier: BSD-3-Clause
"""Graphs of operators and values as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class Node:
    """inputs: The nodes whose results it uses.

    output_shapes: Of its results, where they are known.
    named_args: The names of its parameters.
    """

    name: str
    inputs: list[Node] | None = None
    output_shapes: list[list[int]] | None = None
    metadata: dict[str, Any] | None = None
    named_args: list[str] | None = None


@dataclass
class ValueNode(Node):
    """A value: an input, an output or a constant argument, `val`."""

    dtype: str = ""
    val: Any | None = None


@dataclass
class OperatorNode(Node):
    """A call of the operator `op`, such as "aten.add.Tensor"."""

    op: str | None = None


@dataclass
class OperatorGraph:
    """Nodes, and graphs of parts."""

    graph_name: str
    elements: list[Node | OperatorGraph]
    metadata: dict[str, Any] | None = None
