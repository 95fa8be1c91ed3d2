# SPDX-License-Identifier: BSD-3-Clause
"""Matrix products and convolutions."""

from executorch.backends.xnnpack.partition.config.xnnpack_config import XNNPartitionerConfig


class LinearConfig(XNNPartitionerConfig):
    target_name = "linear.default"


class ConvolutionConfig(XNNPartitionerConfig):
    target_name = "convolution.default"


class AddmmConfig(XNNPartitionerConfig):
    target_name = "addmm.default"


class MMConfig(XNNPartitionerConfig):
    target_name = "mm.default"
