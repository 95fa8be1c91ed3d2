// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>

namespace torch::executor::native {

Tensor& zeros_like_out(KernelRuntimeContext& ctx, const Tensor& self,
                       optional<MemoryFormat> memory_format, Tensor& out) {
  return full_like_out(ctx, self, Scalar(0), memory_format, out);
}

}  // namespace torch::executor::native
