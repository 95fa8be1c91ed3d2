// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

namespace {

template <typename Bound>
Tensor& clamp_between(KernelRuntimeContext& ctx, const Tensor& self, const optional<Bound>& min,
                      const optional<Bound>& max, Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, min.has_value() || max.has_value(), InvalidArgument, out,
                      "At least one of min and max is needed");
  const utils::Operand in(self);
  const optional<utils::Operand> low(min);
  const optional<utils::Operand> high(max);
  const utils::Operand operands[] = {in, low.value_or(in), high.value_or(in)};
  return utils::clamp(ctx, in, low, high, utils::result_type(operands), out);
}

}  // namespace

Tensor& clamp_out(KernelRuntimeContext& ctx, const Tensor& self, const optional<Scalar>& min,
                  const optional<Scalar>& max, Tensor& out) {
  return clamp_between(ctx, self, min, max, out);
}

Tensor& clamp_tensor_out(KernelRuntimeContext& ctx, const Tensor& self, const optional<Tensor>& min,
                         const optional<Tensor>& max, Tensor& out) {
  return clamp_between(ctx, self, min, max, out);
}

}  // namespace torch::executor::native
