// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>

namespace torch::executor::native {

Tensor& new_empty_strided_out(KernelRuntimeContext& ctx, const Tensor& self, IntArrayRef size,
                              IntArrayRef stride, Tensor& out) {
  (void)self;  // Says the element type.
  return empty_strided_out(ctx, size, stride, out);
}

}  // namespace torch::executor::native
