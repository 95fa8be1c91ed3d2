// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/complex_util.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>
#include <executorch/kernels/portable/cpu/util/math_util.h>

namespace torch::executor::native {

namespace {

Tensor& power(KernelRuntimeContext& ctx, const utils::Operand& base, const utils::Operand& exponent,
              Tensor& out) {
  const utils::Operand operands[] = {base, exponent};
  const ScalarType compute = utils::result_type(operands);
  if (::executorch::runtime::isComplexType(compute)) {
    return utils::map_complex(
        ctx, base, exponent, compute, out, [](utils::Complex x, utils::Complex y) {
          const utils::StdComplex z = std::pow(utils::StdComplex(x.real(), x.imag()),
                                               utils::StdComplex(y.real(), y.imag()));
          return utils::Complex(z.real(), z.imag());
        });
  }
  return utils::map_binary(ctx, utils::rounded_number(base, compute),
                           utils::rounded_number(exponent, compute), out,
                           [](auto x, auto y) { return utils::power(x, y); });
}

}  // namespace

Tensor& pow_Tensor_Tensor_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& exponent,
                              Tensor& out) {
  return power(ctx, self, exponent, out);
}

Tensor& pow_Scalar_out(KernelRuntimeContext& ctx, const Scalar& self, const Tensor& exponent,
                       Tensor& out) {
  return power(ctx, self, exponent, out);
}

Tensor& pow_Tensor_Scalar_out(KernelRuntimeContext& ctx, const Tensor& self, const Scalar& exponent,
                              Tensor& out) {
  utils::Operand operands[] = {self, exponent};
  const double e = exponent.to<double>();
  if (::executorch::runtime::isFloatingType(utils::result_type(operands))) {
    // The usual exponents cost no call of pow().
    if (e == 2) {
      return utils::map_to_float(ctx, self, out, [](auto x) { return x * x; });
    }
    if (e == 3) {
      return utils::map_to_float(ctx, self, out, [](auto x) { return x * x * x; });
    }
    if (e == 0.5) {
      return utils::map_to_float(ctx, self, out, [](auto x) { return std::sqrt(x); });
    }
    if (e == -0.5) {
      return utils::map_to_float(ctx, self, out, [](auto x) { return 1 / std::sqrt(x); });
    }
  } else if (!::executorch::runtime::isComplexType(self.scalar_type())) {
    ET_KERNEL_CHECK_MSG(ctx, e >= 0, InvalidArgument, out,
                        "Integers cannot be raised to a negative integer power");
  }
  return power(ctx, self, exponent, out);
}

}  // namespace torch::executor::native
