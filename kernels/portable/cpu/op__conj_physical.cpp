// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>

namespace torch::executor::native {

Tensor& _conj_physical_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  if (::executorch::runtime::isComplexType(self.scalar_type())) {
    return utils::map_complex(
        ctx, self, self, self.scalar_type(), out,
        [](utils::Complex x, utils::Complex) { return utils::Complex(x.real(), -x.imag()); });
  }
  return utils::map_floats(ctx, self, out, [](auto x) { return x; });
}

}  // namespace torch::executor::native
