// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cinttypes>
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/determinant_util.h>
#include <executorch/kernels/portable/cpu/util/linalg_util.h>

namespace torch::executor::native {

/// A vector of right sides is one column.
std::tuple<Tensor&, Tensor&, Tensor&, Tensor&> _linalg_solve_ex_result(
    KernelRuntimeContext& ctx, const Tensor& A, const Tensor& B, bool left, bool check_errors,
    Tensor& result, Tensor& LU, Tensor& pivots, Tensor& info) {
  std::tuple<Tensor&, Tensor&, Tensor&, Tensor&> results(result, LU, pivots, info);
  ET_KERNEL_CHECK(ctx, utils::check_square_matrices(A), InvalidArgument, results);
  const int64_t n = A.size(A.dim() - 1);
  const int64_t square[] = {n, n};
  const int64_t row[] = {n};
  // As torch tells: one vector, or as many as A has matrices.
  bool is_vector = B.dim() == 1 || (B.dim() == A.dim() - 1 && B.dim() > 0);
  for (ssize_t d = 0; is_vector && B.dim() > 1 && d < B.dim(); ++d) {
    is_vector = B.size(d) == A.size(d);
  }
  ET_KERNEL_CHECK_MSG(ctx, is_vector || B.dim() >= 2, InvalidArgument, results,
                      "The right side has rank %zd", B.dim());
  ET_KERNEL_CHECK_MSG(ctx, left || !is_vector, InvalidArgument, results,
                      "A vector can only stand on the right of a matrix");
  const int64_t inner = is_vector ? 1 : 2;
  const int64_t right_sides = is_vector ? 1 : B.size(B.dim() - (left ? 1 : 2));
  ET_KERNEL_CHECK_MSG(ctx, B.size(B.dim() - (is_vector || !left ? 1 : 2)) == n, InvalidArgument,
                      results, "The right side has %zd rows, expected %" PRId64,
                      B.size(B.dim() - (is_vector || !left ? 1 : 2)), n);
  // The batches broadcast.
  int64_t sizes[::executorch::runtime::kTensorDimensionLimit + 2];
  const ssize_t a_batch = A.dim() - 2;
  const ssize_t b_batch = B.dim() - inner;
  const ssize_t batch = std::max(a_batch, b_batch);
  for (ssize_t d = 0; d < batch; ++d) {
    const ssize_t a_d = d - (batch - a_batch);
    const ssize_t b_d = d - (batch - b_batch);
    const int64_t a_size = a_d < 0 ? 1 : A.size(a_d);
    const int64_t b_size = b_d < 0 ? 1 : B.size(b_d);
    ET_KERNEL_CHECK_MSG(ctx, a_size == b_size || a_size == 1 || b_size == 1, InvalidArgument,
                        results, "Batches of %" PRId64 " and %" PRId64 " do not broadcast", a_size,
                        b_size);
    sizes[d] = a_size == 1 ? b_size : a_size;
  }
  sizes[batch] = is_vector || left ? n : right_sides;
  sizes[batch + 1] = left ? right_sides : n;
  ET_KERNEL_CHECK(
      ctx,
      tensors_have_same_dtype(A, B, result) && tensors_have_same_dtype(A, LU) &&
          tensor_is_type(pivots, ScalarType::Int) && tensor_is_type(info, ScalarType::Int) &&
          resize_tensor(result, ArrayRef<int64_t>(sizes, static_cast<size_t>(batch + inner))) ==
              Error::Ok &&
          utils::resize_batch(A, LU, ArrayRef<int64_t>(square)) &&
          utils::resize_batch(A, pivots, ArrayRef<int64_t>(row)) &&
          utils::resize_batch(A, info, {}),
      InvalidArgument, results);
  utils::DenseMatrix matrix;
  utils::DenseMatrix solution;
  auto* const exchanges = utils::allocate_scratch<int64_t>(ctx, n);
  ET_KERNEL_CHECK(ctx,
                  utils::allocate_matrix(ctx, n, n, matrix) &&
                      utils::allocate_matrix(ctx, n, right_sides, solution) && exchanges != nullptr,
                  MemoryAllocationFailed, results);
  int64_t failed = 0;
  utils::LoopNest<6> nest;
  const Tensor* const tensors[] = {&A, &LU, &pivots, &info, &B, &result};
  const ssize_t inners[] = {2, 2, 1, 0, inner, inner};
  for (ssize_t d = 0; d < batch; ++d) {
    utils::LoopNest<6>::Offsets strides{};
    for (size_t t = 0; t < 6; ++t) {
      const ssize_t own = d - (batch - (tensors[t]->dim() - inners[t]));
      if (own >= 0 && tensors[t]->size(own) != 1) {
        strides[t] = tensors[t]->strides()[static_cast<size_t>(own)];
      }
    }
    nest.push(sizes[d], strides);
  }
  nest.for_each([&](const utils::LoopNest<6>::Offsets& at) {
    utils::load_matrix(A, at[0], /*transposed=*/false, matrix);
    const utils::LuResult lu = utils::lu_factor(matrix, exchanges);
    utils::store_matrix(matrix, false, LU, at[1]);
    utils::store_pivots(exchanges, n, pivots, at[2]);
    info.mutable_data_ptr<int32_t>()[at[3]] = static_cast<int32_t>(lu.info);
    failed = failed == 0 ? lu.info : failed;
    // X A = B is A^T X^T = B^T.
    utils::load_columns(B, at[4], is_vector, !left, solution);
    utils::lu_solve(matrix, exchanges, /*transposed=*/!left, solution);
    utils::store_columns(solution, is_vector, !left, result, at[5]);
  });
  ET_KERNEL_CHECK_MSG(ctx, !check_errors || failed == 0, InvalidArgument, results,
                      "Diagonal element %" PRId64 " is zero: the matrix is singular", failed);
  return results;
}

}  // namespace torch::executor::native
