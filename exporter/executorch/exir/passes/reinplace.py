# SPDX-License-Identifier: BSD-3-Clause
"""Makes operators overwrite their argument where nobody needs its old value."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import torch
from torch import fx
from torch._ops import OpOverload
from torch.export import ExportedProgram
from torch.export.graph_signature import InputKind

from executorch.exir import memory
from executorch.exir.dialects.edge._ops import EdgeOpOverload, edge_op
from executorch.exir.error import ExportError, ExportErrorType
from executorch.exir.operator.convert import torch_op
from executorch.exir.pass_manager import MUTATIONS, rename_outputs

_aten = torch.ops.aten

DEFAULT_INPLACEABLE_OPS: frozenset[EdgeOpOverload] = frozenset({edge_op(_aten.index_put.default)})
"""What is run in place unless told otherwise: operators whose in-place variant has a kernel."""

# Copies that may become a second name of the same bytes.
_VIEWS = {
    edge_op(_aten.view_copy.default),
    edge_op(_aten.squeeze_copy.default),
    edge_op(_aten.squeeze_copy.dim),
    edge_op(_aten.squeeze_copy.dims),
    edge_op(_aten.unsqueeze_copy.default),
}


def reinplace_pass(
    ep: ExportedProgram,
    ops_to_inplace: Iterable[EdgeOpOverload] | None = None,
    inplace_overrides: Mapping[EdgeOpOverload, EdgeOpOverload] | None = None,
) -> ExportedProgram:
    """Replaces, in place, operators by their in-place variants where that can't be noticed.

    ops_to_inplace: functional edge operators; by default `DEFAULT_INPLACEABLE_OPS`.
    inplace_overrides: in-place variants of those whose variant is not found by its name.

    An operator is replaced if its result is like the argument that it would overwrite, that
    argument (or what it is a view of) is not used later, and is neither a constant nor an input
    that the program may not change.
    """
    chosen = DEFAULT_INPLACEABLE_OPS if ops_to_inplace is None else frozenset(ops_to_inplace)
    variants = dict(inplace_overrides or {})
    for op in chosen - variants.keys():
        variants[op] = _inplace_variant(op)
    for op, variant in variants.items():
        _check_variant(op, variant)
    _replace(ep, variants, changeable_inputs(ep), may_change_intermediates=True)
    return ep


def update_state_in_place(ep: ExportedProgram) -> None:
    """Does the same for the default operators, on buffers and inputs that the program changes."""
    variants = {op: _inplace_variant(op) for op in DEFAULT_INPLACEABLE_OPS}
    _replace(ep, variants, changeable_inputs(ep), may_change_intermediates=False)


def _inplace_variant(op: EdgeOpOverload) -> EdgeOpOverload:
    """The operator of the same library with "_" after its name and the same arguments."""
    torch_op: OpOverload = op._op
    name = torch_op.overloadpacket.__name__
    packet = getattr(getattr(torch.ops, torch_op.namespace), f"{name}_", None)
    overload = getattr(packet, torch_op._overloadname, None)
    if overload is None:
        raise ExportError(
            ExportErrorType.NOT_SUPPORTED,
            f"{torch_op} has no in-place variant {name}_.{torch_op._overloadname}; name one in "
            "inplace_overrides",
        )
    return edge_op(overload)


def _check_variant(op: EdgeOpOverload, variant: EdgeOpOverload) -> None:
    wanted = [(a.name, str(a.type)) for a in op._op._schema.arguments]
    if wanted != [(a.name, str(a.type)) for a in variant._op._schema.arguments]:
        raise ExportError(
            ExportErrorType.NOT_SUPPORTED,
            f"{variant._op} takes other arguments than {op._op}, so it can't replace it",
        )
    if _written_argument(variant._op) is None:
        raise ExportError(
            ExportErrorType.NOT_SUPPORTED, f"{variant._op} does not write to one of its arguments"
        )


def _written_argument(variant: OpOverload) -> int | None:
    """Position of the one argument that an in-place operator writes to and returns."""
    arguments = variant._schema.arguments
    written = [
        i
        for i, a in enumerate(arguments)
        if a.alias_info and a.alias_info.is_write and not a.kwarg_only
    ]
    return written[0] if len(written) == 1 else None


def changeable_inputs(ep: ExportedProgram) -> set[str]:
    """Names of the placeholders that the program changes anyway."""
    signature = ep.graph_signature
    changed = {spec.target for spec in signature.output_specs if spec.kind in MUTATIONS}
    return {
        spec.arg.name
        for spec in signature.input_specs
        if (spec.arg.name if spec.kind == InputKind.USER_INPUT else spec.target) in changed
    }


def is_view(node: fx.Node) -> bool:
    """Whether `node` is, or may become, a view of its first argument."""
    return node.target in _VIEWS or node.target is memory.view


def overwritten_argument(node: fx.Node) -> fx.Node | None:
    """The argument that an in-place operator writes its one result to; None for others."""
    target = torch_op(node.target)
    if node.op != "call_function" or not isinstance(target, OpOverload):
        return None
    schema = target._schema
    if len(schema.returns) != 1 or schema.returns[0].alias_info is None:
        return None
    index = _written_argument(target)
    if index is None or index >= len(node.args):
        return None
    argument = node.args[index]
    return argument if isinstance(argument, fx.Node) else None


def storage_of(node: fx.Node) -> fx.Node:
    """The node whose storage `node` has, or may come to have: possibly itself."""
    while True:
        source = node.args[0] if is_view(node) else overwritten_argument(node)
        if not isinstance(source, fx.Node):
            return node
        node = source


class Aliases:
    """What shares storage with what, among the nodes of a graph visited so far, and when it is used
    for the last time.
    """

    def __init__(self) -> None:
        self._members: dict[fx.Node, list[fx.Node]] = {}

    def visit(self, node: fx.Node) -> None:
        self._members.setdefault(storage_of(node), []).append(node)

    def is_used_after(self, root: fx.Node, node: fx.Node) -> bool:
        """Whether anything visited that has the storage of `root` is used behind `node`."""
        members = self._members.get(root, ())
        return any(user > node for member in members for user in member.users)


def is_like(a: fx.Node, b: fx.Node) -> bool:
    """Whether two nodes yield tensors of the same dtype and, certainly, shape and layout."""
    x, y = a.meta.get("val"), b.meta.get("val")
    if not isinstance(x, torch.Tensor) or not isinstance(y, torch.Tensor):
        return False
    return x.dtype == y.dtype and str((x.shape, x.stride())) == str((y.shape, y.stride()))


def _replace(
    ep: ExportedProgram,
    variants: Mapping[EdgeOpOverload, EdgeOpOverload],
    changeable: Collection[str],
    may_change_intermediates: bool,
) -> None:
    graph = ep.graph
    aliases = Aliases()

    def may_overwrite(node: fx.Node, argument: Any) -> bool:
        if not isinstance(argument, fx.Node) or not is_like(argument, node):
            return False
        root = storage_of(argument)
        if root.op == "call_function":
            allowed = may_change_intermediates and isinstance(
                root.target, (EdgeOpOverload, OpOverload)
            )
        else:
            allowed = root.op == "placeholder" and root.name in changeable
        others = [n for n in node.all_input_nodes if n is not argument]
        return (
            allowed
            and all(storage_of(other) is not root for other in others)
            and not aliases.is_used_after(root, node)
        )

    for node in graph.nodes:
        variant = variants.get(node.target)
        if variant is not None:
            index = _written_argument(variant._op)
            if index is not None and may_overwrite(node, node.args[index]):
                node.target = variant
                node._rename(graph._target_to_str(variant))
        aliases.visit(node)
    ep.graph_module.recompile()
    rename_outputs(ep)
