# SPDX-License-Identifier: BSD-3-Clause
"""Placing buffers with known lifetimes in one arena, as small as possible.

Buffer i is live at the steps first[i] .. last[i] (both inclusive) and needs sizes[i] bytes. An
assignment gives each buffer an offset such that buffers that are live at the same step don't
overlap. Offsets are sums of sizes, so they are as aligned as the sizes are.

`assign_offsets` tries `PORTFOLIO` in order until one result is as small as the lower bound. All
algorithms are deterministic: effort is limited by counting steps, not by a clock, so that the same
model always gives the same program.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_DENSE = 1_000_000
"""Conflicts above which they are not listed, and only one pass of placing is affordable."""

_SEARCH_EFFORT = 3_000_000
"""Conflicts that local search looks at, about half a second."""

_EXACT_BUFFERS = 48
_EXACT_NODES = 8_000
"""Size of an instance that exact search tries, and the nodes of its tree, about half a second."""


class Buffers:
    """An instance of the problem."""

    def __init__(self, first: Sequence[int], last: Sequence[int], sizes: Sequence[int]) -> None:
        self.first, self.last, self.sizes = list(first), list(last), list(sizes)

    def __len__(self) -> int:
        return len(self.sizes)

    @cached_property
    def bound(self) -> int:
        return lower_bound(self.first, self.last, self.sizes)

    @cached_property
    def conflict_count(self) -> int:
        """Number of ordered pairs of different buffers that are live at the same step."""
        first, last = np.sort(self.first), np.sort(self.last)
        begun = np.searchsorted(first, self.last, side="right")
        ended = np.searchsorted(last, self.first, side="left")
        return int((begun - ended).sum()) - len(self)

    @property
    def is_dense(self) -> bool:
        return self.conflict_count > _DENSE

    @cached_property
    def conflicts(self) -> list[list[int]]:
        """For each buffer, the others that are live at some step with it."""
        result: list[list[int]] = [[] for _ in self.sizes]
        live: list[int] = []
        for buffer in sorted(range(len(self)), key=self.first.__getitem__):
            begin = self.first[buffer]
            live = [other for other in live if self.last[other] >= begin]
            for other in live:
                result[other].append(buffer)
            result[buffer] = live.copy()
            live.append(buffer)
        return result

    def by_size(self) -> list[int]:
        """Biggest first; of equal ones, the one that lives longer."""
        return sorted(
            range(len(self)), key=lambda i: (-self.sizes[i], self.first[i] - self.last[i])
        )

    def by_area(self) -> list[int]:
        """Biggest product of size and duration first."""
        return sorted(
            range(len(self)), key=lambda i: self.sizes[i] * (self.first[i] - self.last[i] - 1)
        )

    def by_duration(self) -> list[int]:
        """Longest living first; of equal ones, the bigger one."""
        return sorted(
            range(len(self)), key=lambda i: (self.first[i] - self.last[i], -self.sizes[i])
        )

    def by_time(self) -> list[int]:
        """In the order in which they are needed; of equal ones, the bigger one."""
        return sorted(range(len(self)), key=lambda i: (self.first[i], -self.sizes[i]))

    def size_of(self, offsets: Sequence[int]) -> int:
        """Bytes that an assignment needs."""
        return max(map(int.__add__, offsets, self.sizes), default=0)


@dataclass(frozen=True)
class Assignment:
    """Offsets of all buffers, the bytes they need, and whether no assignment needs less."""

    offsets: list[int]
    size: int
    optimal: bool = False


def lower_bound(first: Sequence[int], last: Sequence[int], sizes: Sequence[int]) -> int:
    """Most bytes that are live at one step; no arena can be smaller."""
    if len(sizes) == 0:
        return 0
    live = np.zeros(max(last) + 2, dtype=np.int64)
    np.add.at(live, np.asarray(first), np.asarray(sizes))
    np.add.at(live, np.asarray(last) + 1, -np.asarray(sizes))
    return int(live.cumsum().max())


def _place_dense(buffers: Buffers, order: Sequence[int]) -> list[int]:
    """`_place` for instances with too many conflicts to list them."""
    first, last, sizes = (np.asarray(x) for x in (buffers.first, buffers.last, buffers.sizes))
    offsets = np.zeros(len(order), dtype=np.int64)
    # Of the buffers placed so far, by offset.
    begin, end, start, top = np.zeros((4, len(order)), dtype=np.int64)
    for done, buffer in enumerate(order):
        live = np.flatnonzero((begin[:done] <= last[buffer]) & (end[:done] >= first[buffer]))
        starts = start[:done][live]
        # free[i]: where the space that may be free before starts[i] begins.
        free = np.zeros(len(starts) + 1, dtype=np.int64)
        np.maximum.accumulate(top[:done][live], out=free[1:])
        fitting = np.flatnonzero(starts - free[:-1] >= sizes[buffer])
        offset = free[fitting[0]] if len(fitting) else free[-1]
        offsets[buffer] = offset
        at = int(np.searchsorted(start[:done], offset, side="right"))
        for column, value in (
            (begin, first[buffer]),
            (end, last[buffer]),
            (start, offset),
            (top, offset + sizes[buffer]),
        ):
            column[at + 1 : done + 1] = column[at:done]
            column[at] = value
    return [int(offset) for offset in offsets]


def _place(buffers: Buffers, order: Sequence[int]) -> list[int]:
    """Places buffers one after another, each as low as those before it leave space."""
    if buffers.is_dense:
        return _place_dense(buffers, order)
    offsets = [-1] * len(order)
    _place_rest(buffers, order, offsets, limit=sum(buffers.sizes))
    return offsets


def _place_rest(buffers: Buffers, order: Sequence[int], offsets: list[int], limit: int) -> bool:
    """Gives offsets to the buffers in `order`; others that have none (-1) yet don't matter.

    False as soon as one needs more than `limit` bytes; `offsets` is then incomplete.
    """
    sizes, conflicts = buffers.sizes, buffers.conflicts
    for buffer in order:
        size = sizes[buffer]
        offset = 0
        taken = [(offsets[i], sizes[i]) for i in conflicts[buffer] if offsets[i] >= 0]
        taken.sort()
        for start, length in taken:
            if start - offset >= size:
                break
            if start + length > offset:
                offset = start + length
        if offset + size > limit:
            return False
        offsets[buffer] = offset
    return True


def greedy_by_size(buffers: Buffers) -> Assignment:
    """Places the biggest first, each as low as possible."""
    offsets = _place(buffers, buffers.by_size())
    return Assignment(offsets, buffers.size_of(offsets))


def best_fit(buffers: Buffers) -> Assignment:
    """Places in order of time, each into the tightest gap between what is live then."""
    offsets = [0] * len(buffers)
    live: list[int] = []
    for buffer in buffers.by_time():
        begin, size = buffers.first[buffer], buffers.sizes[buffer]
        live = [other for other in live if buffers.last[other] >= begin]
        top, gap, offset = 0, -1, -1
        # What is live now was placed earlier, so it is all that this buffer conflicts with.
        for other in live:
            if size <= offsets[other] - top and (gap < 0 or offsets[other] - top < gap):
                gap, offset = offsets[other] - top, top
            top = max(top, offsets[other] + buffers.sizes[other])
        offsets[buffer] = top if offset < 0 else offset
        at = len(live)
        while at and offsets[live[at - 1]] > offsets[buffer]:
            at -= 1
        live.insert(at, buffer)
    return Assignment(offsets, buffers.size_of(offsets))


def local_search(buffers: Buffers) -> Assignment:
    """Improves the order in which buffers are placed as low as possible.

    A buffer at the top of the arena stands on a pile of others. A step places one of the pile, or a
    buffer that is live with it, at another time, and is kept unless the arena grows.
    """
    order, offsets = [], []
    size, effort = sum(buffers.sizes) + 1, _SEARCH_EFFORT
    for start in (buffers.by_size(), buffers.by_area(), buffers.by_duration()):
        placed = _place(buffers, start)
        if buffers.size_of(placed) < size:
            order, offsets, size = start, placed, buffers.size_of(placed)
        effort -= 2 * buffers.conflict_count
        if effort <= 0 or size == buffers.bound:
            break
    choose = random.Random(0)
    rank = {buffer: position for position, buffer in enumerate(order)}
    while effort > 0 and size > buffers.bound:
        pile = _pile(buffers, offsets, size, choose)
        buffer = choose.choice(pile)
        begin = rank[buffer]
        trial = order.copy()
        if choose.random() < 0.5 and buffers.conflicts[buffer]:
            end = rank[choose.choice(buffers.conflicts[buffer])]
            trial[begin], trial[end] = trial[end], trial[begin]
        else:
            end = choose.randrange(begin + 1)
            trial.insert(end, trial.pop(begin))
        changed = trial[min(begin, end) :]
        new = offsets.copy()
        for other in changed:
            new[other] = -1
        effort -= 4 * len(order) + sum(len(buffers.conflicts[other]) for other in changed)
        if _place_rest(buffers, changed, new, limit=size):
            order, offsets, size = trial, new, buffers.size_of(new)
            for position in range(min(begin, end), len(order)):
                rank[order[position]] = position
    return Assignment(offsets, size)


def _pile(buffers: Buffers, offsets: Sequence[int], size: int, choose: random.Random) -> list[int]:
    """A buffer that ends at `size`, one below it that touches it, and so on."""
    ends = list(map(int.__add__, offsets, buffers.sizes))
    buffer = choose.choice([i for i, end in enumerate(ends) if end == size])
    pile = [buffer]
    while offsets[buffer] > 0:
        below = [
            i for i in buffers.conflicts[buffer] if ends[i] == offsets[buffer] and buffers.sizes[i]
        ]
        if not below:
            break
        buffer = choose.choice(below)
        pile.append(buffer)
    return pile


def exact_search(buffers: Buffers) -> Assignment:
    """Tries all ways to pile the buffers up; gives up on instances that are too big for that."""
    start = min(greedy_by_size(buffers), best_fit(buffers), key=lambda result: result.size)
    if len(buffers) > _EXACT_BUFFERS or start.size == buffers.bound:
        return Assignment(start.offsets, start.size, start.size == buffers.bound)
    search = _ExactSearch(buffers, start)
    search.run()
    return Assignment(search.best, search.best_size, search.nodes <= _EXACT_NODES)


class _ExactSearch:
    """Branch and bound over the order in which buffers, by ascending offset, are placed.

    Some optimal assignment has every buffer directly above a conflicting one or at 0, so a buffer
    need only be placed at its floor: the top of what is placed and live with it.
    """

    def __init__(self, buffers: Buffers, start: Assignment) -> None:
        self._buffers = buffers
        self.best, self.best_size, self.nodes = start.offsets, start.size, 0
        # Steps matter only where some buffer begins: there, most are live.
        self._steps = sorted(set(buffers.first))
        self._live = [
            [s for s, step in enumerate(self._steps) if first <= step <= last]
            for first, last in zip(buffers.first, buffers.last)
        ]
        self._height = [0] * len(self._steps)
        self._missing = [0] * len(self._steps)
        for size, steps in zip(buffers.sizes, self._live):
            for step in steps:
                self._missing[step] += size

    def run(self) -> None:
        offsets = [0] * len(self._buffers)
        self._extend([i for i in self._buffers.by_area() if self._buffers.sizes[i]], offsets, 0)

    def _extend(self, missing: list[int], offsets: list[int], lowest: int) -> None:
        self.nodes += 1
        height, sizes = self._height, self._buffers.sizes
        if not missing:
            self.best, self.best_size = offsets.copy(), max(height)
            return
        floors = [max(height[step] for step in self._live[buffer]) for buffer in missing]
        # Whatever fits entirely below another's floor can be placed before it.
        limit = min(floor + sizes[buffer] for floor, buffer in zip(floors, missing))
        seen = set()
        for floor, buffer in sorted(zip(floors, missing), key=lambda item: item[0]):
            if floor < lowest or floor >= limit:
                continue
            twin = (self._buffers.first[buffer], self._buffers.last[buffer], sizes[buffer])
            if twin in seen:
                continue
            seen.add(twin)
            self._place(missing, offsets, buffer, floor)
            if self.nodes > _EXACT_NODES or self.best_size == self._buffers.bound:
                return

    def _place(self, missing: list[int], offsets: list[int], buffer: int, floor: int) -> None:
        size, steps = self._buffers.sizes[buffer], self._live[buffer]
        saved = [self._height[step] for step in steps]
        for step in steps:
            self._height[step] = floor + size
            self._missing[step] -= size
        if all(
            # What is still missing at a step lies above what is placed there and above `floor`.
            max(height, floor if rest else 0) + rest < self.best_size
            for height, rest in zip(self._height, self._missing)
        ):
            offsets[buffer] = floor
            self._extend([other for other in missing if other != buffer], offsets, floor)
        for step, height in zip(steps, saved):
            self._height[step] = height
            self._missing[step] += size


Algorithm = Callable[[Buffers], Assignment]

PORTFOLIO: tuple[Algorithm, ...] = (greedy_by_size, best_fit, local_search, exact_search)
"""From the cheapest to the most expensive algorithm."""


def assign_offsets(
    first: Sequence[int],
    last: Sequence[int],
    sizes: Sequence[int],
    portfolio: Sequence[Algorithm] = PORTFOLIO,
) -> Assignment:
    """The smallest of the results of `portfolio`, whose later algorithms run only if needed."""
    buffers = Buffers(first, last, sizes)
    if buffers.bound == sum(sizes):
        return Assignment([0, *accumulate(sizes)][: len(sizes)], buffers.bound, optimal=True)
    best: Assignment | None = None
    for algorithm in portfolio[:1] if buffers.is_dense else portfolio:
        result = algorithm(buffers)
        if best is None or result.size < best.size or (result.size == best.size and result.optimal):
            best = result
        if best.size == buffers.bound:
            return Assignment(best.offsets, best.size, optimal=True)
    assert best is not None
    return best
