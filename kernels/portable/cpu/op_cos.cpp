// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>

namespace torch::executor::native {

Tensor& cos_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  return utils::map_to_float(ctx, self, out, [](auto x) { return std::cos(x); });
}

}  // namespace torch::executor::native
