// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cinttypes>
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/linalg_util.h>

namespace torch::executor::native {

std::tuple<Tensor&, Tensor&> linalg_inv_ex_inverse(KernelRuntimeContext& ctx, const Tensor& A,
                                                   bool check_errors, Tensor& inverse,
                                                   Tensor& info) {
  std::tuple<Tensor&, Tensor&> results(inverse, info);
  ET_KERNEL_CHECK(ctx, utils::check_square_matrices(A), InvalidArgument, results);
  const int64_t n = A.size(A.dim() - 1);
  const int64_t sizes[] = {n, n};
  ET_KERNEL_CHECK(ctx,
                  tensors_have_same_dtype(A, inverse) && tensor_is_type(info, ScalarType::Int) &&
                      utils::resize_batch(A, inverse, ArrayRef<int64_t>(sizes)) &&
                      utils::resize_batch(A, info, {}),
                  InvalidArgument, results);
  utils::DenseMatrix matrix;
  utils::DenseMatrix result;
  auto* const exchanges = utils::allocate_scratch<int64_t>(ctx, n);
  ET_KERNEL_CHECK(ctx,
                  utils::allocate_matrix(ctx, n, n, matrix) &&
                      utils::allocate_matrix(ctx, n, n, result) && exchanges != nullptr,
                  MemoryAllocationFailed, results);
  int64_t failed = 0;
  utils::batch_loops<3>(A, {&A, &inverse, &info}, {2, 2, 0})
      .for_each([&](const utils::LoopNest<3>::Offsets& at) {
        utils::load_matrix(A, at[0], false, matrix);
        const utils::LuResult lu = utils::lu_factor(matrix, exchanges);
        std::fill_n(result.data, n * n, 0.0);
        for (int64_t i = 0; i < n; ++i) {
          result(i, i) = 1;
        }
        utils::lu_solve(matrix, exchanges, false, result);
        utils::store_matrix(result, false, inverse, at[1]);
        info.mutable_data_ptr<int32_t>()[at[2]] = static_cast<int32_t>(lu.info);
        failed = failed == 0 ? lu.info : failed;
      });
  ET_KERNEL_CHECK_MSG(ctx, !check_errors || failed == 0, InvalidArgument, results,
                      "Diagonal element %" PRId64 " is zero: the matrix is singular", failed);
  return results;
}

}  // namespace torch::executor::native
