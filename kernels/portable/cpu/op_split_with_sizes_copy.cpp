// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/slice_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

void split_with_sizes_copy_out(KernelRuntimeContext& ctx, const Tensor& in,
                               ArrayRef<int64_t> split_sizes, int64_t dim, TensorList out) {
  ET_KERNEL_CHECK(ctx, check_split_with_sizes_copy_args(in, split_sizes, dim, out),
                  InvalidArgument, );
  dim = ET_NORMALIZE_IX(dim, static_cast<int64_t>(in.dim()));
  int64_t start = 0;
  for (size_t i = 0; i < out.size() && ctx.failure_state() == Error::Ok; ++i) {
    const int64_t length = split_sizes[i];
    Tensor part = out[i];
    compute_slice(ctx, in, dim, start, length, 1, part);
    start += length;
  }
}

}  // namespace torch::executor::native
