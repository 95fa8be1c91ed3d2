# SPDX-License-Identifier: BSD-3-Clause
"""Operators that an application registers: functional, with out variants, and mutating ones."""

import copy
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import nn
from torch.export import export

from executorch.exir import ExecutorchProgramManager, to_edge
from executorch.exir.error import ExportError
from executorch.exir.tests.graph_execution import Function, GraphState, assert_same
from executorch.exir.tests.run_program import instructions

R = torch.randn
library = torch.library.Library("test_custom", "DEF")


def define(schema: str, function: Any, **options: Any) -> None:
    library.define(schema)
    name = schema[: schema.index("(")]
    library.impl(name, function, "CompositeExplicitAutograd")


def _write(value: torch.Tensor, cache: torch.Tensor, start: int) -> None:
    cache[start : start + value.shape[0]] = value


def _update(value: torch.Tensor, cache: torch.Tensor, start: int) -> torch.Tensor:
    _write(value, cache, start)
    return value.new_ones(1)


def _update_out(
    value: torch.Tensor, cache: torch.Tensor, start: int, *, out: torch.Tensor
) -> torch.Tensor:
    _write(value, cache, start)
    return out.fill_(1)


def _both(a: torch.Tensor, b: torch.Tensor) -> None:
    a.add_(1)
    b.mul_(2)


define("twice(Tensor x) -> Tensor", lambda x: x * 2)
define("twice.out(Tensor x, *, Tensor(a!) out) -> Tensor(a!)", lambda x, *, out: out.copy_(x * 2))
define("update(Tensor value, Tensor(a!) cache, SymInt start) -> Tensor", _update)
define(
    "update.out(Tensor value, Tensor(a!) cache, SymInt start, *, Tensor(b!) out) -> Tensor(b!)",
    _update_out,
)
define("write(Tensor value, Tensor(a!) cache, SymInt start) -> ()", _write)
define("both(Tensor(a!) a, Tensor(b!) b) -> ()", _both)
ops = torch.ops.test_custom


@pytest.fixture(autouse=True)
def _kernels_are_trusted() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="the program can't be loaded")
        yield


def program(model: nn.Module, *inputs: Any) -> ExecutorchProgramManager:
    return to_edge(export(model, inputs)).to_executorch()


def assert_steps(model: nn.Module, *calls: tuple[Any, ...]) -> list[str]:
    """Runs the planned graph in PyTorch, call after call, against the model; its operators."""
    reference = copy.deepcopy(model)
    manager = program(model, *calls[0])
    state = GraphState(manager.exported_program())
    for inputs in calls:
        assert_same(state(*copy.deepcopy(inputs)), reference(*copy.deepcopy(inputs)))
    assert manager.buffer
    return instructions(manager)


def test_functional_and_out_variant() -> None:
    called = assert_steps(Function(lambda x: ops.twice(x) + 1), (R(2),), (R(2),))
    assert called == ["test_custom::twice.out", "aten::add.out"]


class Cache(nn.Module):
    cache: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("cache", torch.zeros(8, 2))


class Updated(Cache):
    def forward(self, x: torch.Tensor, start: torch.Tensor) -> torch.Tensor:
        at: Any = start.item()
        torch._check(at >= 0)
        torch._check(at < 6)
        ops.update(x, self.cache, at)
        return self.cache * 2


class Written(Cache):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ops.write(x, self.cache, 1)
        first = self.cache * 2
        ops.write(x + 1, self.cache, 3)
        return first + self.cache


class OldValue(Cache):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        old = self.cache.clone()
        ops.write(x, self.cache, 1)
        return old + self.cache


class Temporary(nn.Module):
    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        a, b = x + 1, x * 3
        ops.both(a, b)
        return a, b * x


def test_state_is_changed_in_place() -> None:
    calls = [(R(2, 2), torch.tensor(i)) for i in (1, 4, 0)]
    called = assert_steps(Updated(), *calls)
    assert called == ["aten::_local_scalar_dense.", "test_custom::update.out", "aten::mul.out"]


def test_several_changes() -> None:
    called = assert_steps(Written(), (R(2, 2),), (R(2, 2),))
    assert called.count("test_custom::write.") == 2
    assert "aten::copy_." not in called and not any("clone" in name for name in called)


def test_old_values_are_kept_where_they_are_needed() -> None:
    assert_steps(OldValue(), (R(2, 2),), (R(2, 2),))


def test_intermediate_results_and_inputs() -> None:
    called = assert_steps(Temporary(), (R(2),))
    assert "test_custom::both." in called and not any("clone" in name for name in called)

    class ChangesInput(nn.Module):
        def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
            z = y.clone()
            ops.both(x, z)
            return x + z + y

    assert_steps(ChangesInput(), (R(2), R(2)))


def test_a_changed_view_is_refused() -> None:
    class View(Cache):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            ops.write(x, self.cache[2:5], 0)
            return self.cache * 2

    edge = to_edge(export(View(), (R(2, 2),)))
    with pytest.raises(
        ExportError, match=r"write.default changes argument 'cache', which is a view"
    ):
        edge.to_executorch()
