// SPDX-License-Identifier: BSD-3-Clause
#include <cinttypes>
#include <tuple>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/linalg_util.h>

namespace torch::executor::native {

std::tuple<Tensor&, Tensor&> linalg_cholesky_ex_L(KernelRuntimeContext& ctx, const Tensor& self,
                                                  bool upper, bool check_errors, Tensor& L,
                                                  Tensor& info) {
  std::tuple<Tensor&, Tensor&> results(L, info);
  ET_KERNEL_CHECK(ctx, utils::check_square_matrices(self), InvalidArgument, results);
  const int64_t n = self.size(self.dim() - 1);
  ET_KERNEL_CHECK(ctx,
                  tensors_have_same_dtype(self, L) && tensor_is_type(info, ScalarType::Int) &&
                      resize_tensor(L, self.sizes()) == Error::Ok &&
                      utils::resize_batch(self, info, {}),
                  InvalidArgument, results);
  utils::DenseMatrix matrix;
  if (!utils::allocate_matrix(ctx, n, n, matrix)) {
    return results;
  }
  int64_t failed = 0;
  utils::batch_loops<3>(self, {&self, &L, &info}, {2, 2, 0})
      .for_each([&](const utils::LoopNest<3>::Offsets& at) {
        // The upper factor is the transpose of the lower one.
        utils::load_matrix(self, at[0], upper, matrix);
        const int64_t status = utils::cholesky_factor(matrix);
        utils::store_matrix(matrix, upper, L, at[1]);
        info.mutable_data_ptr<int32_t>()[at[2]] = static_cast<int32_t>(status);
        failed = failed == 0 ? status : failed;
      });
  ET_KERNEL_CHECK_MSG(ctx, !check_errors || failed == 0, InvalidArgument, results,
                      "The leading minor of order %" PRId64 " is not positive definite", failed);
  return results;
}

}  // namespace torch::executor::native
