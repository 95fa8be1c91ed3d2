// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& _empty_dim_order_out(KernelRuntimeContext& ctx, IntArrayRef size,
                             OptionalArrayRef<int64_t> dim_order, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_dim_order(dim_order, out), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, resize_tensor(out, size) == Error::Ok, InvalidArgument, out);
  return out;
}

}  // namespace torch::executor::native
