# SPDX-License-Identifier: BSD-3-Clause
"""The operators of `quantized_decomposed` beyond those of torch: importing this defines them."""

from executorch.kernels.quantized import _library as quantized_decomposed_lib

__all__ = ["quantized_decomposed_lib"]
