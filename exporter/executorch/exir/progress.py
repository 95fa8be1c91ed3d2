# SPDX-License-Identifier: BSD-3-Clause
"""Shows a person at a terminal which stage of an export is running."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

STAGES = ("edge dialect", "passes", "delegates", "optimize", "plan memory", "emit", "write")


@contextmanager
def stage(name: str, method: str = "") -> Iterator[None]:
    """While the block runs, a line on the terminal says which of `STAGES` it is.

    Nothing is written if stderr is not a terminal.
    """
    if not sys.stderr.isatty():
        yield
        return
    done = STAGES.index(name)
    bar = "#" * done + "-" * (len(STAGES) - done)
    _show(f"executorch [{bar}] {name}{f' of {method}' if method else ''}")
    try:
        yield
    finally:
        _show("")


def _show(text: str) -> None:
    # Back to the start of the line, which is cleared.
    sys.stderr.write(f"\r\033[K{text}")
    sys.stderr.flush()
