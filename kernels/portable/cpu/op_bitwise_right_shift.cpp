// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_util.h>

namespace torch::executor::native {

namespace {

int64_t shift(int64_t x, int64_t y) {
  // Beyond all bits only the sign is left.
  return x >> (y < 0 || y > 63 ? int64_t{63} : y);
}

}  // namespace

Tensor& bitwise_right_shift_Tensor_out(KernelRuntimeContext& ctx, const Tensor& self,
                                       const Tensor& other, Tensor& out) {
  return utils::map_integers(ctx, self, other, out,
                             [](int64_t x, int64_t y) { return shift(x, y); });
}

Tensor& bitwise_right_shift_Tensor_Scalar_out(KernelRuntimeContext& ctx, const Tensor& self,
                                              const Scalar& other, Tensor& out) {
  return utils::map_integers(ctx, self, other, out,
                             [](int64_t x, int64_t y) { return shift(x, y); });
}

}  // namespace torch::executor::native
