# SPDX-License-Identifier: BSD-3-Clause
"""Names of the tracer that `capture` used before `torch.export`; kept for code that uses them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx

Value = Any


@dataclass
class ExirDynamoConfig:
    """Settings of `torch._dynamo`."""

    allow_rnn: bool = True
    verbose: bool = True
    assume_static_by_default: bool = False


def flatten_output(gm: fx.GraphModule) -> None:
    """Makes a graph return a flat tuple, in place."""
    output = gm.graph.output_node()
    output.args = (tuple(torch.utils._pytree.tree_leaves(output.args[0])),)
    gm.recompile()


def dispatch_trace(f: Callable[..., Value], args: tuple[Value, ...]) -> fx.GraphModule:
    """The ATen operators that `f(*args)` calls, as a graph."""
    from torch.fx.experimental.proxy_tensor import make_fx

    return make_fx(f)(*args)


def dynamo_trace(
    f: Callable[..., Value],
    args: tuple[Value, ...],
    aten_graph: bool,
    tracing_mode: str = "real",
    dynamo_config: ExirDynamoConfig | None = None,
    dynamic_shapes: Any | None = None,
    _use_old_decomp_table: bool = False,
) -> tuple[fx.GraphModule, Any]:
    """The graph that `torch._dynamo` captures from `f(*args)`, and what it assumes.

    aten_graph: in terms of ATen operators instead of Python functions.
    """
    import torch._dynamo
    from torch._dynamo.eval_frame import export as dynamo_export

    config = dynamo_config or ExirDynamoConfig()
    with torch._dynamo.config.patch(
        allow_rnn=config.allow_rnn,
        verbose=config.verbose,
        assume_static_by_default=config.assume_static_by_default,
    ):
        torch._dynamo.reset()
        result = dynamo_export(
            f,
            aten_graph=aten_graph,
            tracing_mode=tracing_mode,
            dynamic_shapes=dynamic_shapes,
            assume_static_by_default=config.assume_static_by_default,
        )(*args)
    return result.graph_module, result.guards


__all__ = [
    "ExirDynamoConfig",
    "Value",
    "dispatch_trace",
    "dynamo_trace",
    "flatten_output",
]
