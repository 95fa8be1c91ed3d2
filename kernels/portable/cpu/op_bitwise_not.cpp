// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>

namespace torch::executor::native {

Tensor& bitwise_not_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  const ScalarType dtype = self.scalar_type();
  ET_KERNEL_CHECK_MSG(ctx, ::executorch::runtime::isIntegralType(dtype, /*include_bool=*/true),
                      InvalidArgument, out, "Expected integers or Bool, got %s", toString(dtype));
  utils::Operand operands[] = {self};
  if (!utils::prepare_elementwise(ctx, operands, dtype, dtype, out)) {
    return out;
  }
  if (dtype == ScalarType::Bool) {
    utils::map_elements<bool, bool>(operands, out, [](bool x) { return !x; });
  } else {
    utils::map_elements<int64_t, int64_t>(operands, out, [](int64_t x) { return ~x; });
  }
  return out;
}

}  // namespace torch::executor::native
