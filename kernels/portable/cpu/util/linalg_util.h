// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Linear algebra on batches of matrices of float or double. Everything is computed in double, in
/// scratch memory, matrix by matrix, without blocking: for small matrices.

#include <cstdint>

#include <executorch/kernels/portable/cpu/util/loop_nest.h>
#include <executorch/kernels/portable/cpu/util/sort_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// A row-major matrix in scratch memory.
struct DenseMatrix {
  double* data = nullptr;
  int64_t rows = 0;
  int64_t columns = 0;

  double& operator()(int64_t i, int64_t j) const { return data[i * columns + j]; }
};

/// Fails `ctx` and returns false when there is not enough scratch memory.
bool allocate_matrix(KernelRuntimeContext& ctx, int64_t rows, int64_t columns, DenseMatrix& matrix);

/// Whether `t` holds matrices (square ones) of float or double; leaves a sentence otherwise.
bool check_matrices(const Tensor& t);
bool check_square_matrices(const Tensor& t);

/// Gives `out` the batch dimensions of `batch`, whose last two are the matrix, and then `sizes`.
bool resize_batch(const Tensor& batch, const Tensor& out, ArrayRef<int64_t> sizes);

/// Loops over the batch of K tensors whose last `inner` dimensions are not counted; offsets in
/// elements. A tensor with fewer batch dimensions, or of size 1, repeats.
template <size_t K>
LoopNest<K> batch_loops(const Tensor& batch, const Tensor* const (&tensors)[K],
                        const size_t (&inner)[K]) {
  LoopNest<K> nest;
  const size_t dims = static_cast<size_t>(batch.dim()) - 2;
  for (size_t d = 0; d < dims; ++d) {
    typename LoopNest<K>::Offsets strides{};
    for (size_t t = 0; t < K; ++t) {
      const size_t own = static_cast<size_t>(tensors[t]->dim()) - inner[t];
      if (d + own >= dims && tensors[t]->sizes()[d + own - dims] != 1) {
        strides[t] = tensors[t]->strides()[d + own - dims];
      }
    }
    nest.push(batch.sizes()[d], strides);
  }
  return nest;
}

/// Copies a matrix of a tensor at element `offset`.
void load_matrix(const Tensor& t, int64_t offset, bool transposed, const DenseMatrix& matrix);
void store_matrix(const DenseMatrix& matrix, bool transposed, const Tensor& t, int64_t offset);

/// The same for the last dimension as one column if `is_vector`.
void load_columns(const Tensor& t, int64_t offset, bool is_vector, bool transposed,
                  const DenseMatrix& matrix);
void store_columns(const DenseMatrix& matrix, bool is_vector, bool transposed, const Tensor& t,
                   int64_t offset);

/// Factors in place into L (below the diagonal, which is 1) and U, with the rows exchanged as
/// `pivots` says: row i with pivots[i], from 0.
struct LuResult {
  double parity;  // of the exchanges: 1 or -1
  int64_t info;   // 1 + the first column without a pivot; 0 if there is none
};
LuResult lu_factor(const DenseMatrix& a, int64_t* pivots, bool pivot = true);
/// Solves A X = B in place of B, given lu_factor(A), or, if `transposed`, A^T X = B.
void lu_solve(const DenseMatrix& lu, const int64_t* pivots, bool transposed, const DenseMatrix& b);
/// Solves T X = B in place of B, with T the lower or upper triangle of `a`, or its transpose.
void solve_triangular(const DenseMatrix& a, bool upper, bool transposed, bool unit,
                      const DenseMatrix& b);
/// Replaces `a` by the lower triangle L with L L^T = A, of which the lower triangle is read, zeros
/// above. Returns 1 + the first column at which A is not positive definite, or 0.
int64_t cholesky_factor(const DenseMatrix& a);

}  // namespace torch::executor::native::utils
