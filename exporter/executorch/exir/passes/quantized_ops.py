# SPDX-License-Identifier: BSD-3-Clause
"""The operators of `quantized_decomposed` by which quantized graphs are expressed."""

from __future__ import annotations

import torch
import torch.ao.quantization.fx._decomposed
from torch._ops import OpOverload

_ops = torch.ops.quantized_decomposed

QUANTIZE_OPS: frozenset[OpOverload] = frozenset(
    {
        _ops.quantize_per_tensor.default,
        _ops.quantize_per_tensor.tensor,
        _ops.quantize_per_channel.default,
    }
)
DEQUANTIZE_OPS: frozenset[OpOverload] = frozenset(
    {
        _ops.dequantize_per_tensor.default,
        _ops.dequantize_per_tensor.tensor,
        _ops.dequantize_per_channel.default,
    }
)
