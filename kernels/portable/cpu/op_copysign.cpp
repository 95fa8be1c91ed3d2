// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/special_function_util.h>

namespace torch::executor::native {

namespace {

double copy_sign(double magnitude, double sign) {
  return std::copysign(magnitude, sign);
}

}  // namespace

Tensor& copysign_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& other,
                     Tensor& out) {
  return utils::map_function(ctx, self, other, out, copy_sign);
}

Tensor& copysign_scalar_out(KernelRuntimeContext& ctx, const Tensor& self, const Scalar& other,
                            Tensor& out) {
  return utils::map_function(ctx, self, other, out, copy_sign);
}

}  // namespace torch::executor::native
