// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include <executorch/kernels/portable/NativeFunctions.h>

namespace torch::executor::native {

Tensor& randn_like_out(KernelRuntimeContext& ctx, const Tensor& self,
                       optional<MemoryFormat> memory_format, Tensor& out) {
  (void)memory_format;
  int64_t sizes[::executorch::runtime::kTensorDimensionLimit];
  std::copy(self.sizes().begin(), self.sizes().end(), sizes);
  return randn_out(ctx, IntArrayRef(sizes, static_cast<size_t>(self.dim())), out);
}

}  // namespace torch::executor::native
