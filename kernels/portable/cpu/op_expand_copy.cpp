// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& expand_copy_out(KernelRuntimeContext& ctx, const Tensor& self,
                        ArrayRef<int64_t> expand_sizes, bool implicit, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_expand_copy_args(self, expand_sizes, implicit, out), InvalidArgument,
                  out);
  utils::TensorView view(self);
  while (view.dim < expand_sizes.size()) {
    view.insert(0, 1);
  }
  for (size_t d = 0; d < view.dim; ++d) {
    if (expand_sizes[d] != -1 && expand_sizes[d] != view.sizes[d]) {
      view.slice(d, 0, expand_sizes[d], /*step=*/0);
    }
  }
  return utils::copy_to(ctx, view, out);
}

}  // namespace torch::executor::native
