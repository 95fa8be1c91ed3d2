// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/stack_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& stack_out(KernelRuntimeContext& ctx, TensorList tensors, int64_t dim, Tensor& out) {
  return utils::stack_out_impl(ctx, tensors, dim, out);
}

}  // namespace torch::executor::native
