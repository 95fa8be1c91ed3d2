// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>

namespace torch::executor::native {

Tensor& ceil_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  return utils::map_floats(ctx, self, out, [](auto x) { return std::ceil(x); });
}

}  // namespace torch::executor::native
