// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/linalg_util.h>

#include <algorithm>
#include <cmath>

#include <executorch/kernels/portable/cpu/util/block_util.h>

namespace torch::executor::native::utils {

bool allocate_matrix(KernelRuntimeContext& ctx, int64_t rows, int64_t columns,
                     DenseMatrix& matrix) {
  matrix = {allocate_scratch<double>(ctx, std::max(rows * columns, int64_t{1})), rows, columns};
  ET_KERNEL_CHECK_MSG(ctx, matrix.data != nullptr, MemoryAllocationFailed, false,
                      "Scratch memory is needed for a matrix of %lld by %lld",
                      static_cast<long long>(rows), static_cast<long long>(columns));
  return true;
}

bool check_matrices(const Tensor& t) {
  ET_CHECK_OR_RETURN_FALSE(t.dim() >= 2, "a tensor of rank %zd holds no matrices", t.dim());
  return tensor_is_type(t, ScalarType::Float, ScalarType::Double);
}

bool check_square_matrices(const Tensor& t) {
  if (!check_matrices(t)) {
    return false;
  }
  ET_CHECK_OR_RETURN_FALSE(t.size(t.dim() - 1) == t.size(t.dim() - 2),
                           "a matrix of %zd by %zd is not square", t.size(t.dim() - 2),
                           t.size(t.dim() - 1));
  return true;
}

bool resize_batch(const Tensor& batch, const Tensor& out, ArrayRef<int64_t> sizes) {
  int64_t all[::executorch::runtime::kTensorDimensionLimit + 2];
  const size_t dims = static_cast<size_t>(batch.dim()) - 2;
  std::copy_n(batch.sizes().begin(), dims, all);
  std::copy(sizes.begin(), sizes.end(), all + dims);
  return resize_tensor(out, ArrayRef<int64_t>(all, dims + sizes.size())) == Error::Ok;
}

namespace {

struct Steps {
  int64_t row;
  int64_t column;
};

Steps steps_of(const Tensor& t, bool is_vector, bool transposed) {
  const auto strides = t.strides();
  const size_t rank = strides.size();
  const int64_t last = strides[rank - 1];
  if (is_vector) {
    return {last, 0};
  }
  return transposed ? Steps{last, strides[rank - 2]} : Steps{strides[rank - 2], last};
}

}  // namespace

void load_columns(const Tensor& t, int64_t offset, bool is_vector, bool transposed,
                  const DenseMatrix& matrix) {
  const Steps steps = steps_of(t, is_vector, transposed);
  for (int64_t i = 0; i < matrix.rows; ++i) {
    for (int64_t j = 0; j < matrix.columns; ++j) {
      matrix(i, j) = load_element<double>(t.const_data_ptr(), t.scalar_type(),
                                          offset + i * steps.row + j * steps.column);
    }
  }
}

void store_columns(const DenseMatrix& matrix, bool is_vector, bool transposed, const Tensor& t,
                   int64_t offset) {
  const Steps steps = steps_of(t, is_vector, transposed);
  for (int64_t i = 0; i < matrix.rows; ++i) {
    for (int64_t j = 0; j < matrix.columns; ++j) {
      store_element<double>(matrix(i, j), t.mutable_data_ptr(), t.scalar_type(),
                            offset + i * steps.row + j * steps.column);
    }
  }
}

void load_matrix(const Tensor& t, int64_t offset, bool transposed, const DenseMatrix& matrix) {
  load_columns(t, offset, /*is_vector=*/false, transposed, matrix);
}

void store_matrix(const DenseMatrix& matrix, bool transposed, const Tensor& t, int64_t offset) {
  store_columns(matrix, /*is_vector=*/false, transposed, t, offset);
}

LuResult lu_factor(const DenseMatrix& a, int64_t* pivots, bool pivot) {
  LuResult result = {1, 0};
  const int64_t steps = std::min(a.rows, a.columns);
  for (int64_t k = 0; k < steps; ++k) {
    int64_t best = k;
    for (int64_t i = k + 1; pivot && i < a.rows; ++i) {
      best = std::abs(a(i, k)) > std::abs(a(best, k)) ? i : best;
    }
    pivots[k] = best;
    if (best != k) {
      std::swap_ranges(&a(k, 0), &a(k, 0) + a.columns, &a(best, 0));
      result.parity = -result.parity;
    }
    if (a(k, k) == 0) {
      result.info = result.info == 0 ? k + 1 : result.info;
      continue;
    }
    for (int64_t i = k + 1; i < a.rows; ++i) {
      const double factor = a(i, k) /= a(k, k);
      for (int64_t j = k + 1; j < a.columns; ++j) {
        a(i, j) -= factor * a(k, j);
      }
    }
  }
  return result;
}

void solve_triangular(const DenseMatrix& a, bool upper, bool transposed, bool unit,
                      const DenseMatrix& b) {
  const int64_t n = a.rows;
  const bool backward = upper != transposed;
  for (int64_t step = 0; step < n; ++step) {
    const int64_t i = backward ? n - 1 - step : step;
    for (int64_t k = backward ? i + 1 : 0; k < (backward ? n : i); ++k) {
      const double factor = transposed ? a(k, i) : a(i, k);
      for (int64_t j = 0; j < b.columns; ++j) {
        b(i, j) -= factor * b(k, j);
      }
    }
    for (int64_t j = 0; !unit && j < b.columns; ++j) {
      b(i, j) /= a(i, i);
    }
  }
}

void lu_solve(const DenseMatrix& lu, const int64_t* pivots, bool transposed, const DenseMatrix& b) {
  const auto exchange = [&](int64_t i) {
    if (pivots[i] != i) {
      std::swap_ranges(&b(i, 0), &b(i, 0) + b.columns, &b(pivots[i], 0));
    }
  };
  if (!transposed) {
    for (int64_t i = 0; i < lu.rows; ++i) {
      exchange(i);
    }
    solve_triangular(lu, /*upper=*/false, false, /*unit=*/true, b);
    solve_triangular(lu, /*upper=*/true, false, /*unit=*/false, b);
    return;
  }
  solve_triangular(lu, /*upper=*/true, true, /*unit=*/false, b);
  solve_triangular(lu, /*upper=*/false, true, /*unit=*/true, b);
  for (int64_t i = lu.rows; i-- > 0;) {
    exchange(i);
  }
}

int64_t cholesky_factor(const DenseMatrix& a) {
  for (int64_t j = 0; j < a.columns; ++j) {
    double diagonal = a(j, j);
    for (int64_t k = 0; k < j; ++k) {
      diagonal -= a(j, k) * a(j, k);
    }
    if (!(diagonal > 0)) {
      return j + 1;
    }
    a(j, j) = std::sqrt(diagonal);
    for (int64_t i = j + 1; i < a.rows; ++i) {
      double sum = a(i, j);
      for (int64_t k = 0; k < j; ++k) {
        sum -= a(i, k) * a(j, k);
      }
      a(i, j) = sum / a(j, j);
      a(j, i) = 0;
    }
  }
  return 0;
}

}  // namespace torch::executor::native::utils
