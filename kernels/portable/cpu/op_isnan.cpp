// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/complex_util.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>

namespace torch::executor::native {

Tensor& isnan_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  if (utils::is_complex(self)) {
    return utils::test_complex(ctx, self, self, out,
                               [](const utils::StdComplex& z, const utils::StdComplex&) {
                                 return std::isnan(z.real()) || std::isnan(z.imag());
                               });
  }
  return utils::test(
      ctx, self, out, [](auto x) { return x != x; }, utils::Elements::AnyReal);
}

}  // namespace torch::executor::native
