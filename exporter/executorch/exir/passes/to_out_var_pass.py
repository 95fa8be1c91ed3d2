# SPDX-License-Identifier: BSD-3-Clause
"""Makes operators write to storage that is allocated ahead of them."""

from __future__ import annotations

import operator
from typing import Any

import torch
from torch import fx
from torch._ops import OpOverload

from executorch.exir import memory
from executorch.exir.dialects.edge._ops import EdgeOpOverload
from executorch.exir.graph_module import all_graph_modules, source_line
from executorch.exir.operator.convert import to_out_variant, unwrap_op_overload
from executorch.exir.pass_base import PassBase, PassResult
from executorch.exir.passes.insert_write_back_for_buffers_pass import WRITES_INTO
from executorch.exir.tensor import TensorSpec


def _alloc_spec(spec: TensorSpec) -> tuple[tuple[Any, ...], torch.dtype]:
    return tuple(spec.shape), spec.scalar_type


def _needs_out_variant(node: fx.Node) -> bool:
    """Whether `node` is an operator that creates tensors."""
    if node.op != "call_function" or not isinstance(node.target, (EdgeOpOverload, OpOverload)):
        return False
    op = unwrap_op_overload(node.target)
    returns = op._schema.returns
    return bool(returns) and all(
        str(r.type) in ("Tensor", "List[Tensor]") and r.alias_info is None for r in returns
    )


class ToOutVarPass(PassBase):
    """Replaces functional operators by their out variants, in place, with `memory.alloc` nodes.

    Each allocation has the spec of the result that it holds. Raises `RuntimeError` naming every
    operator that has no out variant, unless `ignore_to_out_var_failure`.
    """

    def __init__(self, ignore_to_out_var_failure: bool = False) -> None:
        self.ignore_to_out_var_failure = ignore_to_out_var_failure

    def call(self, graph_module: fx.GraphModule) -> PassResult:
        missing: list[str] = []
        for module in all_graph_modules(graph_module):
            for node in list(module.graph.nodes):
                if _needs_out_variant(node):
                    try:
                        self._convert(module.graph, node)
                    except RuntimeError:
                        op = unwrap_op_overload(node.target)
                        name = f"{op._schema.name}.{op._overloadname}"
                        missing.append(f"{name}: node '{node.name}'. {source_line(node)}")
                elif isinstance(node.target, EdgeOpOverload):
                    node.target = node.target._op
            module.recompile()
        if missing and not self.ignore_to_out_var_failure:
            raise RuntimeError(
                "Missing out variants: no kernel can be called for these operators, because a "
                "program only contains operators that write to planned memory. Decompose them, or "
                "register an overload with keyword-only out tensors:\n  " + "\n  ".join(missing)
            )
        return PassResult(graph_module, True)

    @staticmethod
    def _convert(graph: fx.Graph, node: fx.Node) -> None:
        out_op, out_names = to_out_variant(unwrap_op_overload(node.target))
        specs = node.meta["spec"]
        accepted = {argument.name for argument in out_op._schema.arguments}
        kwargs = {k: v for k, v in node.kwargs.items() if k in accepted}
        with graph.inserting_before(node):
            if len(out_names) == 1:
                # Either one tensor, or one list of tensors.
                allocation = node.meta.get(WRITES_INTO)
                if allocation is None:
                    allocation = _alloc(graph, specs, node.meta["val"])
                kwargs[out_names[0]] = allocation
                if isinstance(specs, (list, tuple)):
                    for user in list(node.users):
                        if user.target is operator.getitem:
                            user.update_arg(0, allocation)
            else:
                if len(out_names) != len(specs):
                    raise RuntimeError(
                        f"{out_op} has {len(out_names)} outs for {len(specs)} results"
                    )
                for name, spec, value in zip(out_names, specs, node.meta["val"]):
                    kwargs[name] = _alloc(graph, spec, value)
        node.target = out_op
        node.kwargs = kwargs


def _alloc(graph: fx.Graph, spec: Any, value: Any) -> fx.Node:
    if isinstance(spec, (list, tuple)):
        argument: Any = [_alloc_spec(s) for s in spec]
    else:
        argument = _alloc_spec(spec)
    node = graph.call_function(memory.alloc, (argument,))
    node.meta["spec"] = spec
    node.meta["val"] = value
    return node
