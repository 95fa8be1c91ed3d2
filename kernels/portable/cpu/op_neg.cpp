// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/complex_util.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>
#include <executorch/kernels/portable/cpu/util/math_util.h>

namespace torch::executor::native {

Tensor& neg_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  if (utils::is_complex(self)) {
    return utils::map_complex(ctx, self, out, [](const utils::StdComplex& z) { return -z; });
  }
  ET_KERNEL_CHECK_MSG(ctx, self.scalar_type() != ScalarType::Bool, InvalidArgument, out,
                      "Bool tensors cannot be negated");
  utils::Operand operands[] = {self};
  return utils::map_in_type(ctx, operands, self.scalar_type(), out,
                            [](auto x) { return utils::wrapping_neg(x); });
}

}  // namespace torch::executor::native
