// SPDX-License-Identifier: BSD-3-Clause
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/order_statistic_util.h>

namespace torch::executor::native {

Tensor& nanmedian_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) {
  utils::median(ctx, self, nullopt, /*keepdim=*/false, /*ignore_nan=*/true, out, nullptr);
  return out;
}

std::tuple<Tensor&, Tensor&> nanmedian_dim_values(KernelRuntimeContext& ctx, const Tensor& self,
                                                  int64_t dim, bool keepdim, Tensor& values,
                                                  Tensor& indices) {
  utils::median(ctx, self, dim, keepdim, /*ignore_nan=*/true, values, &indices);
  return {values, indices};
}

}  // namespace torch::executor::native
