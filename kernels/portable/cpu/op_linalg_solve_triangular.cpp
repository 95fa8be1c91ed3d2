// SPDX-License-Identifier: BSD-3-Clause
#include <cinttypes>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/linalg_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native {

/// Solves A X = B, or X A = B unless `left`, with A the triangle of `self`. The batches broadcast.
Tensor& linalg_solve_triangular_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& B,
                                    bool upper, bool left, bool unitriangular, Tensor& out) {
  ET_KERNEL_CHECK(ctx,
                  utils::check_square_matrices(self) && utils::check_matrices(B) &&
                      tensors_have_same_dtype(self, B, out),
                  InvalidArgument, out);
  const int64_t n = self.size(self.dim() - 1);
  const int64_t right_sides = B.size(B.dim() - (left ? 1 : 2));
  ET_KERNEL_CHECK_MSG(ctx, B.size(B.dim() - (left ? 2 : 1)) == n, InvalidArgument, out,
                      "The right side has %zd rows, expected %" PRId64,
                      B.size(B.dim() - (left ? 2 : 1)), n);
  // Batch dimensions of both, as views of the matrices.
  utils::TensorView a(self);
  utils::TensorView b(B);
  a.dim -= 2;
  b.dim -= 2;
  ET_KERNEL_CHECK(ctx, utils::broadcast_together(a, b), InvalidArgument, out);
  utils::TensorView shape = a;
  shape.insert(shape.dim, B.size(B.dim() - 2));
  shape.insert(shape.dim, B.size(B.dim() - 1));
  ET_KERNEL_CHECK(ctx, utils::resize_to(shape, out), InvalidArgument, out);
  utils::DenseMatrix matrix;
  utils::DenseMatrix solution;
  if (!utils::allocate_matrix(ctx, n, n, matrix) ||
      !utils::allocate_matrix(ctx, n, right_sides, solution)) {
    return out;
  }
  utils::LoopNest<3> nest;
  const auto element = static_cast<int64_t>(self.element_size());
  for (size_t d = 0; d < a.dim; ++d) {
    nest.push(a.sizes[d], {a.strides[d] / element, b.strides[d] / element, out.strides()[d]});
  }
  nest.for_each([&](const utils::LoopNest<3>::Offsets& at) {
    utils::load_matrix(self, at[0], false, matrix);
    // X A = B is A^T X^T = B^T.
    utils::load_matrix(B, at[1], !left, solution);
    utils::solve_triangular(matrix, upper, /*transposed=*/!left, unitriangular, solution);
    utils::store_matrix(solution, !left, out, at[2]);
  });
  return out;
}

}  // namespace torch::executor::native
