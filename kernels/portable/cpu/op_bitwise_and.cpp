// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>

namespace torch::executor::native {

namespace {

Tensor& apply(KernelRuntimeContext& ctx, const utils::Operand& a, const utils::Operand& b,
              Tensor& out) {
  return utils::map_integers(
      ctx, a, b, out, [](int64_t x, int64_t y) { return x & y; }, utils::Elements::AnyReal);
}

}  // namespace

Tensor& bitwise_and_Tensor_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& other,
                               Tensor& out) {
  return apply(ctx, self, other, out);
}

Tensor& bitwise_and_Scalar_out(KernelRuntimeContext& ctx, const Tensor& self, const Scalar& other,
                               Tensor& out) {
  return apply(ctx, self, other, out);
}

}  // namespace torch::executor::native
