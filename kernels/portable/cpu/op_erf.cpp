// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>
#include <executorch/kernels/portable/cpu/util/vector_math.h>

namespace torch::executor::native {

Tensor& erf_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  return utils::map_to_float(ctx, self, out, [](auto x) { return utils::vector_math::erf(x); });
}

}  // namespace torch::executor::native
