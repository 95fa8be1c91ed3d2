// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

Tensor& hardtanh_out(KernelRuntimeContext& ctx, const Tensor& self, const Scalar& min_val,
                     const Scalar& max_val, Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, self.scalar_type() != ScalarType::Bool, InvalidArgument, out,
                      "Bool tensors are not supported");
  return utils::clamp(ctx, self, utils::Operand(min_val), utils::Operand(max_val),
                      self.scalar_type(), out);
}

}  // namespace torch::executor::native
