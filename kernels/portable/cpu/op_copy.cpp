// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& copy_out(KernelRuntimeContext& ctx, const Tensor& in, const Tensor& src, bool non_blocking,
                 Tensor& out) {
  ET_KERNEL_CHECK_MSG(ctx, !non_blocking, InvalidArgument, out, "non_blocking must be false");
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(in, out), InvalidArgument, out);
  if (src.sizes() == in.sizes()) {
    return utils::copy_to(ctx, src, out);
  }
  utils::TensorView view(src);
  ET_KERNEL_CHECK(ctx, view.broadcast_to(utils::TensorView(in)), InvalidArgument, out);
  return utils::copy_to(ctx, view, out);
}

Tensor& copy_(KernelRuntimeContext& ctx, Tensor& in, const Tensor& src, bool non_blocking) {
  return copy_out(ctx, in, src, non_blocking, in);
}

}  // namespace torch::executor::native
