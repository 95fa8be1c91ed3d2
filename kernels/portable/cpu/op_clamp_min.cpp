// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

namespace {

template <typename Bound>
Tensor& clamp_one_side(KernelRuntimeContext& ctx, const Tensor& self, const Bound& min,
                       Tensor& out) {
  const utils::Operand operands[] = {self, min};
  return utils::clamp(ctx, self, utils::Operand(min), nullopt, utils::result_type(operands), out);
}

}  // namespace

Tensor& clamp_min_out(KernelRuntimeContext& ctx, const Tensor& self, const Scalar& min,
                      Tensor& out) {
  return clamp_one_side(ctx, self, min, out);
}

Tensor& clamp_min_tensor_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& min,
                             Tensor& out) {
  return clamp_one_side(ctx, self, min, out);
}

}  // namespace torch::executor::native
