// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

Tensor& softplus_out(KernelRuntimeContext& ctx, const Tensor& self, const Scalar& beta,
                     const Scalar& threshold, Tensor& out) {
  if (!utils::check_floating_point(ctx, self)) {
    return out;
  }
  const double factor = beta.to<double>();
  const double limit = threshold.to<double>();
  return utils::map_to_float(ctx, self, out, [=](auto x) {
    using T = decltype(x);
    const T scaled = x * static_cast<T>(factor);
    return scaled > static_cast<T>(limit) ? x
                                          : std::log1p(std::exp(scaled)) / static_cast<T>(factor);
  });
}

}  // namespace torch::executor::native
