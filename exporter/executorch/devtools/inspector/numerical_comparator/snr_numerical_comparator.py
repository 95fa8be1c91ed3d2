# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from typing import Any

import torch

from executorch.devtools.inspector._inspector_utils import convert_to_float_tensor
from executorch.devtools.inspector.numerical_comparator.numerical_comparator_base import (
    NumericalComparatorBase,
)


class SNRComparator(NumericalComparatorBase):
    """The ratio of signal to noise in decibels; infinite if there is no noise."""

    def element_compare(self, a: Any, b: Any) -> float:
        a = convert_to_float_tensor(a)
        b = convert_to_float_tensor(b)
        return (10 * torch.log10(torch.mean(a**2) / torch.mean((a - b) ** 2))).item()
