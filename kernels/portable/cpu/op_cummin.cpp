// SPDX-License-Identifier: BSD-3-Clause
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/cumulative_extremum_util.h>

namespace torch::executor::native {

std::tuple<Tensor&, Tensor&> cummin_out(KernelRuntimeContext& ctx, const Tensor& self, int64_t dim,
                                        Tensor& values, Tensor& indices) {
  utils::cumulative_extremum(ctx, self, dim, /*maximum=*/false, values, indices);
  return {values, indices};
}

}  // namespace torch::executor::native
