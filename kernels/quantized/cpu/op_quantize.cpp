// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/quantized/cpu/util/quantization_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& quantize_per_tensor_out(KernelRuntimeContext& ctx, const Tensor& input, double scale,
                                int64_t zero_point, int64_t quant_min, int64_t quant_max,
                                ScalarType dtype, Tensor& out) {
  ET_KERNEL_CHECK(
      ctx, utils::check_quantized_type(ctx, out, dtype) && utils::resize_like(ctx, input, out),
      InvalidArgument, out);
  utils::quantize(ctx, input, utils::whole_tensor(input), utils::FloatElements(scale),
                  utils::ZeroPoints(zero_point), quant_min, quant_max, utils::Rounding::Ratio, out);
  return out;
}

Tensor& quantize_per_tensor_tensor_args_out(KernelRuntimeContext& ctx, const Tensor& input,
                                            const Tensor& scale, const Tensor& zero_point,
                                            int64_t quant_min, int64_t quant_max, ScalarType dtype,
                                            Tensor& out) {
  ET_KERNEL_CHECK(ctx,
                  utils::check_quantized_type(ctx, out, dtype) &&
                      utils::check_qparams(ctx, scale, zero_point, 1) &&
                      utils::resize_like(ctx, input, out),
                  InvalidArgument, out);
  utils::quantize(ctx, input, utils::whole_tensor(input), utils::FloatElements(scale),
                  utils::ZeroPoints(std::optional<Tensor>(zero_point)), quant_min, quant_max,
                  utils::Rounding::Ratio, out);
  return out;
}

Tensor& quantize_per_channel_out(KernelRuntimeContext& ctx, const Tensor& input,
                                 const Tensor& scales, const Tensor& zero_points, int64_t axis,
                                 int64_t quant_min, int64_t quant_max, ScalarType dtype,
                                 Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensor_has_dim(input, axis), InvalidArgument, out);
  const auto dim = static_cast<size_t>(ET_NORMALIZE_IX(axis, static_cast<int64_t>(input.dim())));
  const utils::Channels channels = utils::channels_of(input, dim);
  ET_KERNEL_CHECK(ctx,
                  utils::check_quantized_type(ctx, out, dtype) &&
                      utils::check_qparams(ctx, scales, zero_points, channels.count) &&
                      utils::resize_like(ctx, input, out),
                  InvalidArgument, out);
  utils::quantize(ctx, input, channels, utils::FloatElements(scales),
                  utils::ZeroPoints(std::optional<Tensor>(zero_points)), quant_min, quant_max,
                  utils::Rounding::Ratio, out);
  return out;
}

Tensor& quantize_per_token_out(KernelRuntimeContext& ctx, const Tensor& input, const Tensor& scales,
                               const Tensor& zero_points, int64_t quant_min, int64_t quant_max,
                               ScalarType dtype, Tensor& out) {
  const utils::Channels rows = utils::rows_of(input);
  ET_KERNEL_CHECK(ctx,
                  tensor_is_default_dim_order(input) &&
                      utils::check_quantized_type(ctx, out, dtype) &&
                      utils::check_qparams(ctx, scales, zero_points, rows.count) &&
                      utils::resize_like(ctx, input, out),
                  InvalidArgument, out);
  utils::quantize(ctx, input, rows, utils::FloatElements(scales),
                  utils::ZeroPoints(std::optional<Tensor>(zero_points)), quant_min, quant_max,
                  scales.scalar_type() == ScalarType::Double ? utils::Rounding::SumInDouble
                                                             : utils::Rounding::SumInFloat,
                  out);
  return out;
}

}  // namespace torch::executor::native
