// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/special_function_util.h>

namespace torch::executor::native {

Tensor& angle_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  if (::executorch::runtime::isComplexType(self.scalar_type())) {
    return utils::map_complex(ctx, self, self,
                              ::executorch::runtime::toRealValueType(self.scalar_type()), out,
                              [](utils::Complex x, utils::Complex) {
                                return utils::Complex(std::atan2(x.imag(), x.real()));
                              });
  }
  return utils::map_function(ctx, self, out, [](double x) {
    constexpr double kPi = 3.14159265358979323846;
    return x != x ? x : x < 0 ? kPi : 0.0;
  });
}

}  // namespace torch::executor::native
