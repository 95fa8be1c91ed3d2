// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& squeeze_copy_dims_out(KernelRuntimeContext& ctx, const Tensor& in, IntArrayRef dims,
                              Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_squeeze_copy_dims_args(in, dims, out), InvalidArgument, out);
  uint32_t squeezed = 0;
  for (const int64_t dim : dims) {
    squeezed |= 1u << ET_NORMALIZE_IX(dim, static_cast<int64_t>(nonzero_dim(in)));
  }
  utils::TensorView view(in);
  for (size_t d = view.dim; d-- > 0;) {
    if ((squeezed >> d & 1u) != 0 && view.sizes[d] == 1) {
      view.remove(d);
    }
  }
  return utils::copy_to(ctx, view, out);
}

Tensor& squeeze_copy_dim_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim,
                             Tensor& out) {
  return squeeze_copy_dims_out(ctx, in, dim, out);
}

Tensor& squeeze_copy_out(KernelRuntimeContext& ctx, const Tensor& in, Tensor& out) {
  utils::TensorView view(in);
  for (size_t d = view.dim; d-- > 0;) {
    if (view.sizes[d] == 1) {
      view.remove(d);
    }
  }
  return utils::copy_to(ctx, view, out);
}

}  // namespace torch::executor::native
