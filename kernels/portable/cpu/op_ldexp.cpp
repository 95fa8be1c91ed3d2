// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/special_function_util.h>

namespace torch::executor::native {

Tensor& ldexp_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& other, Tensor& out) {
  return utils::map_function(ctx, self, other, out,
                             [](double a, double b) { return a * std::exp2(b); });
}

}  // namespace torch::executor::native
