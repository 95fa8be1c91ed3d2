// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& t_copy_out(KernelRuntimeContext& ctx, const Tensor& in, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(in, out), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, tensor_has_rank_smaller_or_equal_to(in, 2), InvalidArgument, out);
  utils::TensorView view(in);
  if (in.dim() == 2) {
    view.transpose(0, 1);
  }
  return utils::copy_to(ctx, view, out);
}

}  // namespace torch::executor::native
