// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/reduce_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& argmin_out(KernelRuntimeContext& ctx, const Tensor& in, optional<int64_t> dim, bool keepdim,
                   Tensor& out) {
  return utils::index_of_extremum(ctx, in, dim, keepdim, /*maximum=*/false, out);
}

}  // namespace torch::executor::native
