// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

namespace {

template <typename Bound>
Tensor& clamp_one_side(KernelRuntimeContext& ctx, const Tensor& self, const Bound& max,
                       Tensor& out) {
  const utils::Operand operands[] = {self, max};
  return utils::clamp(ctx, self, nullopt, utils::Operand(max), utils::result_type(operands), out);
}

}  // namespace

Tensor& clamp_max_out(KernelRuntimeContext& ctx, const Tensor& self, const Scalar& max,
                      Tensor& out) {
  return clamp_one_side(ctx, self, max, out);
}

Tensor& clamp_max_tensor_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& max,
                             Tensor& out) {
  return clamp_one_side(ctx, self, max, out);
}

}  // namespace torch::executor::native
