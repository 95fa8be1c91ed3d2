// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>

namespace torch::executor::native {

void unsafe_split_tensor_out(KernelRuntimeContext& ctx, const Tensor& self, int64_t split_size,
                             int64_t dim, TensorList out) {
  split_copy_Tensor_out(ctx, self, split_size, dim, out);
}

void unsafe_split_with_sizes_out(KernelRuntimeContext& ctx, const Tensor& self,
                                 IntArrayRef split_sizes, int64_t dim, TensorList out) {
  split_with_sizes_copy_out(ctx, self, split_sizes, dim, out);
}

}  // namespace torch::executor::native
