# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd

from executorch.devtools.inspector._inspector_utils import DebugHandle, find_op_names

if TYPE_CHECKING:
    from executorch.devtools.inspector._inspector import Inspector

Mapping: TypeAlias = dict[tuple[DebugHandle, Any], tuple[DebugHandle, Any]]
"""From debug handle and value of the model to those of the program."""


class NumericalComparatorBase(ABC):
    """Compares values. `element_compare` is what a subclass defines."""

    def __init__(self, inspector: Inspector | None = None) -> None:
        self.inspector = inspector

    def preprocessing(self, mapping: Mapping) -> Mapping:
        """What is compared: a subclass may change or drop values."""
        return mapping

    @abstractmethod
    def element_compare(self, a: Any, b: Any) -> float:
        """The distance of the program's value `b` from the model's value `a`."""

    def _compare_intermediate_outputs(self, a: Any, b: Any) -> list[float]:
        a_is_sequence = isinstance(a, Sequence) and not isinstance(a, str)
        if a_is_sequence != (isinstance(b, Sequence) and not isinstance(b, str)):
            raise ValueError(f"Both inputs must be sequences, or none: got {type(a)}, {type(b)}")
        if not a_is_sequence:
            return [self.element_compare(a, b)]
        if len(a) != len(b):
            raise ValueError(f"Sequences of {len(a)} and {len(b)} values can't be compared")
        return [self.element_compare(x, y) for x, y in zip(a, b)]

    def compare(
        self,
        mapping: Mapping,
        aot_debug_handle_to_op_names: dict[DebugHandle, list[str]],
        runtime_debug_handle_to_op_names: dict[DebugHandle, list[str]],
    ) -> pd.DataFrame:
        """A row for each pair: handles, operators and values of both sides, and the distances."""
        rows = [
            {
                "aot_debug_handle": aot_handle,
                "aot_ops": find_op_names(aot_handle, aot_debug_handle_to_op_names),
                "aot_intermediate_output": aot_value,
                "runtime_ops": find_op_names(runtime_handle, runtime_debug_handle_to_op_names),
                "runtime_debug_handle": runtime_handle,
                "runtime_intermediate_output": runtime_value,
                "gap": self._compare_intermediate_outputs(aot_value, runtime_value),
            }
            for (aot_handle, aot_value), (runtime_handle, runtime_value) in self.preprocessing(
                mapping
            ).items()
        ]
        return pd.DataFrame(rows)
