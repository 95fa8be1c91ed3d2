# SPDX-License-Identifier: BSD-3-Clause
"""Operators that are one node of the backend."""

from executorch.backends.xnnpack.partition.config.xnnpack_config import XNNPartitionerConfig


class QuantizedPerTensorConfig(XNNPartitionerConfig):
    target_name = "quantize_per_tensor.default"


class DeQuantizedPerTensorConfig(XNNPartitionerConfig):
    target_name = "dequantize_per_tensor.default"


class HardtanhConfig(XNNPartitionerConfig):
    target_name = "hardtanh.default"


class AddConfig(XNNPartitionerConfig):
    target_name = "add.Tensor"


class ReLUConfig(XNNPartitionerConfig):
    target_name = "relu.default"


class AbsConfig(XNNPartitionerConfig):
    target_name = "abs.default"


class AvgPoolingConfig(XNNPartitionerConfig):
    target_name = "avg_pool2d.default"


class CatConfig(XNNPartitionerConfig):
    target_name = "cat.default"


class CeilConfig(XNNPartitionerConfig):
    target_name = "ceil.default"


class CloneConfig(XNNPartitionerConfig):
    target_name = "clone.default"


class ClampConfig(XNNPartitionerConfig):
    target_name = "clamp.default"


class DivConfig(XNNPartitionerConfig):
    target_name = "div.Tensor"


class EluConfig(XNNPartitionerConfig):
    target_name = "elu.default"


class SoftmaxConfig(XNNPartitionerConfig):
    target_name = "_softmax.default"


class PermuteConfig(XNNPartitionerConfig):
    target_name = "permute_copy.default"


class SigmoidConfig(XNNPartitionerConfig):
    target_name = "sigmoid.default"


class MulConfig(XNNPartitionerConfig):
    target_name = "mul.Tensor"


class MaximumConfig(XNNPartitionerConfig):
    target_name = "maximum.default"


class MaxPool2dConfig(XNNPartitionerConfig):
    target_name = "max_pool2d.default"


class UpsampleBilinear2dConfig(XNNPartitionerConfig):
    target_name = "upsample_bilinear2d.vec"


class ExpConfig(XNNPartitionerConfig):
    target_name = "exp.default"


class ViewCopyConfig(XNNPartitionerConfig):
    target_name = "view_copy.default"


class FloorConfig(XNNPartitionerConfig):
    target_name = "floor.default"


class GeluConfig(XNNPartitionerConfig):
    target_name = "gelu.default"


class HardswishConfig(XNNPartitionerConfig):
    target_name = "hardswish.default"


class LeakyReLUConfig(XNNPartitionerConfig):
    target_name = "leaky_relu.default"


class LogConfig(XNNPartitionerConfig):
    target_name = "log.default"


class TanhConfig(XNNPartitionerConfig):
    target_name = "tanh.default"


class ToDimOrderCopyConfig(XNNPartitionerConfig):
    target_name = "_to_dim_order_copy.default"


class MeanDimConfig(XNNPartitionerConfig):
    target_name = "mean.dim"


class MinimumConfig(XNNPartitionerConfig):
    target_name = "minimum.default"


class NegConfig(XNNPartitionerConfig):
    target_name = "neg.default"


class PowConfig(XNNPartitionerConfig):
    target_name = "pow.Tensor_Scalar"


class SliceCopyConfig(XNNPartitionerConfig):
    target_name = "slice_copy.Tensor"


class SquareRootConfig(XNNPartitionerConfig):
    target_name = "sqrt.default"


class ReciprocalSquareRootConfig(XNNPartitionerConfig):
    target_name = "rsqrt.default"


class ConstantPadConfig(XNNPartitionerConfig):
    target_name = "constant_pad_nd.default"


class SubConfig(XNNPartitionerConfig):
    target_name = "sub.Tensor"


class BMMConfig(XNNPartitionerConfig):
    target_name = "bmm.default"


class SinConfig(XNNPartitionerConfig):
    target_name = "sin.default"


class CloneDimOrderConfig(XNNPartitionerConfig):
    target_name = "_clone_dim_order.default"


class CosConfig(XNNPartitionerConfig):
    target_name = "cos.default"


class UnsqueezeCopyConfig(XNNPartitionerConfig):
    target_name = "unsqueeze_copy.default"
