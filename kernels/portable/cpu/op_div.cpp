// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

Tensor& div_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& other, Tensor& out) {
  return utils::divide(ctx, self, other, nullopt, out);
}

Tensor& div_out_mode(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& other,
                     optional<string_view> rounding_mode, Tensor& out) {
  return utils::divide(ctx, self, other, rounding_mode, out);
}

Tensor& div_scalar_out(KernelRuntimeContext& ctx, const Tensor& self, const Scalar& other,
                       Tensor& out) {
  return utils::divide(ctx, self, other, nullopt, out);
}

Tensor& div_scalar_mode_out(KernelRuntimeContext& ctx, const Tensor& self, const Scalar& other,
                            optional<string_view> rounding_mode, Tensor& out) {
  return utils::divide(ctx, self, other, rounding_mode, out);
}

}  // namespace torch::executor::native
