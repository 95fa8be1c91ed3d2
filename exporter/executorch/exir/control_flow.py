# SPDX-License-Identifier: BSD-3-Clause
"""Control flow that a program can contain: `torch`'s operators, and what they are built on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from functorch.experimental.control_flow import map
from torch import cond
from torch._higher_order_ops.scan import scan
from torch._higher_order_ops.while_loop import while_loop as _while_loop


def shape(x: Any) -> list[Any]:
    """The sizes of a tensor, as a list."""
    return list(x.shape)


def while_loop(cond_fn: Callable[..., Any], body_fn: Callable[..., Any], init_val: Any) -> Any:
    """`torch`'s `while_loop`: calls `body_fn` on the carried values while `cond_fn` holds."""
    carried = init_val if isinstance(init_val, (list, tuple)) else (init_val,)
    return _while_loop(cond_fn, body_fn, tuple(carried))


__all__ = ["cond", "map", "scan", "shape", "while_loop"]
