# SPDX-License-Identifier: BSD-3-Clause
"""What can be selected of the backend's operators."""

from __future__ import annotations

from enum import Enum


class ConfigPrecisionType(Enum):
    """In which precision a node computes."""

    FP32 = 1
    STATIC_QUANT = 2
    DYNAMIC_QUANT = 3


class XNNPartitionerConfig:
    """An operator by the name of its overload, for `XnnpackPartitioner(configs=...)`."""

    target_name: str = ""
