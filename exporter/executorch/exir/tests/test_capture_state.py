# SPDX-License-Identifier: BSD-3-Clause
"""State is kept between calls, starts with its initial values, and is updated in place."""

from typing import Any

import pytest
import torch
from torch import nn

from executorch.exir.tests.run_program import assert_runs, instructions

R = torch.randn


class State(nn.Module):
    def __init__(self, **buffers: torch.Tensor) -> None:
        super().__init__()
        for name, value in buffers.items():
            self.register_buffer(name, value)

    def __getattr__(self, name: str) -> Any:
        return super().__getattr__(name)


class Counter(State):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.total.add_(x)
        self.total.mul_(2)
        return self.total.sum()


class Cache(State):
    def forward(self, x: torch.Tensor, position: torch.Tensor) -> Any:
        self.cache[:, :, position] = x
        return (self.cache * 2).sum(-1), self.cache.view(16, 4).sum()


class SlicedCache(State):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.cache[:, :, 2:3] = x
        self.cache[:, :, 4] = 1
        return self.cache.sum(-1)


class NarrowedCache(State):
    def forward(self, x: torch.Tensor, position: torch.Tensor) -> torch.Tensor:
        start = position.item()
        torch._check(start >= 0)
        torch._check(start + x.shape[0] <= 8)
        self.cache.narrow(0, start, x.shape[0]).copy_(x)
        return self.cache.sum(-1)


class Initial(State):
    def forward(self, x: torch.Tensor) -> Any:
        self.a.copy_(self.a * x)
        self.n.add_(1)
        return self.a + self.n, self.a.clone()


class Returned(State):
    def forward(self, x: torch.Tensor) -> Any:
        old = self.a + 0
        self.a.mul_(x)
        return self.a, old, self.a.view(3, 1)


class OldValueReturned(State):
    def forward(self, x: torch.Tensor, i: torch.Tensor) -> Any:
        old = self.a.view(3, 1)
        before = self.a.clone()
        self.a.index_put_((i,), x)
        return old * 2, before, self.a * 1


class Swapped(State):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        old = self.a.clone()
        self.a.copy_(self.b)
        self.b.copy_(old)
        return self.a + self.b * x


class Crossed(State):
    def forward(self, x: torch.Tensor, i: torch.Tensor) -> torch.Tensor:
        self.a.index_put_((i,), x)
        self.b.copy_(self.a)
        self.a.copy_(self.a.flip(0))
        return self.b.sum()


class FromItself(State):
    def forward(self, i: torch.Tensor) -> torch.Tensor:
        self.a.index_put_((i,), self.a[:1] * 1)
        self.a.add_(self.a.sum())
        return self.a * 1


class Broadcast(State):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.a.copy_(self.a[0] + x)
        return self.a * 1


ABC, DEF = torch.tensor([1.0, 2, 3]), torch.tensor([4.0, 5, 6])
ONE = torch.tensor([1])
CASES: dict[str, tuple[nn.Module, list[tuple[Any, ...]]]] = {
    "counter": (Counter(total=torch.ones(4)), [(R(4),)] * 3),
    "cache": (
        Cache(cache=torch.zeros(1, 2, 8, 4)),
        [(R(1, 2, 1, 4), torch.tensor([i])) for i in (3, 0, 7)],
    ),
    "sliced_cache": (SlicedCache(cache=torch.zeros(1, 2, 8, 4)), [(R(1, 2, 1, 4),)] * 2),
    "narrowed_cache": (
        NarrowedCache(cache=torch.zeros(8, 4)),
        [(R(2, 4), torch.tensor(i)) for i in (3, 0, 6)],
    ),
    "initial_values": (Initial(a=ABC, n=torch.tensor(5)), [(R(3),)] * 3),
    "returned": (Returned(a=ABC), [(R(3),)] * 3),
    "old_value_returned": (OldValueReturned(a=ABC), [(R(1), ONE)] * 3),
    "swapped": (Swapped(a=ABC, b=DEF), [(R(3),)] * 3),
    "crossed": (Crossed(a=ABC, b=DEF), [(R(1), ONE)] * 3),
    "from_itself": (FromItself(a=ABC), [(ONE,)] * 3),
    "broadcast": (Broadcast(a=ABC), [(R(3),)] * 3),
}


@pytest.mark.parametrize("name", CASES)
def test_state(name: str) -> None:
    model, inputs = CASES[name]
    assert_runs(model, inputs[0], inputs[1:])


def test_updates_are_not_copied_back() -> None:
    for name in ("counter", "cache"):
        model, inputs = CASES[name]
        called = instructions(assert_runs(model, inputs[0], inputs[1:]))
        assert "aten::copy_." not in called, name
    assert "aten::index_put_." in called


class ChangesItsInput(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x.add_(1)
        return x * 2


def test_inputs_can_be_changed() -> None:
    assert_runs(ChangesItsInput(), (R(3),), [(R(3),)])
