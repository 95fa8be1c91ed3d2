// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

/// Of a number and NaN, the number.
Tensor& fmin_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& other, Tensor& out) {
  return utils::map_binary(ctx, self, other, out,
                           [](auto a, auto b) { return a < b || b != b ? a : b; });
}

}  // namespace torch::executor::native
