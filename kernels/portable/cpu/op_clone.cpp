// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& clone_out(KernelRuntimeContext& ctx, const Tensor& in, optional<MemoryFormat> memory_format,
                  Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(in, out), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, check_to_copy_args(in, /*non_blocking=*/false, memory_format, out),
                  InvalidArgument, out);
  return utils::copy_to(ctx, in, out);
}

}  // namespace torch::executor::native
