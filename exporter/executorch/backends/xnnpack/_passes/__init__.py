# SPDX-License-Identifier: BSD-3-Clause
"""Passes over programs that are lowered to XNNPACK."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from torch.export import ExportedProgram

from executorch.exir.pass_manager import ExportedProgramPassManager

Pass = Callable[..., Any]


class XNNPACKPassManager:
    """Applies passes to a copy of a program.

    passes: classes, in order. What asks for an `exported_program` when it is made is given it.
    """

    def __init__(
        self, exported_program: ExportedProgram, passes: Sequence[Pass] | None = None
    ) -> None:
        self._exported_program = exported_program
        self.passes: list[Pass] = list(passes or ())

    @property
    def exported_program(self) -> ExportedProgram:
        return self._exported_program

    def transform(self) -> ExportedProgram:
        """The program after all passes."""
        program = self._exported_program
        for item in self.passes:
            instance: Any = item
            if inspect.isclass(item):
                make: Callable[..., Any] = item
                wants_program = "exported_program" in inspect.signature(make).parameters
                instance = make(program) if wants_program else make()
            program = ExportedProgramPassManager([instance])(program).exported_program
        return program
