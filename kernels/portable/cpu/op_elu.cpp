// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

Tensor& elu_out(KernelRuntimeContext& ctx, const Tensor& self, const Scalar& alpha,
                const Scalar& scale, const Scalar& input_scale, Tensor& out) {
  if (!utils::check_floating_point(ctx, self)) {
    return out;
  }
  const double positive = scale.to<double>();
  const double negative = alpha.to<double>() * positive;
  const double exponent = input_scale.to<double>();
  return utils::map_to_float(ctx, self, out, [=](auto x) {
    using T = decltype(x);
    return x > 0 ? x * static_cast<T>(positive)
                 : std::expm1(x * static_cast<T>(exponent)) * static_cast<T>(negative);
  });
}

}  // namespace torch::executor::native
