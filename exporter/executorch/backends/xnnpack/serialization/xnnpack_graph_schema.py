# SPDX-License-Identifier: BSD-3-Clause
"""The graph of a delegate as plain data: one dataclass per table of `serialization/schema.fbs`.

Field order and annotations are the wire format (see `exir/flatbuffer_types.py`).
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated

from executorch.exir.flatbuffer_types import Float32, Int32, Scalar, Slot, UInt32, UInt64

INVALID_ID = 0xFFFFFFFF
EXTERNAL_INPUT = 1
EXTERNAL_OUTPUT = 2
UNKNOWN_DEBUG_HANDLE = 65535

# Flags of nodes.
TRANSPOSE_WEIGHTS = 0x1
ALIGN_CORNERS = 0x8
KEEP_DIMS = 0x40


class XNNDatatype(IntEnum):
    xnn_datatype_invalid = 0
    xnn_datatype_fp32 = 1
    xnn_datatype_fp16 = 2
    xnn_datatype_qint8 = 3
    xnn_datatype_quint8 = 4
    xnn_datatype_qint32 = 5
    xnn_datatype_qcint8 = 6
    xnn_datatype_qcint32 = 7
    xnn_datatype_qcint4 = 8
    xnn_datatype_qdint8 = 9
    xnn_datatype_qbint4 = 10
    xnn_datatype_qpint8 = 11
    xnn_datatype_int32 = 12
    xnn_datatype_pfp32 = 13
    xnn_datatype_bf16 = 14


Datatype = Annotated[XNNDatatype, Scalar("h")]


@dataclass
class PerChannelQuant:
    scale: list[Float32]
    channel_dim: Int32
    scale_buffer_idx: UInt32 = 0
    num_scales: UInt32 = 0


@dataclass
class PerTensorQuant:
    scale: Float32
    zero_point: Int32


@dataclass
class PerTokenDynamicQuant:
    num_nonbatch_dims: Int32


@dataclass
class PerChannelGroupQuant:
    scale: list[Float32]
    channel_dim: Int32
    group_size: Int32 = 0
    scale_buffer_idx: Annotated[int, Scalar("I"), Slot(4)] = 0
    num_scales: Annotated[int, Scalar("I"), Slot(5)] = 0


QuantParams = PerChannelQuant | PerTensorQuant | PerTokenDynamicQuant | PerChannelGroupQuant


@dataclass
class XNNTensorValue:
    datatype: Datatype
    num_dims: UInt32
    dims: list[UInt32]
    constant_buffer_idx: UInt32
    external_id: UInt32
    flags: UInt32
    id_out: UInt32


@dataclass
class XNNQuantizedTensorValue:
    tensor_value: XNNTensorValue
    quant_params: QuantParams


@dataclass
class XValue:
    xvalue_union: XNNTensorValue | XNNQuantizedTensorValue


@dataclass
class XNNNode1x1:
    input_id: UInt32
    output_id: UInt32
    flags: UInt32 = 0


@dataclass
class XNNNode2x1:
    input1_id: UInt32
    input2_id: UInt32
    output_id: UInt32
    flags: UInt32 = 0


@dataclass
class XNNNodeConv:
    padding_top: UInt32
    padding_right: UInt32
    padding_bottom: UInt32
    padding_left: UInt32
    kernel_height: UInt32
    kernel_width: UInt32
    subsampling_height: UInt32
    subsampling_width: UInt32
    dilation_height: UInt32
    dilation_width: UInt32
    group_input_channels: UInt32
    group_output_channels: UInt32
    groups: UInt32
    adjustment_height: UInt32
    adjustment_width: UInt32
    input1_id: UInt32
    filter_id: UInt32
    bias_id: UInt32
    output_id: UInt32
    flags: UInt32 = 0


@dataclass
class XNNPooling2D:
    padding_top: UInt32
    padding_right: UInt32
    padding_bottom: UInt32
    padding_left: UInt32
    pooling_height: UInt32
    pooling_width: UInt32
    stride_height: UInt32
    stride_width: UInt32
    dilation_height: UInt32
    dilation_width: UInt32
    input_id: UInt32
    output_id: UInt32
    flags: UInt32 = 0


@dataclass
class XNNCat:
    axis: UInt32
    input1_id: UInt32
    input2_id: UInt32
    input3_id: UInt32 = INVALID_ID
    input4_id: UInt32 = INVALID_ID
    output_id: UInt32 = INVALID_ID
    flags: UInt32 = 0
    input5_id: UInt32 = INVALID_ID


@dataclass
class XNNFullyConnected:
    input1_id: UInt32
    filter_id: UInt32
    bias_id: UInt32
    output_id: UInt32
    flags: UInt32 = 0


@dataclass
class XNNStaticTranspose:
    num_dims: UInt32
    perm: list[UInt32]
    input_id: UInt32
    output_id: UInt32
    flags: UInt32 = 0


@dataclass
class XNNStaticResizeBilinear2D:
    new_height: UInt32
    new_width: UInt32
    input_id: UInt32
    output_id: UInt32
    flags: UInt32 = 0


@dataclass
class XNNStaticConstantPad:
    pre_paddings: list[UInt32]
    post_paddings: list[UInt32]
    padding_value: Float32
    input_id: UInt32
    output_id: UInt32
    flags: UInt32 = 0


@dataclass
class XNNStaticReshape:
    num_dims: UInt32
    new_shape: list[UInt32]
    input_id: UInt32
    output_id: UInt32
    flags: UInt32 = 0


@dataclass
class XNNArgMaxPooling2d:
    padding_top: UInt32
    padding_right: UInt32
    padding_bottom: UInt32
    padding_left: UInt32
    pooling_height: UInt32
    pooling_width: UInt32
    input_id: UInt32
    output_value_id: UInt32
    output_index_id: UInt32
    flags: UInt32 = 0


@dataclass
class XNNLeakyReLU:
    negative_slope: Float32
    input_id: UInt32
    output_id: UInt32
    flags: UInt32 = 0


@dataclass
class XNNELU:
    alpha: Float32
    input_id: UInt32
    output_id: UInt32
    flags: UInt32 = 0


@dataclass
class XNNStaticSlice:
    num_dims: UInt32
    offsets: list[UInt32]
    sizes: list[UInt32]
    input_id: UInt32
    output_id: UInt32
    flags: UInt32 = 0


@dataclass
class XNNScaledDotProductAttention:
    query_id: UInt32
    key_id: UInt32
    value_id: UInt32
    scale_id: UInt32
    mask_id: UInt32
    output_id: UInt32
    flags: UInt32 = 0


class XNNAdd(XNNNode2x1):
    pass


class XNNSoftmax(XNNNode1x1):
    pass


class XNNSigmoid(XNNNode1x1):
    pass


class XNNClamp(XNNNode1x1):
    pass


class XNNConv2d(XNNNodeConv):
    pass


class XNNDiv(XNNNode2x1):
    pass


class XNNAvgPooling2d(XNNPooling2D):
    pass


class XNNMinimum(XNNNode2x1):
    pass


class XNNDepthwiseConv2d(XNNNodeConv):
    pass


class XNNMaxPooling2d(XNNPooling2D):
    pass


class XNNMultiply(XNNNode2x1):
    pass


class XNNSubtract(XNNNode2x1):
    pass


class XNNFloor(XNNNode1x1):
    pass


class XNNConvert(XNNNode1x1):
    pass


class XNNGlobalAvgPooling2d(XNNNode1x1):
    pass


class XNNSquareRoot(XNNNode1x1):
    pass


class XNNCeiling(XNNNode1x1):
    pass


class XNNHardswish(XNNNode1x1):
    pass


class XNNMaximum(XNNNode2x1):
    pass


class XNNNegate(XNNNode1x1):
    pass


class XNNSquare(XNNNode1x1):
    pass


class XNNAbs(XNNNode1x1):
    pass


class XNNPReLU(XNNNode2x1):
    pass


class XNNConcatenate2(XNNCat):
    pass


class XNNConcatenate3(XNNCat):
    pass


class XNNConcatenate4(XNNCat):
    pass


class XNNBatchMatrixMultiply(XNNNode2x1):
    pass


class XNNConcatenate5(XNNCat):
    pass


class XNNConvTranspose2d(XNNNodeConv):
    pass


class XNNReciprocalSquareRoot(XNNNode1x1):
    pass


class XNNLog(XNNNode1x1):
    pass


class XNNGelu(XNNNode1x1):
    pass


class XNNTanh(XNNNode1x1):
    pass


class XNNExp(XNNNode1x1):
    pass


class XNNSin(XNNNode1x1):
    pass


class XNNCopy(XNNNode1x1):
    pass


class XNNCos(XNNNode1x1):
    pass


# In the order of the file's numbers.
XNodeUnion = (
    XNNAdd
    | XNNFullyConnected
    | XNNSoftmax
    | XNNSigmoid
    | XNNStaticTranspose
    | XNNClamp
    | XNNConv2d
    | XNNDiv
    | XNNStaticResizeBilinear2D
    | XNNStaticConstantPad
    | XNNAvgPooling2d
    | XNNMinimum
    | XNNDepthwiseConv2d
    | XNNMaxPooling2d
    | XNNMultiply
    | XNNSubtract
    | XNNFloor
    | XNNConvert
    | XNNGlobalAvgPooling2d
    | XNNStaticReshape
    | XNNArgMaxPooling2d
    | XNNSquareRoot
    | XNNCeiling
    | XNNHardswish
    | XNNLeakyReLU
    | XNNMaximum
    | XNNNegate
    | XNNSquare
    | XNNELU
    | XNNAbs
    | XNNPReLU
    | XNNConcatenate2
    | XNNConcatenate3
    | XNNConcatenate4
    | XNNStaticSlice
    | XNNScaledDotProductAttention
    | XNNBatchMatrixMultiply
    | XNNConcatenate5
    | XNNConvTranspose2d
    | XNNReciprocalSquareRoot
    | XNNLog
    | XNNGelu
    | XNNTanh
    | XNNExp
    | XNNSin
    | XNNCopy
    | XNNCos
)


@dataclass
class OutputMinMax:
    output_min: Float32
    output_max: Float32


@dataclass
class XNode:
    xnode_union: XNodeUnion
    debug_handle: UInt32 = UNKNOWN_DEBUG_HANDLE
    output_min_max: OutputMinMax | None = None


@dataclass
class Buffer:
    storage: bytes


@dataclass
class ConstantDataOffset:
    """`named_key` is None for data in the payload itself."""

    offset: UInt64
    size: UInt64
    named_key: str | None = None


@dataclass
class XNNGraph:
    version: str
    xnodes: list[XNode]
    xvalues: list[XValue]
    num_externs: UInt32
    input_ids: list[UInt32]
    output_ids: list[UInt32]
    constant_data: Annotated[list[ConstantDataOffset], Slot(8)] = field(default_factory=list)
