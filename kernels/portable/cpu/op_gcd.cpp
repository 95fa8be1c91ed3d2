// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>
#include <executorch/kernels/portable/cpu/util/math_util.h>

namespace torch::executor::native {

Tensor& gcd_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& other, Tensor& out) {
  return utils::map_integers(ctx, self, other, out, [](int64_t a, int64_t b) {
    return utils::greatest_common_divisor(a, b);
  });
}

}  // namespace torch::executor::native
