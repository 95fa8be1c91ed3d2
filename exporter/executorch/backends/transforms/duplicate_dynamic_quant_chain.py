# SPDX-License-Identifier: BSD-3-Clause
"""One chain of dynamic quantization for each of its users."""

from __future__ import annotations

import operator

from torch import fx
from torch.fx.passes.infra.pass_base import PassBase, PassResult

_CHOOSE = "choose_qparams"


def _name(node: object) -> str:
    """The operator's name, in any dialect."""
    schema = getattr(getattr(node, "target", None), "_schema", None)
    return "" if schema is None else schema.name.rpartition("::")[2]


def _chain(dequantize: fx.Node) -> list[fx.Node] | None:
    """What `dequantize` undoes, in order: the choice of parameters, its results, quantization."""
    quantize = dequantize.args[0] if dequantize.args else None
    if not isinstance(quantize, fx.Node) or not _name(quantize).startswith("quantize"):
        return None
    results = [n for n in quantize.all_input_nodes if n.target is operator.getitem]
    choices = {n.args[0] for n in results}
    if len(choices) != 1:
        return None
    (choice,) = choices
    if not isinstance(choice, fx.Node) or not _name(choice).startswith(_CHOOSE):
        return None
    return [choice, *results, quantize, dequantize]


def _copy(chain: list[fx.Node], before: fx.Node) -> fx.Node:
    """A copy of the chain; its last node."""
    copies: dict[fx.Node, fx.Node] = {}
    with before.graph.inserting_before(before):
        for node in chain:
            copies[node] = before.graph.node_copy(node, lambda n: copies.get(n, n))
    return copies[chain[-1]]


class DuplicateDynamicQuantChainPass(PassBase):
    """Gives each user of a dynamically quantized value a chain of its own.

    From x -> choose_qparams -> quantize -> dequantize -> {a, b} two such chains are made, so that
    each user can be taken by a backend together with its quantization.
    """

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        graph, modified = graph_module.graph, False
        for node in list(graph.nodes):
            if node.op != "call_function" or not _name(node).startswith("dequantize"):
                continue
            chain = _chain(node)
            if chain is None:
                continue
            *beginning, quantize, _ = chain
            for user in list(node.users)[1:]:
                user.replace_input_with(node, _copy(chain, user))
                modified = True
            for other in [u for u in quantize.users if u is not node]:
                if _chain(other) is not None and len(quantize.users) > 1:
                    other.replace_input_with(quantize, _copy([*beginning, quantize], other))
                    modified = True
        if modified:
            graph.lint()
            graph_module.recompile()
        return PassResult(graph_module, modified)
