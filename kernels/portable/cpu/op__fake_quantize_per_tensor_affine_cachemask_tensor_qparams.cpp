// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>

namespace torch::executor::native {

/// Rounds to what a quantized tensor could hold, and says which elements were in its range.
std::tuple<Tensor&, Tensor&> _fake_quantize_per_tensor_affine_cachemask_tensor_qparams_out(
    KernelRuntimeContext& ctx, const Tensor& self, const Tensor& scale, const Tensor& zero_point,
    const Tensor& fake_quant_enabled, int64_t quant_min, int64_t quant_max, Tensor& out0,
    Tensor& out1) {
  std::tuple<Tensor&, Tensor&> result(out0, out1);
  ET_KERNEL_CHECK(ctx,
                  tensor_is_floating_type(self) && tensor_is_floating_type(scale) &&
                      tensor_is_realhbbf16_type(zero_point) &&
                      tensor_is_realhbbf16_type(fake_quant_enabled) &&
                      tensors_have_same_dtype(self, out0) && tensor_is_bool_type(out1),
                  InvalidArgument, result);
  ET_KERNEL_CHECK_MSG(
      ctx, scale.numel() == 1 && zero_point.numel() == 1 && fake_quant_enabled.numel() == 1,
      InvalidArgument, result,
      "scale, zero_point and fake_quant_enabled have %zd, %zd and %zd elements, expected 1",
      scale.numel(), zero_point.numel(), fake_quant_enabled.numel());
  ET_KERNEL_CHECK_MSG(ctx, quant_min <= quant_max, InvalidArgument, result,
                      "quant_min %lld is larger than quant_max %lld",
                      static_cast<long long>(quant_min), static_cast<long long>(quant_max));
  const auto load = [](const Tensor& tensor) {
    return utils::load_element<float>(tensor.const_data_ptr(), tensor.scalar_type(), 0);
  };
  const bool is_enabled = load(fake_quant_enabled) != 0;
  const float step = load(scale);
  const float inverse = 1 / step;
  const float zero = std::nearbyint(load(zero_point));
  const auto low = static_cast<float>(quant_min);
  const auto high = static_cast<float>(quant_max);
  utils::Operand operands[] = {self};
  // The mask first: the result may be written over its input.
  if (!utils::prepare_elementwise(ctx, operands, ScalarType::Float, ScalarType::Bool, out1)) {
    return result;
  }
  const auto quantize = [=](float x) { return zero + std::nearbyint(x * inverse); };
  utils::map_elements<bool, float>(operands, out1, [=](float x) {
    const float quantized = quantize(x);
    return !is_enabled || (quantized >= low && quantized <= high);
  });
  if (utils::prepare_elementwise(ctx, operands, ScalarType::Float, self.scalar_type(), out0)) {
    utils::map_elements<float, float>(operands, out0, [=](float x) {
      return is_enabled ? (std::fmin(std::fmax(quantize(x), low), high) - zero) * step : x;
    });
  }
  return result;
}

}  // namespace torch::executor::native
