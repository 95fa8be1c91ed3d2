// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& permute_copy_out(KernelRuntimeContext& ctx, const Tensor& in, IntArrayRef dims,
                         Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_permute_copy_args(in, dims, out), InvalidArgument, out);
  size_t order[::executorch::runtime::kTensorDimensionLimit];
  for (size_t d = 0; d < dims.size(); ++d) {
    order[d] = static_cast<size_t>(ET_NORMALIZE_IX(dims[d], static_cast<int64_t>(dims.size())));
  }
  utils::TensorView view(in);
  return utils::copy_to(ctx, view.permute(order), out);
}

}  // namespace torch::executor::native
