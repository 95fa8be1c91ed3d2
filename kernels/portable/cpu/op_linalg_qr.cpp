// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/linalg_util.h>

namespace torch::executor::native {

/// By Householder reflections, with the signs that LAPACK gives.
std::tuple<Tensor&, Tensor&> linalg_qr_out(KernelRuntimeContext& ctx, const Tensor& A,
                                           string_view mode, Tensor& Q, Tensor& R) {
  std::tuple<Tensor&, Tensor&> results(Q, R);
  ET_KERNEL_CHECK_MSG(ctx, mode == "reduced" || mode == "complete" || mode == "r", InvalidArgument,
                      results, "mode is '%.*s', expected reduced, complete or r",
                      static_cast<int>(mode.size()), mode.data());
  ET_KERNEL_CHECK(
      ctx,
      utils::check_matrices(A) && tensors_have_same_dtype(A, R) && tensors_have_same_dtype(A, Q),
      InvalidArgument, results);
  const int64_t m = A.size(A.dim() - 2);
  const int64_t n = A.size(A.dim() - 1);
  const int64_t k = std::min(m, n);
  const int64_t rows = mode == "complete" ? m : k;
  const bool has_q = mode != "r";
  const int64_t r_sizes[] = {rows, n};
  const int64_t q_sizes[] = {m, rows};
  const int64_t none[] = {0};
  ET_KERNEL_CHECK(ctx,
                  utils::resize_batch(A, R, ArrayRef<int64_t>(r_sizes)) &&
                      (has_q ? utils::resize_batch(A, Q, ArrayRef<int64_t>(q_sizes))
                             : resize_tensor(Q, ArrayRef<int64_t>(none)) == Error::Ok),
                  InvalidArgument, results);
  utils::DenseMatrix a;
  utils::DenseMatrix q;
  auto* const taus = utils::allocate_scratch<double>(ctx, k);
  ET_KERNEL_CHECK(ctx,
                  utils::allocate_matrix(ctx, m, n, a) && utils::allocate_matrix(ctx, m, rows, q) &&
                      taus != nullptr,
                  MemoryAllocationFailed, results);
  const Tensor& q_or_r = has_q ? Q : R;
  // Applies reflection j, whose vector is 1 and then column j of `a` below the diagonal.
  const auto reflect = [&](int64_t j, const utils::DenseMatrix& target, int64_t first) {
    for (int64_t c = first; c < target.columns; ++c) {
      double dot = target(j, c);
      for (int64_t i = j + 1; i < m; ++i) {
        dot += a(i, j) * target(i, c);
      }
      dot *= taus[j];
      target(j, c) -= dot;
      for (int64_t i = j + 1; i < m; ++i) {
        target(i, c) -= dot * a(i, j);
      }
    }
  };
  utils::batch_loops<3>(A, {&A, &q_or_r, &R}, {2, 2, 2})
      .for_each([&](const utils::LoopNest<3>::Offsets& at) {
        utils::load_matrix(A, at[0], false, a);
        for (int64_t j = 0; j < k; ++j) {
          double below = 0;
          for (int64_t i = j + 1; i < m; ++i) {
            below += a(i, j) * a(i, j);
          }
          taus[j] = 0;
          if (below == 0) {
            continue;
          }
          const double alpha = a(j, j);
          const double beta = -std::copysign(std::sqrt(alpha * alpha + below), alpha);
          taus[j] = (beta - alpha) / beta;
          for (int64_t i = j + 1; i < m; ++i) {
            a(i, j) /= alpha - beta;
          }
          reflect(j, a, j + 1);
          a(j, j) = beta;
        }
        if (has_q) {
          for (int64_t i = 0; i < m; ++i) {
            for (int64_t j = 0; j < rows; ++j) {
              q(i, j) = i == j ? 1 : 0;
            }
          }
          for (int64_t j = k; j-- > 0;) {
            reflect(j, q, 0);
          }
          utils::store_matrix(q, false, Q, at[1]);
        }
        for (int64_t i = 0; i < m; ++i) {
          std::fill_n(&a(i, 0), std::min(i, n), 0.0);
        }
        utils::store_matrix({a.data, rows, n}, false, R, at[2]);
      });
  return results;
}

}  // namespace torch::executor::native
