// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& select_scatter_out(KernelRuntimeContext& ctx, const Tensor& in, const Tensor& src,
                           int64_t dim, int64_t index, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_select_scatter_args(in, src, dim, index, out), InvalidArgument, out);
  utils::copy_to(ctx, in, out);
  if (ctx.failure_state() == Error::Ok) {
    dim = ET_NORMALIZE_IX(dim, static_cast<int64_t>(in.dim()));
    utils::TensorView row(out);
    utils::copy(utils::TensorView(src),
                row.select(static_cast<size_t>(dim), ET_NORMALIZE_IX(index, in.size(dim))));
  }
  return out;
}

}  // namespace torch::executor::native
