// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

Tensor& signbit_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  const bool has_sign = self.scalar_type() != ScalarType::UInt64;
  return utils::test(
      ctx, self, out,
      [has_sign](auto x) { return has_sign && std::signbit(static_cast<double>(x)); },
      utils::Elements::AnyReal);
}

}  // namespace torch::executor::native
