# SPDX-License-Identifier: BSD-3-Clause
"""How far the values that a program computed are from those of the model."""

from executorch.devtools.inspector.numerical_comparator.l1_numerical_comparator import (
    L1Comparator,
)
from executorch.devtools.inspector.numerical_comparator.mse_numerical_comparator import (
    MSEComparator,
)
from executorch.devtools.inspector.numerical_comparator.numerical_comparator_base import (
    NumericalComparatorBase,
)
from executorch.devtools.inspector.numerical_comparator.snr_numerical_comparator import (
    SNRComparator,
)

__all__ = ["L1Comparator", "MSEComparator", "NumericalComparatorBase", "SNRComparator"]
