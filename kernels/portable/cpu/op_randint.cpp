// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/random_util.h>

namespace torch::executor::native {

Tensor& randint_out(KernelRuntimeContext& ctx, int64_t high, IntArrayRef size, Tensor& out) {
  return randint_low_out(ctx, 0, high, size, out);
}

Tensor& randint_low_out(KernelRuntimeContext& ctx, int64_t low, int64_t high, IntArrayRef size,
                        Tensor& out) {
  ET_KERNEL_CHECK(ctx, resize_tensor(out, size) == Error::Ok, InvalidArgument, out);
  return utils::fill_with_integers(ctx, low, high, out);
}

}  // namespace torch::executor::native
