# SPDX-License-Identifier: BSD-3-Clause
"""LSTM and GRU as loops over the sequence, for sequences whose length varies.

They decompose `aten.lstm.input` and `aten.gru.input`, which `torch.export` keeps whole within
`torch.export._patches.register_lstm_while_loop_decomposition()` and its counterpart for GRU.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch._higher_order_ops.scan import scan_op
from torch._ops import OpOverload

_aten = torch.ops.aten

# (carries, projected input of one step, recurrent weight and bias) to (new carries, output)
_Cell = Callable[..., list[torch.Tensor]]


def _lstm_cell(
    h: torch.Tensor, c: torch.Tensor, x: torch.Tensor, weight: torch.Tensor, *bias: torch.Tensor
) -> list[torch.Tensor]:
    gates = x + h @ weight.t() + (bias[0] if bias else 0)
    i, f, g, o = gates.chunk(4, 1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    h = o.sigmoid() * c.tanh()
    return [h, c, h.clone()]


def _gru_cell(
    h: torch.Tensor, x: torch.Tensor, weight: torch.Tensor, *bias: torch.Tensor
) -> list[torch.Tensor]:
    recurrent = h @ weight.t() + (bias[0] if bias else 0)
    x_r, x_z, x_n = x.chunk(3, 1)
    h_r, h_z, h_n = recurrent.chunk(3, 1)
    z = (x_z + h_z).sigmoid()
    n = (x_n + (x_r + h_r).sigmoid() * h_n).tanh()
    h = n + z * (h - n)
    return [h, h.clone()]


def _direction(
    cell: _Cell, x: torch.Tensor, state: list[torch.Tensor], params: Sequence[Any], reverse: bool
) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """One layer in one direction; `x` is (length, batch, features)."""
    weight_ih, weight_hh, *biases = params
    if reverse:
        x = x.flip(0)
    projected = torch.nn.functional.linear(x, weight_ih, biases[0] if biases else None)
    extra = (weight_hh, *biases[1:])
    *state, out = scan_op(cell, state, [projected], extra)
    return (out.flip(0) if reverse else out), state


def _layers(
    cell: _Cell,
    x: torch.Tensor,
    initial: Sequence[torch.Tensor],
    params: Sequence[torch.Tensor],
    has_biases: bool,
    num_layers: int,
    dropout: float,
    train: bool,
    bidirectional: bool,
    batch_first: bool,
) -> tuple[torch.Tensor, ...]:
    """initial: states, each (layers * directions, batch, features)."""
    directions = 2 if bidirectional else 1
    size = 4 if has_biases else 2
    if len(params) != num_layers * directions * size:
        raise NotImplementedError("recurrent layers with projections have no loop")
    x = x.transpose(0, 1) if batch_first else x
    final: list[list[torch.Tensor]] = []
    for layer in range(num_layers):
        outs = []
        for direction in range(directions):
            index = layer * directions + direction
            own = params[index * size : (index + 1) * size]
            state = [tensor[index] for tensor in initial]
            out, state = _direction(cell, x, state, own, direction == 1)
            outs.append(out)
            final.append(state)
        x = outs[0] if directions == 1 else torch.cat(outs, -1)
        if dropout and train and layer < num_layers - 1:
            x = torch.dropout(x, dropout, True)
    x = x.transpose(0, 1) if batch_first else x
    return x, *(torch.stack(list(states)) for states in zip(*final))


def _lstm(x: torch.Tensor, hx: list[torch.Tensor], params: Any, *options: Any) -> Any:
    return _layers(_lstm_cell, x, hx, params, *options)


def _gru(x: torch.Tensor, hx: torch.Tensor, params: Any, *options: Any) -> Any:
    return _layers(_gru_cell, x, [hx], params, *options)


LOOPS: dict[OpOverload, Callable[..., Any]] = {
    _aten.lstm.input: _lstm,
    _aten.gru.input: _gru,
}
"""Decompositions into `scan`."""


def has_dynamic_length(node: torch.fx.Node) -> bool:
    """Whether `node` is one of `LOOPS` and the length of its sequence is not known."""
    if node.target not in LOOPS:
        return False
    batch_first = node.args[-1]
    sequence: Any = node.args[0]
    return not isinstance(sequence.meta["val"].shape[1 if batch_first else 0], int)
