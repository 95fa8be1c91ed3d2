// SPDX-License-Identifier: BSD-3-Clause
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/determinant_util.h>
#include <executorch/kernels/portable/cpu/util/linalg_util.h>

namespace torch::executor::native {

/// The factors are those of the transpose, as torch's are.
std::tuple<Tensor&, Tensor&, Tensor&> _linalg_det_result(KernelRuntimeContext& ctx, const Tensor& A,
                                                         Tensor& result, Tensor& LU,
                                                         Tensor& pivots) {
  std::tuple<Tensor&, Tensor&, Tensor&> results(result, LU, pivots);
  ET_KERNEL_CHECK(ctx, utils::check_square_matrices(A), InvalidArgument, results);
  utils::determinants(ctx, A, &result, nullptr, nullptr, LU, pivots);
  return results;
}

}  // namespace torch::executor::native
