// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& unfold_copy_out(KernelRuntimeContext& ctx, const Tensor& self, int64_t dim, int64_t size,
                        int64_t step, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(self, out), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, check_unfold_copy_args(self, dim, size, step), InvalidArgument, out);
  const auto d = static_cast<size_t>(ET_NORMALIZE_IX(dim, static_cast<int64_t>(nonzero_dim(self))));
  utils::TensorView view(self);
  if (self.dim() > 0) {
    const int64_t stride = view.strides[d];
    view.slice(d, 0, (view.sizes[d] - size) / step + 1, step);
    view.insert(view.dim, size, stride);
  } else {
    view.insert(0, size);
  }
  return utils::copy_to(ctx, view, out);
}

}  // namespace torch::executor::native
