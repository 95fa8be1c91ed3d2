// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/slice_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& slice_copy_Tensor_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim,
                              optional<int64_t> start, optional<int64_t> end, int64_t step,
                              Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_slice_copy_args(in, dim, step, out), InvalidArgument, out);
  dim = ET_NORMALIZE_IX(dim, static_cast<int64_t>(in.dim()));
  int64_t first = start.value_or(0);
  int64_t last = end.value_or(in.size(dim));
  const int64_t length = adjust_slice_indices(in.size(dim), &first, &last, step);
  compute_slice(ctx, in, dim, first, length, step, out);
  return out;
}

}  // namespace torch::executor::native
