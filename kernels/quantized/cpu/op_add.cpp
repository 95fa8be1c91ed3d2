// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <limits>

#include <executorch/kernels/quantized/cpu/util/quantization_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& quantized_add_out(KernelRuntimeContext& ctx, const Tensor& a, double a_scale,
                          int64_t a_zero_point, int64_t a_quant_min, int64_t a_quant_max,
                          const Tensor& b, double b_scale, int64_t b_zero_point,
                          int64_t b_quant_min, int64_t b_quant_max, double out_scale,
                          int64_t out_zero_point, int64_t out_quant_min, int64_t out_quant_max,
                          Tensor& out) {
  (void)a_quant_min;
  (void)a_quant_max;
  (void)b_quant_min;
  (void)b_quant_max;
  ET_KERNEL_CHECK(
      ctx, tensors_have_same_shape_and_dtype(a, b, out) && tensors_have_same_dim_order(a, b, out),
      InvalidArgument, out);
  const ScalarType type = out.scalar_type();
  ET_SWITCH_TWO_TYPES(Byte, Char, type, ctx, "quantized_decomposed::add.out", T, [&] {
    ET_KERNEL_CHECK_MSG(
        ctx,
        out_quant_min >= std::numeric_limits<T>::min() &&
            out_quant_max <= std::numeric_limits<T>::max() && out_quant_min <= out_quant_max,
        InvalidArgument, , "the range of the result is not within that of %s", toString(type));
    const auto scale_a = static_cast<float>(a_scale);
    const auto scale_b = static_cast<float>(b_scale);
    const auto inverse = static_cast<float>(1.0 / out_scale);
    const auto zero_a = static_cast<float>(a_zero_point);
    const auto zero_b = static_cast<float>(b_zero_point);
    const T* x = a.const_data_ptr<T>();
    const T* y = b.const_data_ptr<T>();
    T* to = out.mutable_data_ptr<T>();
    for (ssize_t i = 0; i < out.numel(); ++i) {
      const float sum = (static_cast<float>(x[i]) - zero_a) * scale_a +
                        (static_cast<float>(y[i]) - zero_b) * scale_b;
      to[i] = utils::round_and_clamp<T>(
          static_cast<double>(std::nearbyint(sum * inverse)) + static_cast<double>(out_zero_point),
          static_cast<double>(out_quant_min), static_cast<double>(out_quant_max));
    }
  });
  return out;
}

}  // namespace torch::executor::native
