// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

Tensor& remainder_Tensor_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& other,
                             Tensor& out) {
  return utils::remainder(ctx, self, other, /*floor=*/true, out);
}

Tensor& remainder_Scalar_out(KernelRuntimeContext& ctx, const Tensor& self, const Scalar& other,
                             Tensor& out) {
  return utils::remainder(ctx, self, other, /*floor=*/true, out);
}

}  // namespace torch::executor::native
