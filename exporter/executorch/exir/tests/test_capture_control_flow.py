# SPDX-License-Identifier: BSD-3-Clause
"""Loops and branches run as they do in PyTorch."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch._higher_order_ops.map import map as map_
from torch._higher_order_ops.scan import scan
from torch._higher_order_ops.while_loop import while_loop
from torch.export import Dim, export
from torch.export._patches import (
    register_gru_while_loop_decomposition,
    register_lstm_while_loop_decomposition,
)
from torch.utils import _pytree as pytree

from executorch.exir import to_edge
from executorch.exir.tests.run_program import assert_equal, assert_runs
from executorch.runtime import Runtime

R = torch.randn
LENGTH = Dim("length", min=2, max=9)


def repeat(x: torch.Tensor, n: torch.Tensor) -> Any:
    start = (torch.tensor(0), x.clone())
    return while_loop(lambda i, a: i < n, lambda i, a: (i + 1, a * 2 + x), start)


def fibonacci(x: torch.Tensor) -> Any:
    start = (torch.tensor(0), x, x + 1)
    return while_loop(lambda i, a, b: i < 3, lambda i, a, b: (i + 1, b.clone(), a + b), start)


def counted(x: torch.Tensor) -> Any:
    return while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a + 1), (0, x.clone()))


def running_sum(x: torch.Tensor) -> Any:
    return scan(lambda carry, row: (carry + row, carry * row), torch.zeros(3), x)


def two_scans(x: torch.Tensor, y: torch.Tensor) -> Any:
    def combine(carry: Any, rows: Any) -> Any:
        return (carry[0] + rows[0], carry[1] * rows[1]), (carry[0] * 2, rows[1] + 1)

    return scan(combine, (torch.zeros(3), torch.ones(2)), (x, y))


def map_several(x: torch.Tensor, y: torch.Tensor, z: Any) -> Any:
    return map_(lambda rows, w: (rows[0] + rows[1] * w, rows[0] - w), (x, y), z)


def map_rows(x: torch.Tensor) -> Any:
    ones: Any = torch.ones(1)
    return map_(lambda row, w: row * w, x, ones)


def nested(x: torch.Tensor) -> torch.Tensor:
    def positive(x: torch.Tensor) -> torch.Tensor:
        return torch.cond(x.max() > 1, lambda x: x + 1, lambda x: x * 2, (x,))

    return torch.cond(x.sum() > 0, positive, lambda x: x - 1, (x,))


def two_results(x: torch.Tensor, y: torch.Tensor) -> Any:
    return torch.cond(
        x.sum() > 0, lambda x, y: (x + y, y.sin()), lambda x, y: (x - y, y * 1), (x, y)
    )


def by_size(x: torch.Tensor) -> torch.Tensor:
    return torch.cond(x.shape[0] > 3, lambda x: x + 1, lambda x: x * 2, (x,))


CASES: dict[str, tuple[Callable[..., Any], list[tuple[Any, ...]], bool]] = {
    "while": (repeat, [(R(3), torch.tensor(n)) for n in (4, 0, 7)], False),
    "while_exchanging_values": (fibonacci, [(R(3),)], False),
    "while_number": (counted, [(R(3),)], False),
    "scan": (running_sum, [(R(5, 3),)], False),
    "scan_several": (two_scans, [(R(5, 3), R(5, 2))], False),
    "scan_dynamic": (running_sum, [(R(n, 3),) for n in (5, 9, 2)], True),
    "map_several": (map_several, [(R(4, 3), R(4, 3), R(3))], False),
    "map_dynamic": (
        map_rows,
        [(R(n, 3),) for n in (5, 9, 2)],
        True,
    ),
    "nested_cond": (nested, [(torch.tensor(v),) for v in ([0.1, 0.2], [3.0, 1], [-3.0, 1])], False),
    "cond_several": (two_results, [(torch.full((3,), v), R(3)) for v in (1.0, -1.0, 1.0)], False),
    "cond_on_size": (by_size, [(R(n),) for n in (4, 2, 8)], True),
}


@pytest.mark.parametrize("name", CASES)
def test_control_flow(name: str) -> None:
    function, inputs, is_dynamic = CASES[name]
    options = {"dynamic_shapes": (({0: LENGTH},),)} if is_dynamic else {}
    assert_runs(function, inputs[0], inputs[1:], **options)


class Recurrent(nn.Module):
    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: torch.Tensor) -> Any:
        return self.layer(x)


LAYERS: dict[str, tuple[Any, Any]] = {
    "lstm": (nn.LSTM, register_lstm_while_loop_decomposition),
    "gru": (nn.GRU, register_gru_while_loop_decomposition),
}


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("options", [{}, {"bidirectional": True, "num_layers": 2, "bias": False}])
def test_recurrent_layers_over_varying_lengths(name: str, options: dict[str, Any]) -> None:
    layer, kept_whole = LAYERS[name]
    model = Recurrent(layer(3, 4, batch_first=True, **options)).eval()
    with kept_whole():
        captured = export(model, (R(2, 5, 3),), dynamic_shapes=({1: LENGTH},))
    program = Runtime.get().load_program(to_edge(captured).to_executorch().buffer)
    method = program.load_method("forward")
    for length in (5, 2, 9):
        x = R(2, length, 3)
        with torch.no_grad():
            assert_equal(method.execute([x]), pytree.tree_leaves(model(x)))


@pytest.mark.parametrize("layer", [nn.LSTM, nn.GRU, nn.RNN])
def test_recurrent_layers_over_fixed_lengths(layer: Any) -> None:
    assert_runs(Recurrent(layer(3, 4, batch_first=True)).eval(), (R(2, 5, 3),))
