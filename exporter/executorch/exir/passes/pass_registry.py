# SPDX-License-Identifier: BSD-3-Clause
"""Passes by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from executorch.exir.error import ExportError, ExportErrorType
from executorch.exir.pass_base import PassType


class PassRegistry:
    """Lists of passes that are looked up by name."""

    registry: ClassVar[dict[str, list[PassType]]] = {}

    @classmethod
    def register(cls, pass_name: str | None = None) -> Callable[[Any], Any]:
        """Decorator: registers a function or class under `pass_name`, by default its own name."""

        def add(one_pass: Any) -> Any:
            cls.registry[pass_name or one_pass.__name__] = [one_pass]
            return one_pass

        return add

    @classmethod
    def register_list(cls, pass_name: str, pass_list: list[PassType]) -> None:
        """Registers several passes under one name."""
        cls.registry[pass_name] = list(pass_list)

    @classmethod
    def get(cls, key: str) -> list[PassType]:
        """The passes of that name; ExportError if there are none."""
        if key not in cls.registry:
            known = ", ".join(sorted(cls.registry)) or "none"
            raise ExportError(
                ExportErrorType.NOT_SUPPORTED, f"no pass is named {key}; there are: {known}"
            )
        return cls.registry[key]
