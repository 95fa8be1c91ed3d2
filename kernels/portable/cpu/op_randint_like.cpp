// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/random_util.h>

namespace torch::executor::native {

Tensor& randint_like_out(KernelRuntimeContext& ctx, const Tensor& self, int64_t high,
                         optional<MemoryFormat> memory_format, Tensor& out) {
  return randint_like_low_dtype_out(ctx, self, 0, high, memory_format, out);
}

Tensor& randint_like_low_dtype_out(KernelRuntimeContext& ctx, const Tensor& self, int64_t low,
                                   int64_t high, optional<MemoryFormat> memory_format,
                                   Tensor& out) {
  (void)memory_format;
  ET_KERNEL_CHECK(ctx, resize_tensor(out, self.sizes()) == Error::Ok, InvalidArgument, out);
  return utils::fill_with_integers(ctx, low, high, out);
}

}  // namespace torch::executor::native
