// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/special_function_util.h>

namespace torch::executor::native {

Tensor& exp2_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  return utils::map_function(ctx, self, out, [](double x) { return std::exp2(x); });
}

}  // namespace torch::executor::native
