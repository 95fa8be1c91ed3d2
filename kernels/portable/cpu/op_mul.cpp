// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>
#include <executorch/kernels/portable/cpu/util/math_util.h>

namespace torch::executor::native {

namespace {

Tensor& multiply(KernelRuntimeContext& ctx, const utils::Operand& a, const utils::Operand& b,
                 Tensor& out) {
  const utils::Operand operands[] = {a, b};
  const ScalarType compute = utils::result_type(operands);
  if (::executorch::runtime::isComplexType(compute)) {
    return utils::map_complex(ctx, a, b, compute, out,
                              [](utils::Complex x, utils::Complex y) { return x * y; });
  }
  utils::Operand factors[] = {a, b};
  if (utils::prepare_elementwise(ctx, factors, compute, compute, out, utils::Elements::AnyReal)) {
    utils::dispatch_wrapping_type(compute, [&](auto tag) {
      using T = typename decltype(tag)::type;
      utils::map_elements<T, T, T>(factors, out,
                                   [](T x, T y) { return utils::wrapping_mul(x, y); });
    });
  }
  return out;
}

}  // namespace

Tensor& mul_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& other, Tensor& out) {
  return multiply(ctx, self, other, out);
}

Tensor& mul_scalar_out(KernelRuntimeContext& ctx, const Tensor& self, const Scalar& other,
                       Tensor& out) {
  return multiply(ctx, self, other, out);
}

}  // namespace torch::executor::native
