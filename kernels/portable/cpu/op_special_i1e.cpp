// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/special_function_util.h>

namespace torch::executor::native {

Tensor& special_i1e_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  return utils::map_function(ctx, self, out, utils::bessel_i1_scaled);
}

}  // namespace torch::executor::native
