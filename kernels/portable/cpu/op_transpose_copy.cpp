// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& transpose_copy_int_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim0,
                               int64_t dim1, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(in, out), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, tensor_has_dim(in, dim0) && tensor_has_dim(in, dim1), InvalidArgument, out);
  utils::TensorView view(in);
  if (in.dim() > 0) {
    view.transpose(static_cast<size_t>(ET_NORMALIZE_IX(dim0, in.dim())),
                   static_cast<size_t>(ET_NORMALIZE_IX(dim1, in.dim())));
  }
  return utils::copy_to(ctx, view, out);
}

}  // namespace torch::executor::native
