# SPDX-License-Identifier: BSD-3-Clause
"""Which operators an application calls, and with which tensors: `selected_operators.yaml`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from executorch.exir.scalar_type import ScalarType

DEFAULT_KEY = "default"
"""Stands for any tensors."""
KEY_VERSION = "v1"


def key_dtypes(key: str) -> set[ScalarType]:
    """The element types in a kernel key such as `v1/6;0,1|6;0,1`. ValueError if it is none."""
    version, _, tensors = key.partition("/")
    try:
        if version != KEY_VERSION:
            raise ValueError
        return {ScalarType(int(t.partition(";")[0])) for t in tensors.split("|") if t}
    except ValueError:
        raise ValueError(f"{key!r} is not a kernel key like 'v1/6;0,1|6;0,1'") from None


@dataclass
class Selection:
    """Operators, by full name such as `aten::add.out`.

    keys: of each operator, the kernel keys of its calls, or `DEFAULT_KEY` for any.
    origins: of each operator, what asked for it.
    include_all: every operator, whatever is listed.
    """

    keys: dict[str, set[str]] = field(default_factory=dict)
    origins: dict[str, list[str]] = field(default_factory=dict)
    include_all: bool = False

    def add(self, operator: str, keys: Iterable[str], origin: str) -> None:
        self.keys.setdefault(operator, set()).update(keys)
        origins = self.origins.setdefault(operator, [])
        if origin not in origins:
            origins.append(origin)

    def update(self, other: Selection) -> None:
        self.include_all |= other.include_all
        for operator, keys in other.keys.items():
            for origin in other.origins[operator]:
                self.add(operator, keys, origin)

    def __contains__(self, operator: str) -> bool:
        return self.include_all or operator in self.keys

    def dtypes(self, operator: str) -> set[ScalarType] | None:
        """Element types of the operator's tensors; None for any."""
        keys = self.keys.get(operator, set())
        if self.include_all or not keys or DEFAULT_KEY in keys:
            return None
        # A call without tensors says nothing about the types that the kernel computes.
        return set().union(*map(key_dtypes, keys)) or None

    def to_yaml(self) -> str:
        operators = {
            operator: {
                "debug_info": self.origins[operator],
                "include_all_overloads": False,
                "is_root_operator": True,
                "is_used_for_training": True,
            }
            for operator in sorted(self.keys)
        }
        return yaml.safe_dump(
            {
                "build_features": [],
                "custom_classes": [],
                "et_kernel_metadata": {op: sorted(self.keys[op]) for op in sorted(self.keys)},
                "include_all_non_op_selectives": False,
                "include_all_operators": self.include_all,
                "kernel_metadata": {},
                "operators": operators,
            },
            default_flow_style=False,
        )

    @classmethod
    def from_yaml(cls, path: str | Path) -> Selection:
        """Reads what `to_yaml` or PyTorch's SelectiveBuilder wrote. ValueError if it can't."""
        content: Any = yaml.safe_load(Path(path).read_text()) or {}
        if not isinstance(content, dict):
            raise ValueError(f"{path}: expected a mapping")
        selection = cls(include_all=bool(content.get("include_all_operators")))
        metadata = content.get("et_kernel_metadata") or {}
        operators = content.get("operators") or {}
        for operator in {**operators, **metadata}:
            origins = (operators.get(operator) or {}).get("debug_info") or [str(path)]
            for origin in origins:
                selection.add(operator, metadata.get(operator) or [DEFAULT_KEY], origin)
        return selection
