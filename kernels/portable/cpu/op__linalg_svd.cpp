// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/linalg_util.h>

namespace torch::executor::native {

namespace {

/// Jacobi's method on the columns of `a`, which has at least as many rows: rotates them until they
/// are orthogonal. `v` holds the rotations.
void orthogonalize(const utils::DenseMatrix& a, const utils::DenseMatrix& v) {
  const auto rotate = [](const utils::DenseMatrix& x, int64_t p, int64_t q, double c, double s) {
    for (int64_t k = 0; k < x.rows; ++k) {
      const double left = x(k, p);
      const double right = x(k, q);
      x(k, p) = c * left - s * right;
      x(k, q) = s * left + c * right;
    }
  };
  constexpr int kMaxSweeps = 60;
  for (int sweep = 0; sweep < kMaxSweeps; ++sweep) {
    bool is_orthogonal = true;
    for (int64_t p = 0; p < a.columns; ++p) {
      for (int64_t q = p + 1; q < a.columns; ++q) {
        double pp = 0;
        double qq = 0;
        double pq = 0;
        for (int64_t k = 0; k < a.rows; ++k) {
          pp += a(k, p) * a(k, p);
          qq += a(k, q) * a(k, q);
          pq += a(k, p) * a(k, q);
        }
        constexpr double kEpsilon = 1e-15;
        if (!(std::abs(pq) > kEpsilon * std::sqrt(pp * qq))) {
          continue;
        }
        is_orthogonal = false;
        const double zeta = (qq - pp) / (2 * pq);
        const double t = std::copysign(1 / (std::abs(zeta) + std::sqrt(1 + zeta * zeta)), zeta);
        const double c = 1 / std::sqrt(1 + t * t);
        rotate(a, p, q, c, c * t);
        rotate(v, p, q, c, c * t);
      }
    }
    if (is_orthogonal) {
      return;
    }
  }
}

/// Makes column `j` of \p u a unit vector that is orthogonal to the columns before it.
void complete(const utils::DenseMatrix& u, int64_t j) {
  double best = 0;
  for (int64_t unit = 0; unit < u.rows; ++unit) {
    for (int64_t k = 0; k < u.rows; ++k) {
      u(k, j) = k == unit ? 1 : 0;
    }
    // Twice, since rounding leaves some of what is taken away.
    for (int pass = 0; pass < 2; ++pass) {
      for (int64_t i = 0; i < j; ++i) {
        double dot = 0;
        for (int64_t k = 0; k < u.rows; ++k) {
          dot += u(k, i) * u(k, j);
        }
        for (int64_t k = 0; k < u.rows; ++k) {
          u(k, j) -= dot * u(k, i);
        }
      }
    }
    best = 0;
    for (int64_t k = 0; k < u.rows; ++k) {
      best += u(k, j) * u(k, j);
    }
    // At least one of the unit vectors keeps its share of the dimensions that are left.
    if (best * static_cast<double>(2 * u.rows) >= 1) {
      break;
    }
  }
  const double norm = std::sqrt(best);
  for (int64_t k = 0; k < u.rows; ++k) {
    u(k, j) /= norm;
  }
}

}  // namespace

std::tuple<Tensor&, Tensor&, Tensor&> _linalg_svd_U(KernelRuntimeContext& ctx, const Tensor& A,
                                                    bool full_matrices, bool compute_uv,
                                                    optional<string_view> driver, Tensor& U,
                                                    Tensor& S, Tensor& Vh) {
  (void)driver;  // Chooses among a GPU library's methods.
  std::tuple<Tensor&, Tensor&, Tensor&> results(U, S, Vh);
  ET_KERNEL_CHECK(ctx,
                  utils::check_matrices(A) && tensors_have_same_dtype(A, S) &&
                      tensors_have_same_dtype(A, U, Vh),
                  InvalidArgument, results);
  const int64_t m = A.size(A.dim() - 2);
  const int64_t n = A.size(A.dim() - 1);
  const int64_t k = std::min(m, n);
  const int64_t long_side = std::max(m, n);
  const int64_t u_sizes[] = {m, full_matrices ? m : k};
  const int64_t v_sizes[] = {full_matrices ? n : k, n};
  const int64_t s_sizes[] = {k};
  const int64_t none[] = {0};
  const auto resize = [&](const Tensor& out, const int64_t(&sizes)[2]) {
    return compute_uv ? utils::resize_batch(A, out, ArrayRef<int64_t>(sizes))
                      : resize_tensor(out, ArrayRef<int64_t>(none)) == Error::Ok;
  };
  ET_KERNEL_CHECK(ctx,
                  resize(U, u_sizes) && resize(Vh, v_sizes) &&
                      utils::resize_batch(A, S, ArrayRef<int64_t>(s_sizes)),
                  InvalidArgument, results);
  // A wide matrix is transposed, which exchanges U and V.
  const bool is_wide = n > m;
  utils::DenseMatrix a;
  utils::DenseMatrix v;
  utils::DenseMatrix left;
  utils::DenseMatrix right;
  auto* const ranked = utils::allocate_scratch<utils::Ranked<double>>(ctx, k);
  ET_KERNEL_CHECK(ctx,
                  utils::allocate_matrix(ctx, long_side, k, a) &&
                      utils::allocate_matrix(ctx, k, k, v) &&
                      utils::allocate_matrix(ctx, long_side, full_matrices ? long_side : k, left) &&
                      utils::allocate_matrix(ctx, k, k, right) && ranked != nullptr,
                  MemoryAllocationFailed, results);
  const Tensor& u_or_s = compute_uv ? U : A;
  const Tensor& v_or_s = compute_uv ? Vh : A;
  utils::batch_loops<4>(A, {&A, &u_or_s, &S, &v_or_s}, {2, 2, 1, 2})
      .for_each([&](const utils::LoopNest<4>::Offsets& at) {
        utils::load_matrix(A, at[0], is_wide, a);
        for (int64_t i = 0; i < k; ++i) {
          for (int64_t j = 0; j < k; ++j) {
            v(i, j) = i == j ? 1 : 0;
          }
        }
        orthogonalize(a, v);
        for (int64_t j = 0; j < k; ++j) {
          double square = 0;
          for (int64_t i = 0; i < long_side; ++i) {
            square += a(i, j) * a(i, j);
          }
          ranked[j] = {std::sqrt(square), j};
        }
        utils::sort_ranked(ranked, k, /*descending=*/true);
        for (int64_t j = 0; j < k; ++j) {
          const auto [value, from] = ranked[j];
          utils::store_element<double>(value, S.mutable_data_ptr(), S.scalar_type(),
                                       at[2] + j * S.strides()[S.strides().size() - 1]);
          for (int64_t i = 0; i < k; ++i) {
            right(i, j) = v(i, from);
          }
          for (int64_t i = 0; i < long_side; ++i) {
            left(i, j) = a(i, from) / value;
          }
        }
        if (!compute_uv) {
          return;
        }
        for (int64_t j = 0; j < left.columns; ++j) {
          if (j >= k || ranked[j].value <= 1e-300 + 1e-16 * ranked[0].value) {
            complete(left, j);
          }
        }
        utils::store_matrix(is_wide ? right : left, false, U, at[1]);
        utils::store_matrix(is_wide ? left : right, /*transposed=*/true, Vh, at[3]);
      });
  return results;
}

}  // namespace torch::executor::native
