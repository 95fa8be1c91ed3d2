# SPDX-License-Identifier: BSD-3-Clause
"""Moves the arithmetic of batch normalization into the weights of the convolution before it."""

from __future__ import annotations

import operator
from typing import Any

import torch
from torch import fx
from torch.export import ExportedProgram

from executorch.exir.constants import add_constant, constant_values, remove_unused_constants
from executorch.exir.passes.optimize.nodes import argument, aten_op, is_result, value

_aten = torch.ops.aten
_BATCH_NORMS = {_aten._native_batch_norm_legit_no_training.default}


def _normalized(node: Any) -> fx.Node | None:
    """The result of a batch normalization if nothing else of it is used."""
    users = list(node.users)
    if len(users) == 1 and users[0].target is operator.getitem and users[0].args[1] == 0:
        return users[0]
    return None


def _fold(program: ExportedProgram, norm: Any, known: dict[str, torch.Tensor]) -> bool:
    conv, result = norm.args[0], _normalized(norm)
    if aten_op(conv) is not _aten.convolution.default or len(conv.users) != 1 or result is None:
        return False
    if is_result(conv) or argument(conv, "transposed"):
        return False

    def constant(node: Any) -> torch.Tensor | None:
        return known.get(node.name) if isinstance(node, fx.Node) else None

    weight, bias = constant(argument(conv, "weight")), constant(argument(conv, "bias"))
    mean, variance = (constant(argument(norm, f"running_{n}")) for n in ("mean", "var"))
    scale, shift = constant(argument(norm, "weight")), constant(argument(norm, "bias"))
    given = [argument(conv, "bias"), argument(norm, "weight"), argument(norm, "bias")]
    if weight is None or mean is None or variance is None:
        return False
    if len(argument(conv, "weight").users) != 1:
        return False
    if any(g is not None and c is None for g, c in zip(given, (bias, scale, shift))):
        return False
    if weight.dtype not in (torch.float32, torch.float64):
        return False
    # In double precision, because rounding here adds to that of the model.
    factor = torch.rsqrt(variance.double() + argument(norm, "eps"))
    if scale is not None:
        factor = factor * scale.double()
    moved = (0.0 if bias is None else bias.double()) - mean.double()
    new_bias = moved * factor + (0.0 if shift is None else shift.double())
    new_weight = weight.double() * factor.reshape(-1, *[1] * (weight.dim() - 1))
    if not (torch.isfinite(new_weight).all() and torch.isfinite(new_bias).all()):
        return False
    old: Any = argument(conv, "weight")
    dense = torch.empty_strided(weight.shape, weight.stride(), dtype=weight.dtype)
    dense.copy_(new_weight)
    args = list(conv.args)
    fake_mode = value(old)
    args[1] = add_constant(program, dense, fake_mode)
    args[2] = add_constant(
        program, new_bias.to(weight.dtype), value(argument(norm, "running_mean"))
    )
    known[args[1].name], known[args[2].name] = dense, new_bias.to(weight.dtype)
    conv.args = tuple(args)
    result.replace_all_uses_with(conv)
    for node in (result, norm):
        program.graph.erase_node(node)
    return True


def fold_batch_norm(program: ExportedProgram) -> bool:
    """Removes batch normalizations, in evaluation mode, of what a convolution has computed.

    Only where all parameters are constants, and nothing else uses the convolution's result.
    """
    known: dict[str, torch.Tensor] = {}
    changed = False
    for node in list(program.graph.nodes):
        if node.op == "call_function" and aten_op(node) in _BATCH_NORMS:
            if not known:
                known = constant_values(program)
            with torch.no_grad():
                changed |= _fold(program, node, known)
    if changed:
        remove_unused_constants(program)
    return changed
