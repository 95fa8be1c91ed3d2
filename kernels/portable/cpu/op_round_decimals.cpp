// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

Tensor& round_decimals_out(KernelRuntimeContext& ctx, const Tensor& self, int64_t decimals,
                           Tensor& out) {
  const double scale = std::pow(10.0, static_cast<double>(decimals < 0 ? -decimals : decimals));
  return utils::map_floats(ctx, self, out, [=](auto x) {
    using T = decltype(x);
    const auto factor = static_cast<T>(scale);
    if (decimals == 0) {
      return std::nearbyint(x);
    }
    return decimals < 0 ? std::nearbyint(x / factor) * factor : std::nearbyint(x * factor) / factor;
  });
}

}  // namespace torch::executor::native
