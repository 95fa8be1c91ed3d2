// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& stack_out(KernelRuntimeContext& ctx, TensorList tensors, int64_t dim, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_stack_args(tensors, dim, out), InvalidArgument, out);
  const auto d =
      static_cast<size_t>(ET_NORMALIZE_IX(dim, static_cast<int64_t>(tensors[0].dim()) + 1));
  utils::TensorView shape(tensors[0]);
  ET_KERNEL_CHECK(ctx, utils::resize_to(shape.insert(d, static_cast<int64_t>(tensors.size())), out),
                  InvalidArgument, out);
  for (size_t i = 0; i < tensors.size(); ++i) {
    utils::TensorView row(out);
    utils::copy(utils::TensorView(tensors[i]), row.select(d, static_cast<int64_t>(i)));
  }
  return out;
}

}  // namespace torch::executor::native
