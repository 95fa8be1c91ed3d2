// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cinttypes>
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/determinant_util.h>
#include <executorch/kernels/portable/cpu/util/linalg_util.h>

namespace torch::executor::native {

std::tuple<Tensor&, Tensor&, Tensor&> linalg_lu_factor_ex_out(KernelRuntimeContext& ctx,
                                                              const Tensor& A, bool pivot,
                                                              bool check_errors, Tensor& LU,
                                                              Tensor& pivots, Tensor& info) {
  std::tuple<Tensor&, Tensor&, Tensor&> results(LU, pivots, info);
  ET_KERNEL_CHECK(ctx, utils::check_matrices(A), InvalidArgument, results);
  const int64_t sizes[] = {A.size(A.dim() - 2), A.size(A.dim() - 1)};
  const int64_t n[] = {std::min(sizes[0], sizes[1])};
  ET_KERNEL_CHECK(ctx,
                  tensors_have_same_dtype(A, LU) && tensor_is_type(pivots, ScalarType::Int) &&
                      tensor_is_type(info, ScalarType::Int) &&
                      utils::resize_batch(A, LU, ArrayRef<int64_t>(sizes)) &&
                      utils::resize_batch(A, pivots, ArrayRef<int64_t>(n)) &&
                      utils::resize_batch(A, info, {}),
                  InvalidArgument, results);
  utils::DenseMatrix matrix;
  auto* const exchanges = utils::allocate_scratch<int64_t>(ctx, n[0]);
  ET_KERNEL_CHECK(ctx,
                  utils::allocate_matrix(ctx, sizes[0], sizes[1], matrix) && exchanges != nullptr,
                  MemoryAllocationFailed, results);
  int64_t failed = 0;
  utils::batch_loops<4>(A, {&A, &LU, &pivots, &info}, {2, 2, 1, 0})
      .for_each([&](const utils::LoopNest<4>::Offsets& at) {
        utils::load_matrix(A, at[0], false, matrix);
        const utils::LuResult result = utils::lu_factor(matrix, exchanges, pivot);
        utils::store_matrix(matrix, false, LU, at[1]);
        utils::store_pivots(exchanges, n[0], pivots, at[2]);
        info.mutable_data_ptr<int32_t>()[at[3]] = static_cast<int32_t>(result.info);
        failed = failed == 0 ? result.info : failed;
      });
  ET_KERNEL_CHECK_MSG(ctx, !check_errors || failed == 0, InvalidArgument, results,
                      "U(%" PRId64 ", %" PRId64 ") is zero: the matrix is singular", failed,
                      failed);
  return results;
}

}  // namespace torch::executor::native
