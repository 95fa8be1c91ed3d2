# SPDX-License-Identifier: BSD-3-Clause
"""Distributions that are decomposed to rand and randn, from export to the runtime."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from executorch.exir import to_edge_transform_and_lower
from executorch.runtime import Runtime

N = 4000


class _Draw(torch.nn.Module):
    def __init__(self, draw: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.draw = draw

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.draw(x)


CASES: dict[str, tuple[Callable[[torch.Tensor], torch.Tensor], float, float]] = {
    # What is drawn like a tensor of zeros, its median and its mean absolute deviation from it.
    "uniform": (lambda x: torch.empty_like(x).uniform_(2, 6), 4, 1),
    "normal": (lambda x: torch.empty_like(x).normal_(3, 2), 3, 2 * 0.798),
    "normal.Tensor_Tensor": (lambda x: torch.normal(x + 3, x + 2), 3, 2 * 0.798),
    "normal.Tensor_float": (lambda x: torch.normal(x + 3, 2.0), 3, 2 * 0.798),
    "normal.float_Tensor": (lambda x: torch.normal(3.0, x + 2), 3, 2 * 0.798),
    "normal.float_float": (lambda x: torch.normal(3.0, 2.0, (N,)), 3, 2 * 0.798),
    "bernoulli": (lambda x: torch.bernoulli(x + 0.75), 1, 0.25),
    "bernoulli.p": (lambda x: torch.empty_like(x).bernoulli_(0.75), 1, 0.25),
    "exponential": (lambda x: torch.empty_like(x).exponential_(2), 0.3466, 0.3466),
    "log_normal": (lambda x: torch.empty_like(x).log_normal_(0, 0.5), 1, 0.4352),
    "geometric": (lambda x: torch.empty_like(x).geometric_(0.7), 1, 0.4286),
    "multinomial": (
        lambda x: torch.multinomial(x[:5] + torch.tensor([1.0, 0, 2, 6, 1]), N, True).float(),
        3,
        0.6,
    ),
    "multinomial.1": (
        lambda x: torch.multinomial(
            (x + 1).unsqueeze(1) * torch.tensor([1.0, 0, 2, 6, 1]), 1
        ).float(),
        3,
        0.6,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_distribution(name: str) -> None:
    draw, median, deviation = CASES[name]
    program = torch.export.export(_Draw(draw), (torch.zeros(N),))
    pte = to_edge_transform_and_lower(program).to_executorch().buffer
    method = Runtime.get().load_program(pte).load_method("forward")
    assert method is not None
    drawn = torch.as_tensor(method.execute([torch.zeros(N)])[0]).clone().flatten()
    assert len(drawn) == N
    assert drawn.median().item() == pytest.approx(median, abs=0.15)
    assert (drawn - median).abs().mean().item() == pytest.approx(deviation, rel=0.1)


def test_multinomial_without_replacement() -> None:
    weights = torch.tensor([[1.0, 0, 2, 6, 1], [0, 1, 1, 1, 1]])
    program = torch.export.export(_Draw(lambda x: torch.multinomial(x, 4)), (weights,))
    pte = to_edge_transform_and_lower(program).to_executorch().buffer
    method = Runtime.get().load_program(pte).load_method("forward")
    assert method is not None
    drawn = torch.as_tensor(method.execute([weights])[0])
    assert drawn.sort(1).values.tolist() == [[0, 2, 3, 4], [1, 2, 3, 4]]
