// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& select_copy_int_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim, int64_t index,
                            Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_select_copy_out_args(in, dim, index, out), InvalidArgument, out);
  dim = ET_NORMALIZE_IX(dim, static_cast<int64_t>(in.dim()));
  utils::TensorView view(in);
  return utils::copy_to(
      ctx, view.select(static_cast<size_t>(dim), ET_NORMALIZE_IX(index, in.size(dim))), out);
}

}  // namespace torch::executor::native
