# SPDX-License-Identifier: BSD-3-Clause
import csv
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from executorch.exir.offset_assignment import arena_size, assign_offsets, lower_bound

INSTANCES = Path(__file__).parents[4] / "test" / "data" / "planner"


def read(name: str) -> list[dict[str, str]]:
    with open(INSTANCES / name) as file:
        return list(csv.DictReader(file))


def check(first: list[int], last: list[int], sizes: list[int]) -> int:
    """Size of the arena, after checking that no two live buffers overlap."""
    offsets = assign_offsets(first, last, sizes)
    assert (offsets >= 0).all()
    ends = offsets + np.array(sizes, dtype=np.int64)
    for step in range(max(last, default=-1) + 1):
        live = [i for i in range(len(sizes)) if first[i] <= step <= last[i] and sizes[i] > 0]
        live.sort(key=lambda i: offsets[i])
        assert all(ends[i] <= offsets[j] for i, j in itertools.pairwise(live))
    return arena_size(offsets, sizes)


@pytest.mark.parametrize("result", read("results.csv"), ids=lambda result: result["instance"])
def test_real_models(result: dict[str, str]) -> None:
    rows = read(f"{result['instance']}.csv")
    first = [int(row["lower"]) for row in rows]
    last = [int(row["upper"]) - 1 for row in rows]
    sizes = [int(row["size"]) for row in rows]
    assert lower_bound(first, last, sizes) == int(result["lower_bound"])
    size = check(first, last, sizes)
    assert int(result["lower_bound"]) <= size <= int(result["upstream_greedy_bytes"])
    assert size <= 1.07 * int(result["lower_bound"])


buffers = st.tuples(st.integers(0, 30), st.integers(0, 10), st.integers(0, 20))


@settings(max_examples=200, deadline=None)
@given(st.lists(buffers, max_size=25))
def test_no_overlap(instance: list[tuple[int, int, int]]) -> None:
    first = [start for start, _, _ in instance]
    last = [start + length for start, length, _ in instance]
    sizes = [16 * blocks for _, _, blocks in instance]
    size = check(first, last, sizes)
    assert lower_bound(first, last, sizes) <= size <= sum(sizes)
    assert (assign_offsets(first, last, sizes) % 16 == 0).all()


def test_nothing_to_place() -> None:
    assert len(assign_offsets([], [], [])) == 0 and lower_bound([], [], []) == 0
