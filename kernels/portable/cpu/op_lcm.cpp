// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>
#include <executorch/kernels/portable/cpu/util/math_util.h>

namespace torch::executor::native {

Tensor& lcm_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& other, Tensor& out) {
  return utils::map_integers(ctx, self, other, out, [](int64_t a, int64_t b) {
    const int64_t divisor = utils::greatest_common_divisor(a, b);
    const int64_t product = divisor == 0 ? 0 : utils::wrapping_mul(a / divisor, b);
    return product < 0 ? utils::wrapping_neg(product) : product;
  });
}

}  // namespace torch::executor::native
