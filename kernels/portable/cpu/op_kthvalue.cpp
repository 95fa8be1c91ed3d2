// SPDX-License-Identifier: BSD-3-Clause
#include <cinttypes>
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/order_statistic_util.h>

namespace torch::executor::native {

std::tuple<Tensor&, Tensor&> kthvalue_values(KernelRuntimeContext& ctx, const Tensor& self,
                                             int64_t k, int64_t dim, bool keepdim, Tensor& values,
                                             Tensor& indices) {
  std::tuple<Tensor&, Tensor&> result(values, indices);
  ET_KERNEL_CHECK(ctx, tensor_has_dim(self, dim), InvalidArgument, result);
  const int64_t n = nonempty_size(self, ET_NORMALIZE_IX(dim, nonzero_dim(self)));
  ET_KERNEL_CHECK_MSG(ctx, k >= 1 && k <= n, InvalidArgument, result,
                      "kthvalue: k is %" PRId64 " of %" PRId64 " elements", k, n);
  utils::pick_from_lines(ctx, self, dim, keepdim, values, &indices,
                         [k](const auto*, int64_t) { return k - 1; });
  return result;
}

}  // namespace torch::executor::native
