// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include <executorch/kernels/quantized/cpu/util/quantization_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

namespace {

struct Range {
  float min = 0;
  float max = 0;
};

// Of the elements and zero. NaN where one of them is.
template <typename T>
Range range_of(const T* elements, size_t n) {
  Range range;
  for (size_t i = 0; i < n; ++i) {
    const auto x = static_cast<float>(elements[i]);
    if (std::isnan(x)) {
      return {x, x};
    }
    range.min = std::min(range.min, x);
    range.max = std::max(range.max, x);
  }
  return range;
}

bool store(KernelRuntimeContext& ctx, Tensor& tensor, size_t i, double value) {
  ET_SWITCH_REAL_TYPES(tensor.scalar_type(), ctx, "choose_qparams", T,
                       [&] { tensor.mutable_data_ptr<T>()[i] = static_cast<T>(value); });
  return ctx.failure_state() == Error::Ok;
}

// Within [min, max]; min for NaN.
double clamp(double value, double min, double max) {
  return value > min ? std::min(value, max) : min;
}

bool check_types(KernelRuntimeContext& ctx, const Tensor& input, const Tensor& scale_out,
                 const Tensor& zero_point_out) {
  ET_KERNEL_CHECK_MSG(ctx,
                      utils::FloatElements::supports(scale_out) &&
                          isIntegralType(zero_point_out.scalar_type(), false),
                      InvalidArgument, false,
                      "expected a scale of Float or Double and a zero point of an integer type, "
                      "got %s and %s",
                      toString(scale_out.scalar_type()), toString(zero_point_out.scalar_type()));
  ET_KERNEL_CHECK_MSG(ctx, isFloatingType(input.scalar_type()), InvalidArgument, false,
                      "the input has elements of %s", toString(input.scalar_type()));
  return true;
}

}  // namespace

std::tuple<Tensor&, Tensor&> choose_qparams_tensor_out(KernelRuntimeContext& ctx,
                                                       const Tensor& input, int64_t quant_min,
                                                       int64_t quant_max, double eps,
                                                       ScalarType dtype, Tensor& scale_out,
                                                       Tensor& zero_point_out) {
  (void)dtype;
  const std::tuple<Tensor&, Tensor&> out(scale_out, zero_point_out);
  ET_KERNEL_CHECK(ctx, check_types(ctx, input, scale_out, zero_point_out), InvalidArgument, out);
  ET_KERNEL_CHECK_MSG(ctx,
                      quant_min < quant_max && scale_out.numel() == 1 &&
                          zero_point_out.numel() == 1 && input.numel() > 0,
                      InvalidArgument, out,
                      "expected elements, one scale, one zero point and quant_min < quant_max");
  Range range;
  ET_SWITCH_FLOATHBF16_TYPES(input.scalar_type(), ctx, "choose_qparams.Tensor_out", T, [&] {
    range = range_of(input.const_data_ptr<T>(), static_cast<size_t>(input.numel()));
  });
  const float scale = std::max((range.max - range.min) / static_cast<float>(quant_max - quant_min),
                               static_cast<float>(eps));
  const auto min = static_cast<double>(quant_min);
  const double zero_point = clamp(min - static_cast<double>(std::nearbyint(range.min / scale)), min,
                                  static_cast<double>(quant_max));
  ET_KERNEL_CHECK(ctx,
                  store(ctx, scale_out, 0, static_cast<double>(scale)) &&
                      store(ctx, zero_point_out, 0, zero_point),
                  InvalidArgument, out);
  return out;
}

// Of int8, whatever dtype says.
std::tuple<Tensor&, Tensor&> choose_qparams_per_token_asymmetric_out(KernelRuntimeContext& ctx,
                                                                     const Tensor& input,
                                                                     ScalarType dtype,
                                                                     Tensor& scale_out,
                                                                     Tensor& zero_point_out) {
  (void)dtype;
  const std::tuple<Tensor&, Tensor&> out(scale_out, zero_point_out);
  ET_KERNEL_CHECK(ctx,
                  check_types(ctx, input, scale_out, zero_point_out) && input.dim() > 0 &&
                      tensor_is_default_dim_order(input),
                  InvalidArgument, out);
  SizesType sizes[kTensorDimensionLimit];
  std::copy_n(input.sizes().begin(), input.dim(), sizes);
  sizes[input.dim() - 1] = 1;
  const ArrayRef<SizesType> out_sizes(sizes, static_cast<size_t>(input.dim()));
  ET_KERNEL_CHECK(ctx,
                  resize_tensor(scale_out, out_sizes) == Error::Ok &&
                      resize_tensor(zero_point_out, out_sizes) == Error::Ok,
                  InvalidArgument, out);
  const utils::Channels rows = utils::rows_of(input);
  constexpr float kMin = -128;
  constexpr float kMax = 127;
  ET_SWITCH_FLOATHBF16_TYPES(
      input.scalar_type(), ctx, "choose_qparams_per_token_asymmetric.out", T, [&] {
        for (size_t i = 0; i < rows.count; ++i) {
          const Range range = range_of(input.const_data_ptr<T>() + i * rows.inner, rows.inner);
          const float scale = std::max((range.max - range.min) / (kMax - kMin),
                                       std::numeric_limits<float>::epsilon());
          const float from_min = range.min / scale;
          const float from_max = range.max / scale;
          // From the end of the range that is hit less exactly.
          const float zero_point =
              (kMin + from_min) + (kMax + from_max) > 0 ? kMin - from_min : kMax - from_max;
          const float clamped = zero_point > kMin ? std::min(zero_point, kMax) : kMin;
          if (!store(ctx, scale_out, i, static_cast<double>(scale)) ||
              !store(ctx, zero_point_out, i, static_cast<double>(std::nearbyint(clamped)))) {
            return;
          }
        }
      });
  return out;
}

}  // namespace torch::executor::native
