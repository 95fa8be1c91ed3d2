// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cinttypes>

#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native {

Tensor& diagonal_scatter_out(KernelRuntimeContext& ctx, const Tensor& self, const Tensor& src,
                             int64_t offset, int64_t dim1, int64_t dim2, Tensor& out) {
  ET_KERNEL_CHECK(ctx,
                  check_diagonal_copy_args(self, dim1, dim2, out) &&
                      tensors_have_same_dtype(self, src, out) &&
                      resize_tensor(out, self.sizes()) == Error::Ok,
                  InvalidArgument, out);
  const auto rank = static_cast<int64_t>(self.dim());
  const auto row = static_cast<size_t>(ET_NORMALIZE_IX(dim1, rank));
  const auto column = static_cast<size_t>(ET_NORMALIZE_IX(dim2, rank));
  utils::TensorView diagonal(out);
  const int64_t rows = diagonal.sizes[row];
  const int64_t columns = diagonal.sizes[column];
  // Bounded, so that nothing below overflows.
  offset = std::max(-rows, std::min(offset, columns));
  const int64_t size = std::max(int64_t{0}, offset >= 0 ? std::min(rows, columns - offset)
                                                        : std::min(rows + offset, columns));
  const int64_t stride = diagonal.strides[row] + diagonal.strides[column];
  if (size > 0) {
    diagonal.offset +=
        offset >= 0 ? offset * diagonal.strides[column] : -offset * diagonal.strides[row];
  }
  diagonal.remove(std::max(row, column)).remove(std::min(row, column));
  diagonal.insert(diagonal.dim, size, stride);
  const utils::TensorView values(src);
  bool same_shape = values.dim == diagonal.dim;
  for (size_t d = 0; same_shape && d < values.dim; ++d) {
    same_shape = values.sizes[d] == diagonal.sizes[d];
  }
  ET_KERNEL_CHECK_MSG(ctx, same_shape, InvalidArgument, out,
                      "src does not have the shape of the diagonal, of %zu dimensions, the last of "
                      "size %" PRId64,
                      diagonal.dim, size);
  utils::copy_to(ctx, self, out);
  utils::copy(values, diagonal);
  return out;
}

}  // namespace torch::executor::native
