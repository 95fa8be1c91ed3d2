// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/complex_util.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

Tensor& where_out(KernelRuntimeContext& ctx, const Tensor& condition, const Tensor& self,
                  const Tensor& other, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensor_is_type(condition, ScalarType::Bool, ScalarType::Byte),
                  InvalidArgument, out);
  utils::Operand operands[] = {self, other};
  if (::executorch::runtime::isComplexType(utils::result_type(operands))) {
    return utils::select_complex(ctx, condition, self, other, out);
  }
  return utils::select(ctx, condition, self, other, utils::result_type(operands), out);
}

}  // namespace torch::executor::native
