# SPDX-License-Identifier: BSD-3-Clause
"""The arguments of an operator, as far as an emitter needs to know them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True)
class Parameter:
    """One argument.

    kind: its type: "Tensor", "int", "List[float]", "ScalarType", ...; without Optional, except for
        "Optional[Tensor]", because None is written differently for a tensor that isn't optional.
    length: of a list for which a single element may be given instead; else None.
    default: value if it is not given.
    is_out: the operator writes its result to it.
    """

    name: str
    kind: str
    length: int | None
    default: Any
    is_out: bool

    @property
    def is_list(self) -> bool:
        return self.kind.startswith("List[")

    @property
    def item_kind(self) -> str:
        """Type of the elements of a list."""
        return self.kind[len("List[") : -1]


def parameters(schema: torch.FunctionSchema) -> list[Parameter]:
    """The arguments in schema order."""
    return [
        Parameter(
            name=argument.name,
            kind=re.sub(r"^Optional\[(?!Tensor\])(.*)\]$", r"\1", str(argument.real_type)),
            length=argument.N,  # type: ignore[attr-defined]
            default=argument.default_value if argument.has_default_value() else None,
            is_out=argument.kwarg_only
            and argument.alias_info is not None
            and argument.alias_info.is_write,
        )
        for argument in schema.arguments
    ]
