# SPDX-License-Identifier: BSD-3-Clause
"""Marks interfaces that may still change."""

from __future__ import annotations

from typing_extensions import deprecated


class ExperimentalWarning(DeprecationWarning):
    """The interface being used may change without notice."""


class experimental(deprecated):
    """Makes a class or function emit an `ExperimentalWarning` when it is used.

    With `category=None` nothing is emitted; type checkers see the mark all the same.
    """

    def __init__(
        self,
        message: str,
        /,
        *,
        category: type[Warning] | None = ExperimentalWarning,
        stacklevel: int = 1,
    ) -> None:
        super().__init__(message, category=category, stacklevel=stacklevel)


__all__ = ["ExperimentalWarning", "experimental"]
