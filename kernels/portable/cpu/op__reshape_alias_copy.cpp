// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>

namespace torch::executor::native {

Tensor& _reshape_alias_copy_out(KernelRuntimeContext& ctx, const Tensor& self, IntArrayRef size,
                                IntArrayRef stride, Tensor& out) {
  return as_strided_copy_out(ctx, self, size, stride, nullopt, out);
}

}  // namespace torch::executor::native
