# SPDX-License-Identifier: BSD-3-Clause
"""Placing buffers with known lifetimes in one arena, as small as possible.

Buffer i is live at the steps first[i] .. last[i] (both inclusive) and needs sizes[i] bytes. An
assignment gives each buffer an offset such that buffers that are live at the same step don't
overlap.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def lower_bound(first: Sequence[int], last: Sequence[int], sizes: Sequence[int]) -> int:
    """Most bytes that are live at one step; no arena can be smaller."""
    if len(sizes) == 0:
        return 0
    live = np.zeros(max(last) + 2, dtype=np.int64)
    np.add.at(live, np.asarray(first), np.asarray(sizes))
    np.add.at(live, np.asarray(last) + 1, -np.asarray(sizes))
    return int(live.cumsum().max())


def arena_size(offsets: Ints, sizes: Sequence[int]) -> int:
    """Bytes that an assignment needs."""
    return int((offsets + np.asarray(sizes)).max(initial=0))


def _place(order: Ints, first: Ints, last: Ints, sizes: Ints) -> Ints:
    """Places buffers one after another, each as low as those before it leave space."""
    count = len(order)
    offsets = np.zeros(count, dtype=np.int64)
    # The buffers placed so far.
    placed_first, placed_last, placed_start, placed_end = np.zeros((4, count), dtype=np.int64)
    for done, buffer in enumerate(order):
        conflicts = (placed_first[:done] <= last[buffer]) & (placed_last[:done] >= first[buffer])
        starts = placed_start[:done][conflicts]
        by_start = np.argsort(starts, kind="stable")
        starts = starts[by_start]
        # free[i]: where the space that may be free before starts[i] begins.
        free = np.zeros(len(starts) + 1, dtype=np.int64)
        np.maximum.accumulate(placed_end[:done][conflicts][by_start], out=free[1:])
        fitting = np.flatnonzero(starts - free[:-1] >= sizes[buffer])
        offset = free[fitting[0]] if len(fitting) else free[-1]
        offsets[buffer] = offset
        placed_first[done], placed_last[done] = first[buffer], last[buffer]
        placed_start[done], placed_end[done] = offset, offset + sizes[buffer]
    return offsets


def assign_offsets(first: Sequence[int], last: Sequence[int], sizes: Sequence[int]) -> Ints:
    """Offsets of a small arena: the best of placing buffers by size, size and duration, or time."""
    starts, ends, needed = (np.asarray(x, dtype=np.int64) for x in (first, last, sizes))
    bound = lower_bound(first, last, sizes)
    best = np.zeros(0, dtype=np.int64)
    duration = ends - starts + 1
    for order in (
        np.lexsort((starts, -duration, -needed)),
        np.lexsort((starts, -duration * needed)),
        np.lexsort((-needed, starts)),
    ):
        offsets = _place(order, starts, ends, needed)
        if len(best) == 0 or arena_size(offsets, sizes) < arena_size(best, sizes):
            best = offsets
        if arena_size(best, sizes) == bound:
            break
    return best
