// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& flip_out(KernelRuntimeContext& ctx, const Tensor& in, IntArrayRef dims, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_squeeze_copy_dims_args(in, dims, out), InvalidArgument, out);
  utils::TensorView view(in);
  for (size_t i = 0; i < dims.size() && in.dim() > 0; ++i) {
    const auto d = static_cast<size_t>(ET_NORMALIZE_IX(dims[i], static_cast<int64_t>(in.dim())));
    view.slice(d, view.sizes[d] - 1, view.sizes[d], /*step=*/-1);
  }
  return utils::copy_to(ctx, view, out);
}

}  // namespace torch::executor::native
