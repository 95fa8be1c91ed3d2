// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/slice_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

void split_copy_Tensor_out(KernelRuntimeContext& ctx, const Tensor& input, int64_t split_size,
                           int64_t dim, TensorList out) {
  ET_KERNEL_CHECK(ctx, check_split_copy_args(input, split_size, dim, out), InvalidArgument, );
  dim = ET_NORMALIZE_IX(dim, static_cast<int64_t>(input.dim()));
  int64_t start = 0;
  for (size_t i = 0; i < out.size() && ctx.failure_state() == Error::Ok; ++i) {
    const int64_t length = std::min<int64_t>(split_size, input.size(dim) - start);
    Tensor part = out[i];
    compute_slice(ctx, input, dim, start, length, 1, part);
    start += length;
  }
}

}  // namespace torch::executor::native
