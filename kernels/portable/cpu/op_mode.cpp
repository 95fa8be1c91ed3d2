// SPDX-License-Identifier: BSD-3-Clause
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/order_statistic_util.h>

namespace torch::executor::native {

/// The most frequent element of each line, the smallest of equally frequent ones, and the position
/// of the last of them.
std::tuple<Tensor&, Tensor&> mode_values(KernelRuntimeContext& ctx, const Tensor& self, int64_t dim,
                                         bool keepdim, Tensor& values, Tensor& indices) {
  utils::pick_from_lines(
      ctx, self, dim, keepdim, values, &indices, [](const auto* ranked, int64_t n) {
        int64_t best = 0;
        int64_t best_count = 0;
        int64_t count = 0;
        for (int64_t i = 0; i < n; ++i) {
          count = i > 0 && ranked[i].value == ranked[i - 1].value ? count + 1 : 1;
          if (count > best_count) {
            best_count = count;
            best = i;
          }
        }
        return best;
      });
  return {values, indices};
}

}  // namespace torch::executor::native
