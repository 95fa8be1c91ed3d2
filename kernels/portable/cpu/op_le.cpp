// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>

namespace torch::executor::native {

namespace {

Tensor& le(KernelRuntimeContext& ctx, const utils::Operand& a, const utils::Operand& b,
           Tensor& out) {
  return utils::compare(ctx, a, b, out, [](auto x, auto y) { return x <= y; });
}

}  // namespace

Tensor& le_tensor_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& other,
                      Tensor& out) {
  return le(ctx, self, other, out);
}

Tensor& le_scalar_out(KernelRuntimeContext& ctx, const Tensor& self, const Scalar& other,
                      Tensor& out) {
  return le(ctx, self, other, out);
}

}  // namespace torch::executor::native
