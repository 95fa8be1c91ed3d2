// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>

namespace torch::executor::native {

Tensor& sign_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  utils::Operand operands[] = {self};
  return utils::map_in_type(ctx, operands, self.scalar_type(), out, [](auto x) {
    using T = decltype(x);
    return static_cast<T>(static_cast<T>(x > 0) - static_cast<T>(x < 0));
  });
}

}  // namespace torch::executor::native
