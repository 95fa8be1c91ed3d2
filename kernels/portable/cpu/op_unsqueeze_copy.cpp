// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& unsqueeze_copy_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_unsqueeze_copy_args(in, dim, out), InvalidArgument, out);
  utils::TensorView view(in);
  return utils::copy_to(
      ctx,
      view.insert(static_cast<size_t>(ET_NORMALIZE_IX(dim, static_cast<int64_t>(in.dim()) + 1)), 1),
      out);
}

}  // namespace torch::executor::native
