# SPDX-License-Identifier: BSD-3-Clause
"""Gives every node that yields tensors a `TensorSpec`."""

from __future__ import annotations

import operator
from typing import Any

import torch
from torch import fx
from torch.utils import _pytree as pytree

from executorch.exir.graph_module import all_graph_modules
from executorch.exir.pass_base import PassBase, PassResult
from executorch.exir.tensor import TensorSpec


def make_spec(x: Any) -> Any:
    """`x` with each tensor replaced by its spec and everything else by None."""
    return pytree.tree_map(
        lambda leaf: TensorSpec.from_tensor(leaf) if isinstance(leaf, torch.Tensor) else None, x
    )


class SpecPropPass(PassBase):
    """Sets `meta["spec"]` from `meta["val"]`, in place, in a graph and its submodules.

    A node with several results has a tuple or list of specs, which its `getitem`s share; the output
    node has those of its arguments.
    """

    def __call__(self, graph_module: fx.GraphModule) -> PassResult:
        return self.call(graph_module)

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        for module in all_graph_modules(graph_module):
            for node in module.graph.nodes:
                self._set_spec(node)
        return PassResult(graph_module, True)

    @staticmethod
    def _set_spec(node: fx.Node) -> None:
        if node.op == "output":
            node.meta["spec"] = pytree.tree_map(
                lambda leaf: leaf.meta.get("spec") if isinstance(leaf, fx.Node) else None,
                node.args[0],
            )
        elif node.target is operator.getitem:
            source, index = node.args
            node.meta["spec"] = source.meta["spec"][index]
        else:
            node.meta["spec"] = make_spec(node.meta.get("val"))
