// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/complex_util.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>

namespace torch::executor::native {

Tensor& expm1_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  if (utils::is_complex(self)) {
    return utils::map_complex(ctx, self, out, [](const utils::StdComplex& z) {
      // exp(x + iy) - 1 without cancellation near 0.
      const double s = std::sin(z.imag() / 2);
      return utils::StdComplex(std::expm1(z.real()) * std::cos(z.imag()) - 2 * s * s,
                               std::exp(z.real()) * std::sin(z.imag()));
    });
  }
  return utils::map_to_float(ctx, self, out, [](auto x) { return std::expm1(x); });
}

}  // namespace torch::executor::native
