// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <type_traits>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>
#include <executorch/kernels/portable/cpu/util/math_util.h>

namespace torch::executor::native {

Tensor& abs_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  if (::executorch::runtime::isComplexType(self.scalar_type())) {
    const ScalarType result = ::executorch::runtime::toRealValueType(self.scalar_type());
    return utils::map_complex(ctx, self, self, result, out, [](utils::Complex x, utils::Complex) {
      return std::hypot(x.real(), x.imag());
    });
  }
  utils::Operand operands[] = {self};
  return utils::map_in_type(ctx, operands, self.scalar_type(), out, [](auto x) {
    if constexpr (std::is_floating_point_v<decltype(x)>) {
      return std::fabs(x);
    } else {
      return x < 0 ? utils::wrapping_neg(x) : x;
    }
  });
}

}  // namespace torch::executor::native
