// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/triangle_util.h>

namespace torch::executor::native {

Tensor& triu_indices_out(KernelRuntimeContext& ctx, int64_t row, int64_t col, int64_t offset,
                         Tensor& out) {
  return utils::triangle_indices(ctx, row, col, offset, /*upper=*/true, out);
}

}  // namespace torch::executor::native
