# SPDX-License-Identifier: BSD-3-Clause
"""The operators that the backend takes."""

from executorch.backends.xnnpack.operators import elementwise, matrices, shapes, spatial
from executorch.backends.xnnpack.operators.registry import (
    Facts,
    Operator,
    known_operators,
    operator_of,
    overload_of,
    refusal,
)

__all__ = [
    "Facts",
    "Operator",
    "elementwise",
    "known_operators",
    "matrices",
    "operator_of",
    "overload_of",
    "refusal",
    "shapes",
    "spatial",
]
