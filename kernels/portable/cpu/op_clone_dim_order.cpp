// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& _clone_dim_order_out(KernelRuntimeContext& ctx, const Tensor& self, bool non_blocking,
                             OptionalArrayRef<int64_t> dim_order, Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(self, out), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, check__to_dim_order_copy_args(self, non_blocking, dim_order, out),
                  InvalidArgument, out);
  return utils::copy_to(ctx, self, out);
}

}  // namespace torch::executor::native
