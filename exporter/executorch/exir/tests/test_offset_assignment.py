# SPDX-License-Identifier: BSD-3-Clause
import csv
import itertools
import random
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from executorch.exir.offset_assignment import (
    PORTFOLIO,
    Algorithm,
    Buffers,
    assign_offsets,
    best_fit,
    exact_search,
    greedy_by_size,
    local_search,
    lower_bound,
)

INSTANCES = Path(__file__).parents[4] / "test" / "data" / "planner"

Instance = tuple[list[int], list[int], list[int]]


def read(name: str) -> list[dict[str, str]]:
    with open(INSTANCES / name) as file:
        return list(csv.DictReader(file))


def check(instance: Instance, offsets: Sequence[int]) -> int:
    """Size of the arena, after checking that no two live buffers overlap."""
    first, last, sizes = instance
    assert len(offsets) == len(sizes) and all(offset >= 0 for offset in offsets)
    ends = [offset + size for offset, size in zip(offsets, sizes)]
    for step in range(max(last, default=-1) + 1):
        live = [i for i in range(len(sizes)) if first[i] <= step <= last[i] and sizes[i] > 0]
        live.sort(key=lambda i: offsets[i])
        assert all(ends[i] <= offsets[j] for i, j in itertools.pairwise(live))
    return max(ends, default=0)


@pytest.mark.parametrize("result", read("results.csv"), ids=lambda result: result["instance"])
def test_real_models(result: dict[str, str]) -> None:
    rows = read(f"{result['instance']}.csv")
    first = [int(row["lower"]) for row in rows]
    last = [int(row["upper"]) - 1 for row in rows]
    sizes = [int(row["size"]) for row in rows]
    assert lower_bound(first, last, sizes) == int(result["lower_bound"])
    plan = assign_offsets(first, last, sizes)
    assert check((first, last, sizes), plan.offsets) == plan.size
    assert plan.size <= int(result["upstream_greedy_bytes"])
    # The column holds what this planner reached when it was written: it may only get better.
    assert plan.size <= int(result["bytes"])
    assert plan.optimal or plan.size <= 1.01 * int(result["lower_bound"])


buffers = st.tuples(st.integers(0, 30), st.integers(0, 10), st.integers(0, 20))


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    rows = draw(st.lists(buffers, max_size=25))
    return (
        [start for start, _, _ in rows],
        [start + length for start, length, _ in rows],
        [16 * blocks for _, _, blocks in rows],
    )


@settings(max_examples=150, deadline=None)
@given(instances())
def test_portfolio(instance: Instance) -> None:
    plan = assign_offsets(*instance)
    assert check(instance, plan.offsets) == plan.size
    assert all(offset % 16 == 0 for offset in plan.offsets)
    assert plan.size >= lower_bound(*instance)
    assert plan.size <= greedy_by_size(Buffers(*instance)).size


@pytest.mark.parametrize("algorithm", PORTFOLIO)
@settings(max_examples=60, deadline=None)
@given(instance=instances())
def test_each_algorithm(algorithm: Algorithm, instance: Instance) -> None:
    plan = algorithm(Buffers(*instance))
    assert check(instance, plan.offsets) == plan.size
    assert all(offset % 16 == 0 for offset in plan.offsets)


@pytest.mark.parametrize("seed", range(20))
def test_exact_search_is_optimal(seed: int) -> None:
    """Against placing the buffers in every order, of which one gives the optimum."""
    choose = random.Random(seed)
    first = [choose.randrange(6) for _ in range(7)]
    last = [start + choose.randrange(4) for start in first]
    sizes = [choose.randrange(1, 6) for _ in first]
    instance = Buffers(first, last, sizes)
    best = sum(sizes)
    for order in itertools.permutations(range(7)):
        offsets: dict[int, int] = {}
        for i in order:
            taken = sorted((offsets[j], sizes[j]) for j in instance.conflicts[i] if j in offsets)
            offset = 0
            for start, size in taken:
                if start - offset >= sizes[i]:
                    break
                offset = max(offset, start + size)
            offsets[i] = offset
        best = min(best, max(offsets[i] + sizes[i] for i in offsets))
    result = exact_search(instance)
    assert result.optimal and result.size == best


def test_optimum_above_the_lower_bound_is_proven() -> None:
    first = [9, 0, 0, 2, 2, 7, 6, 5, 1, 6, 4]
    last = [10, 3, 0, 4, 5, 10, 8, 6, 1, 8, 5]
    sizes = [1, 4, 4, 2, 1, 1, 2, 4, 3, 2, 3]
    assert lower_bound(first, last, sizes) == 8
    assert not assign_offsets(first, last, sizes, PORTFOLIO[:3]).optimal
    plan = assign_offsets(first, last, sizes)
    assert plan.size == 9 and plan.optimal


def test_local_search_improves_on_greedy() -> None:
    rows = read("gru_bidirectional.csv")
    instance = Buffers(
        [int(row["lower"]) for row in rows],
        [int(row["upper"]) - 1 for row in rows],
        [int(row["size"]) for row in rows],
    )
    assert local_search(instance).size < 0.95 * greedy_by_size(instance).size


def test_best_fit_takes_the_tightest_gap() -> None:
    # Live at step 1 are 0, 2 and 4, which leave a gap of 4 and one of 2 for the last.
    first, last, sizes = [0, 0, 0, 0, 0, 1], [1, 0, 1, 0, 1, 1], [8, 4, 3, 2, 1, 2]
    assert best_fit(Buffers(first, last, sizes)).offsets == [0, 8, 12, 15, 17, 15]


def chain(count: int, held: int) -> Instance:
    """Each buffer is used by the next step; some longer, `held` of them to the end."""
    choose = random.Random(0)
    first = list(range(count))
    last = [i + (choose.randrange(40) if i % 7 == 0 else 1) for i in first]
    last[:held] = [count + 40] * held
    return first, last, [16 * choose.randrange(1, 500) for _ in first]


@pytest.mark.parametrize("held", [0, 30, 300, 10_000])
def test_ten_thousand_buffers(held: int) -> None:
    instance = chain(10_000, held)
    start = time.process_time()
    plan = assign_offsets(*instance)
    # Below 1 s on an idle machine.
    assert time.process_time() - start < 2.5
    if held == 300:
        assert plan.size <= 1.02 * lower_bound(*instance)


def test_same_instance_same_result() -> None:
    instance = chain(300, 3)
    assert assign_offsets(*instance) == assign_offsets(*instance)


def test_nothing_to_place() -> None:
    assert assign_offsets([], [], []).offsets == [] and lower_bound([], [], []) == 0
