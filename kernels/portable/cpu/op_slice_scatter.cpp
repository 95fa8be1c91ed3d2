// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/slice_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& slice_scatter_out(KernelRuntimeContext& ctx, const Tensor& input, const Tensor& src,
                          int64_t dim, optional<int64_t> start, optional<int64_t> end, int64_t step,
                          Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_slice_copy_args(input, dim, step, out), InvalidArgument, out);
  dim = ET_NORMALIZE_IX(dim, static_cast<int64_t>(input.dim()));
  int64_t first = start.value_or(0);
  int64_t last = end.value_or(input.size(dim));
  const int64_t length = adjust_slice_indices(input.size(dim), &first, &last, step);
  ET_KERNEL_CHECK(ctx, check_slice_scatter_args(input, src, length, dim, step, out),
                  InvalidArgument, out);
  utils::copy_to(ctx, input, out);
  if (ctx.failure_state() == Error::Ok) {
    utils::TensorView slice(out);
    utils::copy(utils::TensorView(src), slice.slice(static_cast<size_t>(dim), first, length, step));
  }
  return out;
}

}  // namespace torch::executor::native
