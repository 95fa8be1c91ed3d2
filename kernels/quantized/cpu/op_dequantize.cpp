// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/quantized/cpu/util/quantization_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

namespace {

bool check_out_type(KernelRuntimeContext& ctx, std::optional<ScalarType> dtype, const Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, !dtype || out.scalar_type() == *dtype, InvalidArgument, false,
                      "out has elements of %s, but its type is to be %s",
                      toString(out.scalar_type()), toString(*dtype));
  return true;
}

}  // namespace

Tensor& dequantize_per_tensor_out(KernelRuntimeContext& ctx, const Tensor& input, double scale,
                                  int64_t zero_point, int64_t quant_min, int64_t quant_max,
                                  ScalarType dtype, std::optional<ScalarType> out_dtype,
                                  Tensor& out) {
  (void)quant_min;
  (void)quant_max;
  ET_KERNEL_CHECK(ctx,
                  utils::check_quantized_type(ctx, input, dtype) &&
                      check_out_type(ctx, out_dtype, out) && utils::resize_like(ctx, input, out),
                  InvalidArgument, out);
  utils::dequantize(ctx, input, utils::whole_tensor(input), utils::FloatElements(scale),
                    utils::ZeroPoints(zero_point), false, out);
  return out;
}

Tensor& dequantize_per_tensor_tensor_args_out(KernelRuntimeContext& ctx, const Tensor& input,
                                              const Tensor& scale, const Tensor& zero_point,
                                              int64_t quant_min, int64_t quant_max,
                                              ScalarType dtype, std::optional<ScalarType> out_dtype,
                                              Tensor& out) {
  (void)quant_min;
  (void)quant_max;
  ET_KERNEL_CHECK(ctx,
                  utils::check_quantized_type(ctx, input, dtype) &&
                      utils::check_qparams(ctx, scale, zero_point, 1) &&
                      check_out_type(ctx, out_dtype, out) && utils::resize_like(ctx, input, out),
                  InvalidArgument, out);
  utils::dequantize(ctx, input, utils::whole_tensor(input), utils::FloatElements(scale),
                    utils::ZeroPoints(std::optional<Tensor>(zero_point)), false, out);
  return out;
}

Tensor& dequantize_per_channel_out(KernelRuntimeContext& ctx, const Tensor& input,
                                   const Tensor& scales, const std::optional<Tensor>& zero_points,
                                   int64_t axis, int64_t quant_min, int64_t quant_max,
                                   ScalarType dtype, std::optional<ScalarType> out_dtype,
                                   Tensor& out) {
  (void)quant_min;
  (void)quant_max;
  ET_KERNEL_CHECK(ctx, tensor_has_dim(input, axis), InvalidArgument, out);
  const auto dim = static_cast<size_t>(ET_NORMALIZE_IX(axis, static_cast<int64_t>(input.dim())));
  const utils::Channels channels = utils::channels_of(input, dim);
  ET_KERNEL_CHECK(ctx,
                  utils::check_quantized_type(ctx, input, dtype) &&
                      utils::check_qparams(ctx, scales, zero_points, channels.count) &&
                      check_out_type(ctx, out_dtype, out) && utils::resize_like(ctx, input, out),
                  InvalidArgument, out);
  utils::dequantize(ctx, input, channels, utils::FloatElements(scales),
                    utils::ZeroPoints(zero_points), scales.scalar_type() == ScalarType::Double,
                    out);
  return out;
}

Tensor& dequantize_per_token_out(KernelRuntimeContext& ctx, const Tensor& input,
                                 const Tensor& scales, const Tensor& zero_points, int64_t quant_min,
                                 int64_t quant_max, ScalarType dtype, ScalarType output_dtype,
                                 Tensor& out) {
  (void)quant_min;
  (void)quant_max;
  const utils::Channels rows = utils::rows_of(input);
  ET_KERNEL_CHECK(ctx,
                  tensor_is_default_dim_order(input) &&
                      utils::check_quantized_type(ctx, input, dtype) &&
                      utils::check_qparams(ctx, scales, zero_points, rows.count) &&
                      check_out_type(ctx, output_dtype, out) && utils::resize_like(ctx, input, out),
                  InvalidArgument, out);
  utils::dequantize(ctx, input, rows, utils::FloatElements(scales),
                    utils::ZeroPoints(std::optional<Tensor>(zero_points)),
                    scales.scalar_type() == ScalarType::Double, out);
  return out;
}

}  // namespace torch::executor::native
