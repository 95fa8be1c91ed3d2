// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <type_traits>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/complex_util.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>

namespace torch::executor::native {

Tensor& isinf_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  if (utils::is_complex(self)) {
    return utils::test_complex(ctx, self, self, out,
                               [](const utils::StdComplex& z, const utils::StdComplex&) {
                                 return std::isinf(z.real()) || std::isinf(z.imag());
                               });
  }
  return utils::test(
      ctx, self, out,
      [](auto x) {
        if constexpr (std::is_floating_point_v<decltype(x)>) {
          return std::isinf(x);
        } else {
          return false;
        }
      },
      utils::Elements::AnyReal);
}

}  // namespace torch::executor::native
