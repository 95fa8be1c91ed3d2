// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>
#include <executorch/kernels/portable/cpu/util/vector_math.h>

namespace torch::executor::native {

Tensor& gelu_out(KernelRuntimeContext& ctx, const Tensor& self, string_view approximate,
                 Tensor& out) {
  if (!utils::check_floating_point(ctx, self)) {
    return out;
  }
  if (approximate == "none") {
    return utils::map_to_float(ctx, self, out, [](auto x) {
      using T = decltype(x);
      return x * T(0.5) * (1 + utils::vector_math::erf(x * T(0.70710678118654752440)));
    });
  }
  ET_KERNEL_CHECK_MSG(ctx, approximate == "tanh", InvalidArgument, out,
                      "approximate is '%.*s', expected 'none' or 'tanh'",
                      static_cast<int>(approximate.size()), approximate.data());
  return utils::map_to_float(ctx, self, out, [](auto x) {
    using T = decltype(x);
    constexpr T kSqrtTwoOverPi = T(0.79788456080286535588);
    return x * T(0.5) *
           (1 + utils::vector_math::tanh(kSqrtTwoOverPi * (x + T(0.044715) * x * x * x)));
  });
}

}  // namespace torch::executor::native
