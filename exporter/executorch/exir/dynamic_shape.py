# SPDX-License-Identifier: BSD-3-Clause
"""How memory is planned for tensors whose shape varies."""

from enum import Enum


class DynamicMemoryPlanningMode(Enum):
    UPPER_BOUND = 0
    """Reserve space for the largest shape."""
    SYMBOLIC = 1
    """Accepted; the same as UPPER_BOUND."""
