// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/complex_util.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>

namespace torch::executor::native {

Tensor& log2_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  if (utils::is_complex(self)) {
    return utils::map_complex(
        ctx, self, out, [](const utils::StdComplex& z) { return std::log(z) / std::log(2.0); });
  }
  return utils::map_to_float(ctx, self, out, [](auto x) { return std::log2(x); });
}

}  // namespace torch::executor::native
