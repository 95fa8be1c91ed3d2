// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/special_function_util.h>

namespace torch::executor::native {

Tensor& i0_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  return utils::map_function(ctx, self, out, utils::bessel_i0);
}

}  // namespace torch::executor::native
