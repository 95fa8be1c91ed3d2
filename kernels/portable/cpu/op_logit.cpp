// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>
#include <executorch/kernels/portable/cpu/util/math_util.h>

namespace torch::executor::native {

/// log(x / (1 - x)); with eps, x is first clamped to [eps, 1 - eps].
Tensor& logit_out(KernelRuntimeContext& ctx, const Tensor& self, optional<double> eps,
                  Tensor& out) {
  return utils::map_to_float(ctx, self, out, [&](auto x) {
    using T = decltype(x);
    if (eps.has_value()) {
      const T low = static_cast<T>(*eps);
      x = x < low ? low : x > 1 - low ? 1 - low : x;
    }
    return std::log(x / (1 - x));
  });
}

}  // namespace torch::executor::native
