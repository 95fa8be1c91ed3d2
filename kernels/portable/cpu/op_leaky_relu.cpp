// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>
#include <executorch/kernels/portable/cpu/util/math_util.h>

namespace torch::executor::native {

Tensor& leaky_relu_out(KernelRuntimeContext& ctx, const Tensor& self, const Scalar& negative_slope,
                       Tensor& out) {
  if (!utils::check_floating_point(ctx, self)) {
    return out;
  }
  const double slope = negative_slope.to<double>();
  return utils::map_to_float(ctx, self, out, [slope](auto x) {
    return utils::blend(x > 0, x, x * static_cast<decltype(x)>(slope));
  });
}

}  // namespace torch::executor::native
