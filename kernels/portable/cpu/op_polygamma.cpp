// SPDX-License-Identifier: BSD-3-Clause
#include <cinttypes>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/special_function_util.h>

namespace torch::executor::native {

Tensor& polygamma_out(KernelRuntimeContext& ctx, int64_t n, const Tensor& self, Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, n >= 0, InvalidArgument, out, "polygamma: n is %" PRId64, n);
  return utils::map_function(
      ctx, utils::Operand(self), utils::Operand(Scalar(n)), out,
      [](double x, double order) { return utils::polygamma(static_cast<int64_t>(order), x); });
}

}  // namespace torch::executor::native
