# SPDX-License-Identifier: BSD-3-Clause
"""Sizes that vary, or that depend on data."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.export import Dim

from executorch.exir.tests.run_program import assert_runs

R = torch.randn
N = Dim("n", min=2, max=16)
HALF = Dim("half", min=2, max=8)


def arithmetic(x: torch.Tensor) -> Any:
    n = x.shape[0]
    return n // 2, n % 3, n / 2, -n, max(n, 5), n * n


SIZES: dict[str, tuple[Callable[..., Any], list[tuple[Any, ...]], Any]] = {
    "size_returned": (lambda x: (x.shape[0], x + 1), [(R(n, 2),) for n in (3, 5)], {0: N}),
    "arithmetic": (arithmetic, [(R(n),) for n in (6, 7, 2)], {0: N}),
    "split": (
        lambda x: torch.split(x, [2, x.shape[0] - 2]),
        [(R(n, 2),) for n in (5, 9, 4)],
        {0: Dim("n", min=4, max=16)},
    ),
    "split_by_size": (
        lambda x: torch.split(x, x.shape[0] // 2),
        [(R(n, 2),) for n in (6, 8)],
        {0: 2 * HALF},
    ),
    "chunk": (lambda x: torch.chunk(x, 2), [(R(n, 2),) for n in (6, 10)], {0: 2 * HALF}),
    "chunk_other_dim": (lambda x: torch.chunk(x, 2, 1), [(R(n, 4),) for n in (6, 10)], {0: N}),
    "unbind": (lambda x: torch.unbind(x, 1), [(R(n, 2),) for n in (6, 10)], {0: N}),
}


@pytest.mark.parametrize("name", SIZES)
def test_one_dynamic_dimension(name: str) -> None:
    function, inputs, dims = SIZES[name]
    assert_runs(function, inputs[0], inputs[1:], dynamic_shapes=((dims,),))


def test_derived_dimensions() -> None:
    dims = (({0: N}, {0: N + 1}),)
    assert_runs(lambda x, y: x + y[1:], (R(4), R(5)), [(R(7), R(8))], dynamic_shapes=dims)


def test_automatic_dimensions() -> None:
    dims = (({0: Dim.AUTO(max=10)}, None),)
    others = [(R(7, 3), R(3, 2))]
    assert_runs(lambda x, y: x @ y, (R(4, 3), R(3, 2)), others, dynamic_shapes=dims)


class Convolution(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(3, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.norm(self.convolution(x))).mean((2, 3))


def test_batch_of_convolution_up_to_its_maximum() -> None:
    others = [(R(1, 3, 6, 6),), (R(3, 3, 6, 6),)]
    dims = ({0: Dim("batch", min=1, max=8)},)
    assert_runs(Convolution().eval(), (R(8, 3, 6, 6),), others, dynamic_shapes=dims)


def test_height_and_width() -> None:
    size = {"min": 4, "max": 9}
    dims = ({2: Dim("height", **size), 3: Dim("width", **size)},)
    assert_runs(Convolution().eval(), (R(1, 3, 6, 6),), [(R(1, 3, 9, 4),)], dynamic_shapes=dims)


def sized_by_item(x: torch.Tensor, n: torch.Tensor) -> Any:
    size: Any = n.item()
    torch._check(size >= 0)
    torch._check(size <= 8)
    return torch.zeros(size) + 1, x[:size]


DATA_DEPENDENT: dict[str, tuple[Callable[..., Any], list[tuple[Any, ...]]]] = {
    "masked_select": (lambda x: x.masked_select(x > 0), [(R(10),), (R(10),)]),
    "boolean_index": (lambda x: x[x > 0] * 2, [(R(10),), (R(10),)]),
    "nonzero": (lambda x: torch.nonzero(x > 0), [(R(4, 4),), (R(4, 4),)]),
    "nonzero_column": (lambda x: (x > 0).nonzero()[:, 0] * 2, [(R(4, 4),)]),
    "where": (lambda x: torch.where(x > 0), [(R(4, 4),), (R(4, 4),)]),
    "item": (sized_by_item, [(R(8), torch.tensor(n)) for n in (3, 5, 0)]),
}


@pytest.mark.parametrize("name", DATA_DEPENDENT)
def test_sizes_that_depend_on_data(name: str) -> None:
    function, inputs = DATA_DEPENDENT[name]
    assert_runs(function, inputs[0], inputs[1:])
