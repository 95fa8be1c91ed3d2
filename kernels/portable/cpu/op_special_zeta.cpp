// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/special_function_util.h>

namespace torch::executor::native {

Tensor& special_zeta_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& other,
                         Tensor& out) {
  return utils::map_function(ctx, self, other, out, utils::zeta);
}

Tensor& special_zeta_self_scalar_out(KernelRuntimeContext& ctx, const Scalar& self,
                                     const Tensor& other, Tensor& out) {
  return utils::map_function(ctx, self, other, out, utils::zeta);
}

Tensor& special_zeta_other_scalar_out(KernelRuntimeContext& ctx, const Tensor& self,
                                      const Scalar& other, Tensor& out) {
  return utils::map_function(ctx, self, other, out, utils::zeta);
}

}  // namespace torch::executor::native
