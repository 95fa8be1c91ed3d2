// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/complex_util.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

Tensor& masked_fill_scalar_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& mask,
                               const Scalar& value, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensor_is_bool_type(mask), InvalidArgument, out);
  const utils::Operand fill(value);
  if (utils::is_complex(self)) {
    return utils::select_complex(ctx, mask, fill, self, out);
  }
  ET_KERNEL_CHECK_MSG(
      ctx, !value.isFloatingPoint() || ::executorch::runtime::isFloatingType(self.scalar_type()),
      InvalidArgument, out, "A floating-point value cannot be stored in a tensor of %s",
      toString(self.scalar_type()));
  return utils::select(ctx, mask, fill, self, self.scalar_type(), out);
}

}  // namespace torch::executor::native
