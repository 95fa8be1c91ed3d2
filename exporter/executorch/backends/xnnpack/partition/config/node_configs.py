# SPDX-License-Identifier: BSD-3-Clause
"""Operators that are not simply one node."""

from executorch.backends.xnnpack.partition.config.xnnpack_config import XNNPartitionerConfig


class BatchNormConfig(XNNPartitionerConfig):
    target_name = "_native_batch_norm_legit_no_training.default"


class MaxDimConfig(XNNPartitionerConfig):
    target_name = "max.dim"


class PreluConfig(XNNPartitionerConfig):
    target_name = "prelu.default"
