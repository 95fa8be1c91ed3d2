// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/linalg_util.h>

namespace torch::executor::native {

namespace {

/// Rotates rows and columns p and q so that a(p, q) becomes 0.
void rotate(const utils::DenseMatrix& a, const utils::DenseMatrix& v, int64_t p, int64_t q) {
  const double theta = (a(q, q) - a(p, p)) / (2 * a(p, q));
  const double t = std::copysign(1 / (std::abs(theta) + std::sqrt(theta * theta + 1)), theta);
  const double c = 1 / std::sqrt(t * t + 1);
  const double s = t * c;
  for (int64_t k = 0; k < a.rows; ++k) {
    const double x = a(k, p);
    const double y = a(k, q);
    a(k, p) = c * x - s * y;
    a(k, q) = s * x + c * y;
  }
  for (int64_t k = 0; k < a.rows; ++k) {
    const double x = a(p, k);
    const double y = a(q, k);
    a(p, k) = c * x - s * y;
    a(q, k) = s * x + c * y;
  }
  for (int64_t k = 0; k < a.rows; ++k) {
    const double x = v(k, p);
    const double y = v(k, q);
    v(k, p) = c * x - s * y;
    v(k, q) = s * x + c * y;
  }
}

/// Jacobi's method: diagonalizes `a`; the columns of `v` become the eigenvectors.
void diagonalize(const utils::DenseMatrix& a, const utils::DenseMatrix& v) {
  const int64_t n = a.rows;
  constexpr int kMaxSweeps = 60;
  for (int sweep = 0; sweep < kMaxSweeps; ++sweep) {
    bool is_diagonal = true;
    for (int64_t p = 0; p < n; ++p) {
      for (int64_t q = p + 1; q < n; ++q) {
        constexpr double kEpsilon = 1e-17;
        if (std::abs(a(p, q)) > kEpsilon * (std::abs(a(p, p)) + std::abs(a(q, q)))) {
          rotate(a, v, p, q);
          is_diagonal = false;
        }
      }
    }
    if (is_diagonal) {
      return;
    }
  }
}

}  // namespace

/// Of an eigenvector, the largest component is positive.
std::tuple<Tensor&, Tensor&> _linalg_eigh_eigenvalues(KernelRuntimeContext& ctx, const Tensor& A,
                                                      string_view UPLO, bool compute_v,
                                                      Tensor& eigenvalues, Tensor& eigenvectors) {
  std::tuple<Tensor&, Tensor&> results(eigenvalues, eigenvectors);
  ET_KERNEL_CHECK_MSG(ctx, UPLO == "L" || UPLO == "U" || UPLO == "l" || UPLO == "u",
                      InvalidArgument, results, "UPLO is '%.*s', expected L or U",
                      static_cast<int>(UPLO.size()), UPLO.data());
  ET_KERNEL_CHECK(ctx,
                  utils::check_square_matrices(A) && tensors_have_same_dtype(A, eigenvalues) &&
                      tensors_have_same_dtype(A, eigenvectors),
                  InvalidArgument, results);
  const bool upper = UPLO == "U" || UPLO == "u";
  const int64_t n = A.size(A.dim() - 1);
  const int64_t row[] = {n};
  const int64_t none[] = {0};
  ET_KERNEL_CHECK(
      ctx,
      utils::resize_batch(A, eigenvalues, ArrayRef<int64_t>(row)) &&
          (compute_v ? resize_tensor(eigenvectors, A.sizes())
                     : resize_tensor(eigenvectors, ArrayRef<int64_t>(none))) == Error::Ok,
      InvalidArgument, results);
  utils::DenseMatrix a;
  utils::DenseMatrix v;
  utils::DenseMatrix sorted;
  auto* const ranked = utils::allocate_scratch<utils::Ranked<double>>(ctx, n);
  ET_KERNEL_CHECK(ctx,
                  utils::allocate_matrix(ctx, n, n, a) && utils::allocate_matrix(ctx, n, n, v) &&
                      utils::allocate_matrix(ctx, n, n, sorted) && ranked != nullptr,
                  MemoryAllocationFailed, results);
  const Tensor& vectors = compute_v ? eigenvectors : A;
  utils::batch_loops<3>(A, {&A, &eigenvalues, &vectors}, {2, 1, 2})
      .for_each([&](const utils::LoopNest<3>::Offsets& at) {
        utils::load_matrix(A, at[0], upper, a);
        for (int64_t i = 0; i < n; ++i) {
          for (int64_t j = 0; j < n; ++j) {
            v(i, j) = i == j ? 1 : 0;
            if (j > i) {
              a(i, j) = a(j, i);
            }
          }
        }
        diagonalize(a, v);
        for (int64_t i = 0; i < n; ++i) {
          ranked[i] = {a(i, i), i};
        }
        utils::sort_ranked(ranked, n, /*descending=*/false);
        for (int64_t i = 0; i < n; ++i) {
          utils::store_element<double>(
              ranked[i].value, eigenvalues.mutable_data_ptr(), eigenvalues.scalar_type(),
              at[1] + i * eigenvalues.strides()[eigenvalues.strides().size() - 1]);
          double largest = 0;
          for (int64_t k = 0; k < n; ++k) {
            const double x = v(k, ranked[i].index);
            largest = std::abs(x) > std::abs(largest) ? x : largest;
          }
          for (int64_t k = 0; k < n; ++k) {
            sorted(k, i) = largest < 0 ? -v(k, ranked[i].index) : v(k, ranked[i].index);
          }
        }
        if (compute_v) {
          utils::store_matrix(sorted, false, eigenvectors, at[2]);
        }
      });
  return results;
}

}  // namespace torch::executor::native
