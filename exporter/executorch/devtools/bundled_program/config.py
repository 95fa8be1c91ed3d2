# SPDX-License-Identifier: BSD-3-Clause
"""Test cases as users write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, get_args

import torch
from torch.utils._pytree import tree_flatten

ConfigValue: TypeAlias = torch.Tensor | int | bool | float
"""What a test case may hold."""

DataContainer: TypeAlias = list | tuple | dict

MethodInputType: TypeAlias = Sequence[ConfigValue]
MethodOutputType: TypeAlias = Sequence[torch.Tensor]


class MethodTestCase:
    """Inputs for one call of a method, and the outputs that it has to give.

    Attributes:
        inputs: The flattened inputs: tensors, integers, bools and floats.
        expected_outputs: The flattened outputs; empty if they are not to be checked.
    """

    def __init__(
        self, inputs: MethodInputType, expected_outputs: MethodOutputType | None = None
    ) -> None:
        """inputs, expected_outputs: may be nested. AssertionError if a leaf is of another kind."""
        self.inputs: list[ConfigValue] = self._flatten_and_sanity_check(inputs)
        self.expected_outputs: list[ConfigValue] = (
            [] if expected_outputs is None else self._flatten_and_sanity_check(expected_outputs)
        )

    def _flatten_and_sanity_check(self, unflatten_data: Any) -> list[ConfigValue]:
        leaves, _ = tree_flatten(unflatten_data)
        for leaf in leaves:
            assert isinstance(leaf, get_args(ConfigValue)), (
                f"The type of input {leaf} with type {type(leaf)} is not supported."
            )
        return leaves


@dataclass
class MethodTestSuite:
    """All test cases of one method."""

    method_name: str
    test_cases: Sequence[MethodTestCase]
