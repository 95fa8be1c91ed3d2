// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& to_copy_out(KernelRuntimeContext& ctx, const Tensor& self, bool non_blocking,
                    optional<MemoryFormat> memory_format, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_to_copy_args(self, non_blocking, memory_format, out), InvalidArgument,
                  out);
  return utils::copy_to(ctx, self, out);
}

}  // namespace torch::executor::native
