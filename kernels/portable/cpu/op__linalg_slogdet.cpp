// SPDX-License-Identifier: BSD-3-Clause
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/determinant_util.h>
#include <executorch/kernels/portable/cpu/util/linalg_util.h>

namespace torch::executor::native {

std::tuple<Tensor&, Tensor&, Tensor&, Tensor&> _linalg_slogdet_sign(KernelRuntimeContext& ctx,
                                                                    const Tensor& A, Tensor& sign,
                                                                    Tensor& logabsdet, Tensor& LU,
                                                                    Tensor& pivots) {
  std::tuple<Tensor&, Tensor&, Tensor&, Tensor&> results(sign, logabsdet, LU, pivots);
  ET_KERNEL_CHECK(ctx, utils::check_square_matrices(A), InvalidArgument, results);
  utils::determinants(ctx, A, nullptr, &sign, &logabsdet, LU, pivots);
  return results;
}

}  // namespace torch::executor::native
