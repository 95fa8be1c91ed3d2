# SPDX-License-Identifier: BSD-3-Clause
"""What can be said about symbolic sizes ahead of time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sympy
import torch
from torch.utils._sympy.numbers import int_oo

Size = int | torch.SymInt


def eval_expr(symint: Size) -> int | None:
    """The value that a size had with the example inputs; None if it depends on data."""
    if isinstance(symint, int):
        return symint
    hint = symint.node._hint
    return None if hint is None else int(hint)


def eval_upper_bound(maybe_symint: Size) -> int | sympy.Basic:
    """The largest value that a size can have: a number, or `int_oo` if there is none."""
    if isinstance(maybe_symint, int):
        return maybe_symint
    node = maybe_symint.node
    bound = node.shape_env.bound_sympy(node.expr).upper
    return int(bound) if bound.is_integer and bound != int_oo else bound


def eval_shape(shape: Iterable[Size]) -> list[int | None]:
    """`eval_expr` of every size."""
    return [eval_expr(size) for size in shape]


def eval_shape_upper_bound(shape: Iterable[Size]) -> list[int | sympy.Basic]:
    """`eval_upper_bound` of every size."""
    return [eval_upper_bound(size) for size in shape]


def collect_free_symbols(shape: Sequence[Size]) -> set[str]:
    """Names of the symbols that the sizes consist of."""
    return {
        str(symbol)
        for size in shape
        if not isinstance(size, int)
        for symbol in size.node.expr.free_symbols
    }
