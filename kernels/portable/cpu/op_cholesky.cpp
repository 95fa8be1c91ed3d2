// SPDX-License-Identifier: BSD-3-Clause
#include <cinttypes>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/linalg_util.h>

namespace torch::executor::native {

Tensor& cholesky_out(KernelRuntimeContext& ctx, const Tensor& self, bool upper, Tensor& out) {
  ET_KERNEL_CHECK(ctx,
                  utils::check_square_matrices(self) && tensors_have_same_dtype(self, out) &&
                      resize_tensor(out, self.sizes()) == Error::Ok,
                  InvalidArgument, out);
  const int64_t n = self.size(self.dim() - 1);
  utils::DenseMatrix matrix;
  if (!utils::allocate_matrix(ctx, n, n, matrix)) {
    return out;
  }
  int64_t failed = 0;
  utils::batch_loops<2>(self, {&self, &out}, {2, 2})
      .for_each([&](const utils::LoopNest<2>::Offsets& at) {
        utils::load_matrix(self, at[0], upper, matrix);
        const int64_t status = utils::cholesky_factor(matrix);
        utils::store_matrix(matrix, upper, out, at[1]);
        failed = failed == 0 ? status : failed;
      });
  ET_KERNEL_CHECK_MSG(ctx, failed == 0, InvalidArgument, out,
                      "The leading minor of order %" PRId64 " is not positive definite", failed);
  return out;
}

}  // namespace torch::executor::native
