// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/quantized/cpu/util/embedding_util.h>

namespace torch::executor::native {

Tensor& quantized_embedding_byte_out(KernelRuntimeContext& ctx, const Tensor& weight,
                                     const Tensor& weight_scales,
                                     const std::optional<Tensor>& weight_zero_points,
                                     int64_t weight_quant_min, int64_t weight_quant_max,
                                     const Tensor& indices, Tensor& out) {
  utils::quantized_embedding(ctx, weight, weight_scales, weight_zero_points, weight_quant_min,
                             weight_quant_max, indices, std::nullopt, 8, out);
  return out;
}

Tensor& quantized_embedding_byte_dtype_out(KernelRuntimeContext& ctx, const Tensor& weight,
                                           const Tensor& weight_scales,
                                           const std::optional<Tensor>& weight_zero_points,
                                           int64_t weight_quant_min, int64_t weight_quant_max,
                                           const Tensor& indices, std::optional<ScalarType> dtype,
                                           Tensor& out) {
  utils::quantized_embedding(ctx, weight, weight_scales, weight_zero_points, weight_quant_min,
                             weight_quant_max, indices, dtype, 8, out);
  return out;
}

}  // namespace torch::executor::native
