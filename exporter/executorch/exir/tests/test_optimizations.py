# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import random
from collections.abc import Callable, Collection
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.export import Dim, export

from executorch.exir import ExecutorchBackendConfig, ExecutorchProgramManager, to_edge
from executorch.exir.passes import MemoryPlanningPass
from executorch.exir.passes.optimize.names import ALL_OPTIMIZATIONS, PROGRAM_OPTIMIZATIONS
from executorch.exir.passes.optimize.optimize import GRAPH_OPTIMIZATIONS
from executorch.exir.tests.graph_execution import Function
from executorch.runtime import Runtime


def lower(
    model: nn.Module,
    inputs: tuple[Any, ...],
    names: Collection[str] = ALL_OPTIMIZATIONS,
    dynamic_shapes: Any = None,
    **settings: Any,
) -> ExecutorchProgramManager:
    program = export(model.eval(), inputs, dynamic_shapes=dynamic_shapes)
    config = ExecutorchBackendConfig(graph_optimizations=names, **settings)
    return to_edge(program).to_executorch(config)


def operators(manager: ExecutorchProgramManager) -> dict[str, int]:
    (method,) = manager.report().methods
    return {op.name.removeprefix("aten::"): op.count for op in method.operators}


def arena(manager: ExecutorchProgramManager) -> int:
    return manager.executorch_program.execution_plan[0].non_const_buffer_sizes[1]


def run(manager: ExecutorchProgramManager, *inputs: Tensor) -> list[Tensor]:
    """Results of the second run, so that what the first one has left in memory matters."""
    method = Runtime.get().load_program(manager.buffer).load_method("forward")
    assert method is not None
    method.execute([torch.full_like(x, 3) for x in inputs])
    return [torch.as_tensor(result) for result in method.execute(list(inputs))]


def check(
    function: Callable[..., Any] | nn.Module,
    inputs: tuple[Tensor, ...],
    name: str,
    before: dict[str, int],
    after: dict[str, int],
) -> ExecutorchProgramManager:
    """With and without one optimization: how often operators occur, and the same results."""
    model = function if isinstance(function, nn.Module) else Function(function)
    expected = model.eval()(*inputs)
    expected = expected if isinstance(expected, tuple) else (expected,)
    others = [n for n in ALL_OPTIMIZATIONS if n != name]
    for names, wanted in ((others, before), (ALL_OPTIMIZATIONS, after)):
        manager = lower(model, inputs, names)
        found = operators(manager)
        assert {op: found.get(op, 0) for op in wanted} == wanted
        for result, value in zip(run(manager, *inputs), expected, strict=True):
            torch.testing.assert_close(result, value, rtol=1e-4, atol=1e-5)
    return manager


def test_names() -> None:
    assert set(GRAPH_OPTIMIZATIONS) | {"fold_constants"} == set(PROGRAM_OPTIMIZATIONS)
    with pytest.raises(ValueError, match="no optimizations"):
        lower(Function(torch.relu), (torch.ones(2),), ["make_it_fast"])


X = torch.randn(4, 4, 8)


def test_fold_constants() -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.randn(4, 8))

        def forward(self, x: Tensor) -> Tensor:
            return x @ self.weight.t().exp()

    call = {"exp.out": 1, "permute_copy.out": 1}
    check(Model(), (X[0],), "fold_constants", call, dict.fromkeys(call, 0))


def test_merge_common_subexpressions() -> None:
    def function(x: Tensor) -> Tensor:
        return x.sum(0).exp() * x.sum(0).sin() + torch.add(x.sum(1), 1)

    name = "merge_common_subexpressions"
    check(function, (X[0, :, :4],), name, {"sum.IntList_out": 3}, {"sum.IntList_out": 2})


def test_random_numbers_are_not_merged() -> None:
    model = Function(lambda x: torch.rand_like(x) - torch.rand_like(x))
    edge = to_edge(export(model, (X,)))
    from executorch.exir.passes.optimize.optimize import optimize

    program = edge.exported_program()
    optimize(program)
    names = [str(node.target) for node in program.graph.nodes]
    assert sum("rand" in name for name in names) == 2


def test_merge_permutations() -> None:
    def function(x: Tensor) -> Tensor:
        return x.permute(2, 0, 1).permute(0, 2, 1).exp() + x.transpose(0, 2).transpose(0, 2).sum()

    # Without the merging, none of the four cancel.
    before, after = {"permute_copy.out": 4}, {"permute_copy.out": 1}
    check(function, (X,), "merge_movements", before, after)


def test_permutation_of_dimensions_of_size_one_is_a_view() -> None:
    def function(x: Tensor) -> Tensor:
        return (x.reshape(1, 4, 32).transpose(0, 1) + 1).exp()

    check(function, (X,), "merge_movements", {"permute_copy.out": 1}, {"permute_copy.out": 0})


def test_no_ops() -> None:
    def function(x: Tensor) -> Tensor:
        return (x[0:100].expand(4, 4, 8).permute(0, 1, 2).to(torch.float32) + 1).exp()

    manager = lower(Function(function), (X,))
    assert set(operators(manager)) == {"add.out", "exp.out"}


def test_results_that_are_inputs_stay_copies() -> None:
    manager = lower(Function(lambda x: (x[0:100], x.clone(), x + 0)), (X,))
    for result in run(manager, X):
        torch.testing.assert_close(result, X)


def test_bypass_concatenations() -> None:
    def function(x: Tensor, y: Tensor) -> tuple[Tensor, ...]:
        both = torch.cat([x.exp(), y.sin()], 1)
        return both[:, :4] + 1, both[:, 4:6] * 2, both[:, 3:5].cos()

    call = "slice_copy.Tensor_out"
    check(function, (X, X + 1), "bypass_concatenations", {call: 3}, {call: 2})


def test_concatenation_disappears_with_its_only_uses() -> None:
    def function(x: Tensor, y: Tensor) -> Tensor:
        first, second = torch.cat([x.exp(), y.sin()], 2).chunk(2, 2)
        return first + second

    manager = lower(Function(function), (X, X + 1))
    assert set(operators(manager)) == {"exp.out", "sin.out", "add.out"}
    torch.testing.assert_close(run(manager, X, X + 1)[0], X.exp() + (X + 1).sin())


def test_merge_clamps() -> None:
    before, after = {"clamp.out": 2}, {"clamp.out": 1}
    check(nn.Hardswish(), (X * 5,), "merge_clamps", before, after)
    # In the other order the upper limit can be below the lower one.
    function = lambda x: x.clamp(max=1.0).clamp(min=2.0)  # noqa: E731
    check(function, (X * 5,), "merge_clamps", before, before)


class ConvNorm(nn.Module):
    def __init__(self, bias: bool, affine: bool, groups: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 8, 3, bias=bias, groups=groups)
        self.norm = nn.BatchNorm2d(8, affine=affine)
        self.norm.running_mean, self.norm.running_var = torch.rand(8), torch.rand(8) + 0.5
        if affine:
            nn.init.uniform_(self.norm.weight)
            nn.init.uniform_(self.norm.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.conv(x)).relu()


NORM = "_native_batch_norm_legit_no_training.out"


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("groups", [1, 4])
def test_fold_batch_norm(bias: bool, affine: bool, groups: int) -> None:
    model, x = ConvNorm(bias, affine, groups), torch.randn(2, 4, 6, 6)
    if affine:
        check(model, (x,), "fold_batch_norm", {NORM: 1}, {NORM: 0})
    else:
        manager = lower(model, (x,))
        assert not any("batch_norm" in name for name in operators(manager))
        torch.testing.assert_close(run(manager, x)[0], model(x), rtol=1e-4, atol=1e-5)


def test_batch_norm_stays_where_it_must() -> None:
    class Both(ConvNorm):
        def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override]
            y = self.conv(x)
            return self.norm(y).relu(), y.exp()

    x = torch.randn(2, 4, 6, 6)
    check(Both(True, True, 1), (x,), "fold_batch_norm", {NORM: 1}, {NORM: 1})
    assert NORM in operators(lower(ConvNorm(True, True, 1), (x,), external_constants=True))


def test_alias_slices() -> None:
    def function(x: Tensor) -> Tensor:
        y = x.exp()
        return y[0] + y[1:3].sum(0) + y.select(0, -1)

    calls = {"slice_copy.Tensor_out": 1, "select_copy.int_out": 2}
    check(function, (X,), "alias_slices", calls, dict.fromkeys(calls, 0))


def test_divide_splits() -> None:
    def function(x: Tensor) -> Tensor:
        first, second = x.exp().split([1, 3])
        return first + second[1:2]

    call = "split_with_sizes_copy.out"
    check(function, (X,), "divide_splits", {call: 1}, {call: 0})
    unaligned = lambda x: torch.add(*x.exp().split([4, 4], 2))  # noqa: E731
    check(unaligned, (X,), "divide_splits", {call: 1}, {call: 1})


def test_slices_that_are_no_blocks_or_not_aligned_stay() -> None:
    def function(x: Tensor) -> Tensor:
        y = x.exp()
        return y[:, 1] + y[::2].sum(0)[:, 0:1] + y.reshape(128)[1:33].reshape(4, 8)

    check(function, (X,), "alias_slices", before := {"slice_copy.Tensor_out": 3}, before)


def test_concatenate_in_place() -> None:
    def function(x: Tensor, y: Tensor) -> Tensor:
        return torch.cat([x.sin(), y.cos(), x.sum(0, keepdim=True)]).exp().sum(0)

    inputs = (X, X + 1)
    manager = check(function, inputs, "concatenate_in_place", {"cat.out": 1}, {"cat.out": 0})
    others = [name for name in ALL_OPTIMIZATIONS if name != "concatenate_in_place"]
    assert arena(manager) < arena(lower(Function(function), inputs, others))


def test_concatenations_that_can_not_be_in_place_stay() -> None:
    def function(x: Tensor, y: Tensor) -> Tensor:
        used_later, twice = x.sin(), y.cos()
        first = torch.cat([used_later, y.exp()]).sum(0) + used_later[0]
        return first + torch.cat([twice, twice]).sum(0) + torch.cat([x, y + 1]).sum(0)

    inputs = (X, X + 1)
    check(function, inputs, "concatenate_in_place", {"cat.out": 3}, {"cat.out": 3})


def test_reuse_inputs() -> None:
    def function(x: Tensor, y: Tensor) -> Tensor:
        z = (x + y).relu().exp() * 2
        return (z.reshape(-1) - 1).sum()

    inputs = (X, X + 1)
    others = [name for name in ALL_OPTIMIZATIONS if name != "reuse_inputs"]
    with_, without = lower(Function(function), inputs), lower(Function(function), inputs, others)
    size = 4 * 128
    assert arena(with_) == 3 * size and arena(without) == 3 * size
    for manager in (with_, without):
        torch.testing.assert_close(run(manager, *inputs)[0], function(*inputs))
    config = {"memory_planning_pass": MemoryPlanningPass(alloc_graph_input=False)}
    sizes = [
        arena(lower(Function(function), inputs, n, **config)) for n in (others, ALL_OPTIMIZATIONS)
    ]
    assert sizes == [2 * size, size + 16]


def test_inputs_that_are_still_needed_are_not_reused() -> None:
    def function(x: Tensor) -> Tensor:
        y = x.exp()
        view = y.reshape(2, 64)
        z = y.sin()
        return z.sum() + view.cos().sum() + (y * y.reshape(4, 4, 8)).sum()

    (result,) = run(lower(Function(function), (X,)), X)
    torch.testing.assert_close(result, function(X))


def test_arenas_of_users_are_kept() -> None:
    class Pools(MemoryPlanningPass):
        def run(self, graph_module: Any, graph_signature: Any = None) -> Any:
            for node in graph_module.graph.nodes:
                if node.target is torch.ops.aten.exp.out:
                    node.meta["spec"].mem_id = 2
            return super().run(graph_module, graph_signature)

    manager = lower(Function(lambda x: (x + 1).exp().sum()), (X,), memory_planning_pass=Pools())
    plan = manager.executorch_program.execution_plan[0]
    assert plan.non_const_buffer_sizes[2] == 4 * 128


def test_varying_sizes() -> None:
    def function(x: Tensor) -> Tensor:
        y = torch.cat([x.exp().relu(), x.sin()]) + 1
        return y[: x.shape[0]].sin() * y[x.shape[0] :].permute(1, 0, 2).permute(1, 0, 2)

    shapes = ({0: Dim("n", min=2, max=6)},)
    manager = lower(Function(function), (X,), dynamic_shapes=(shapes,))
    for length in (2, 6, 3):
        x = torch.randn(length, 4, 8)
        torch.testing.assert_close(run(manager, x)[0], function(x))


class Arbitrary(nn.Module):
    """Operators that share, move and join memory, chosen at random."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.seed = seed

    def forward(self, x: Tensor, y: Tensor) -> tuple[Tensor, ...]:
        choose = random.Random(self.seed)
        values = [x, y, x + y]
        for _ in range(24):
            a, b = choose.choice(values), choose.choice(values)
            action = choose.randrange(9)
            if action == 0:
                values.append(torch.relu(a))
            elif action == 1:
                values.append(a.sin())
            elif action == 2:
                values.append(a + b)
            elif action == 3:
                values.append(a * 0.5)
            elif action == 4:
                start = choose.randrange(0, 5)
                values.append(torch.cat([a, b])[start : start + 8])
            elif action == 5:
                values.append(a.reshape(4, 16).reshape(8, 8))
            elif action == 6:
                values.append(a.t())
            elif action == 7:
                values.append(torch.cat([a[0:4], b[4:8] - 1]))
            else:
                values.append(a[choose.randrange(8)].reshape(1, 8) + b)
        return tuple(values[-3:])


@pytest.mark.parametrize("seed", range(25))
def test_any_mixture_computes_the_same(seed: int) -> None:
    inputs = (torch.randn(8, 8), torch.randn(8, 8))
    manager = lower(Arbitrary(seed), inputs)
    for result, value in zip(run(manager, *inputs), Arbitrary(seed)(*inputs), strict=True):
        torch.testing.assert_close(result, value, rtol=1e-4, atol=1e-5)
