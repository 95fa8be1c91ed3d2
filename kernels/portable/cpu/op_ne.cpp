// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/complex_util.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>

namespace torch::executor::native {

namespace {

Tensor& ne(KernelRuntimeContext& ctx, const utils::Operand& a, const utils::Operand& b,
           Tensor& out) {
  const utils::Operand operands[] = {a, b};
  if (::executorch::runtime::isComplexType(utils::result_type(operands))) {
    return utils::test_complex(
        ctx, a, b, out,
        [](const utils::StdComplex& x, const utils::StdComplex& y) { return x != y; });
  }
  return utils::compare(
      ctx, a, b, out, [](auto x, auto y) { return x != y; }, utils::Elements::AnyReal);
}

}  // namespace

Tensor& ne_tensor_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& other,
                      Tensor& out) {
  return ne(ctx, self, other, out);
}

Tensor& ne_scalar_out(KernelRuntimeContext& ctx, const Tensor& self, const Scalar& other,
                      Tensor& out) {
  return ne(ctx, self, other, out);
}

}  // namespace torch::executor::native
