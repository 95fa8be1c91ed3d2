# SPDX-License-Identifier: BSD-3-Clause
"""Inputs and outputs of all kinds arrive as they are."""

from collections import namedtuple
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from executorch.exir.tests.run_program import assert_runs

R = torch.randn
Pair = namedtuple("Pair", "first second")

CASES: dict[str, tuple[Callable[..., Any], list[tuple[Any, ...]]]] = {
    "item_int": (lambda x: x.sum().item(), [(torch.tensor([1, 2]),), (torch.tensor([5, 2]),)]),
    "item_float": (lambda x: x.sum().item(), [(torch.tensor([0.5, 2]),)]),
    "item_bool": (lambda x: (x.sum() > 0).item(), [(torch.ones(2),), (-torch.ones(2),)]),
    "size": (lambda x: x.shape[0], [(R(3, 2),)]),
    "list_of_items": (lambda x: x.tolist(), [(torch.tensor([1, 2]),), (torch.tensor([3, 4]),)]),
    "constants": (lambda x: (x + 1, "abc", None, 3, 2.5, True), [(R(3),)]),
    "namedtuple": (lambda x: Pair(x + 1, x * 2), [(R(3),)]),
    "max": (lambda x: torch.max(x, 1), [(R(3, 4),)]),
    "min": (lambda x: x.min(0), [(R(3, 4),)]),
    "topk": (lambda x: torch.topk(x, 2), [(R(4),)]),
    "aminmax": (lambda x: torch.aminmax(x), [(R(4),)]),
    "nested": (
        lambda d: {"a": [d["x"] + 1, (d["y"][0], None)]},
        [({"x": R(3), "y": [R(2)]},)],
    ),
    "numbers_in": (lambda x, n, f, s, b: x * n + f if b else x, [(R(3), 3, 2.5, "text", True)]),
    "index_0d": (lambda x, i: x[i], [(R(4, 3), torch.tensor(i)) for i in (2, 0, -1)]),
    "index_0d_behind": (lambda x, i: x[:, i], [(R(4, 3), torch.tensor(i)) for i in (2, 0)]),
    "transposed_in": (lambda x: x * 2, [(R(4, 3).t(),)]),
    "expanded_in": (lambda x: x * 2, [(R(1, 3).expand(4, 3),)]),
    "channels_last_in": (
        lambda x: torch.relu(x).permute(0, 2, 3, 1),
        [(R(1, 3, 4, 5).to(memory_format=torch.channels_last),)],
    ),
    "complex_add": (lambda x: x + x, [(R(3, dtype=torch.complex64),)]),
    "complex_abs": (lambda x: x.abs(), [(R(3, dtype=torch.complex64),)]),
    "complex_parts": (lambda x: x.real + x.imag, [(R(3, dtype=torch.complex64),)]),
    "input_returned": (lambda x: (x, x + 1, x), [(R(3),)]),
}


@pytest.mark.parametrize("name", CASES)
def test_values(name: str) -> None:
    function, inputs = CASES[name]
    assert_runs(function, inputs[0], inputs[1:])


class Normalized(nn.Module):
    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(3, **options)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.norm(x)


@pytest.mark.parametrize("options", [{}, {"track_running_stats": False}])
def test_batch_norm_in_training_mode(options: dict[str, Any]) -> None:
    assert_runs(Normalized(**options).train(), (R(2, 3, 4, 4),), [(R(2, 3, 4, 4),)])
