# SPDX-License-Identifier: BSD-3-Clause
"""Types of the values in a program."""

from executorch.exir.tensor import TensorSpec

ValueSpec = TensorSpec

__all__ = ["TensorSpec", "ValueSpec"]
