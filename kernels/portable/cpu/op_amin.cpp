// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/reduce_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& amin_out(KernelRuntimeContext& ctx, const Tensor& in, ArrayRef<int64_t> dim_list,
                 bool keepdim, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_amin_amax_args(in, dim_list, keepdim, out), InvalidArgument, out);
  return utils::extremum_over_dims(ctx, in, dim_list, keepdim, /*maximum=*/false, out);
}

}  // namespace torch::executor::native
