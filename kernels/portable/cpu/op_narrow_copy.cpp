// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/slice_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& narrow_copy_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim, int64_t start,
                        int64_t length, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_narrow_copy_args(in, dim, start, length, out), InvalidArgument, out);
  dim = ET_NORMALIZE_IX(dim, static_cast<int64_t>(in.dim()));
  compute_slice(ctx, in, dim, ET_NORMALIZE_IX(start, in.size(dim)), length, 1, out);
  return out;
}

}  // namespace torch::executor::native
