# SPDX-License-Identifier: BSD-3-Clause
"""Computes ahead of time what depends on constants only."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import torch
from torch import fx
from torch.export import ExportedProgram

from executorch.exir.constants import add_constant, constant_values, remove_unused_constants
from executorch.exir.dialects.edge._ops import EdgeOpOverload

# Results up to this many bytes are stored even if nothing else becomes unnecessary by that.
_SMALL = 1024


def constant_prop_pass(
    exported_program: ExportedProgram,
    custom_skip_targets: Collection[Any] | None = None,
    _skip_dim_order: bool = True,
    *,
    include_buffers: bool = True,
) -> ExportedProgram:
    """Replaces, in place, operators on constants by their results, unless the program would grow.

    custom_skip_targets: operators to leave alone.
    _skip_dim_order: accepted; results get the layout that the graph states.
    include_buffers: buffers that the program doesn't change are constants, too.

    Constants that nothing uses are removed.
    """
    skipped = set(custom_skip_targets or ())
    graph = exported_program.graph
    known = constant_values(exported_program, include_buffers)
    values = {n: known[n.name] for n in graph.find_nodes(op="placeholder") if n.name in known}
    with torch.no_grad():
        for node in list(graph.nodes):
            if _is_foldable(node, values) and node.target not in skipped:
                result = _compute(node, values)
                new = add_constant(exported_program, result, node.meta["val"])
                values[new] = result
                node.replace_all_uses_with(new)
                graph.erase_node(node)
    graph.eliminate_dead_code()
    remove_unused_constants(exported_program, include_buffers)
    return exported_program


def _is_foldable(node: fx.Node, values: dict[fx.Node, torch.Tensor]) -> bool:
    if not isinstance(node.target, EdgeOpOverload) or not node.users:
        return False
    if torch.Tag.nondeterministic_seeded in node.target.tags:
        return False
    if any(user.op == "output" for user in node.users):
        return False
    result = node.meta["val"]
    if not isinstance(result, torch.Tensor) or any(n not in values for n in node.all_input_nodes):
        return False
    if not all(isinstance(size, int) for size in result.shape):
        return False
    freed = sum(values[n].nbytes for n in node.all_input_nodes if len(n.users) == 1)
    return 0 < result.nbytes <= max(freed, _SMALL)


def _compute(node: fx.Node, values: dict[fx.Node, torch.Tensor]) -> torch.Tensor:
    args, kwargs = fx.map_arg((node.args, node.kwargs), values.__getitem__)
    result = node.target(*args, **kwargs)  # type: ignore[operator]
    # The result gets the layout that the rest of the program was told it has.
    dense = torch.empty_strided(result.shape, node.meta["val"].stride(), dtype=result.dtype)
    return dense.copy_(result)
