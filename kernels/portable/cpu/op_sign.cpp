// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>
#include <executorch/kernels/portable/cpu/util/math_util.h>

namespace torch::executor::native {

Tensor& sign_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  utils::Operand operands[] = {self};
  return utils::map_in_type(ctx, operands, self.scalar_type(), out, [](auto x) {
    using T = decltype(x);
    return utils::blend(x > 0, T(1), utils::blend(x < 0, T(-1), T(0)));
  });
}

}  // namespace torch::executor::native
