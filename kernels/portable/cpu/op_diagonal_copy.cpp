// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& diagonal_copy_out(KernelRuntimeContext& ctx, const Tensor& in, int64_t offset, int64_t dim1,
                          int64_t dim2, Tensor& out) {
  ET_KERNEL_CHECK(ctx, check_diagonal_copy_args(in, dim1, dim2, out), InvalidArgument, out);
  const auto d1 = static_cast<size_t>(ET_NORMALIZE_IX(dim1, static_cast<int64_t>(in.dim())));
  const auto d2 = static_cast<size_t>(ET_NORMALIZE_IX(dim2, static_cast<int64_t>(in.dim())));
  utils::TensorView view(in);
  // The diagonal starts `offset` columns to the right or -offset rows down. Offsets beyond the
  // matrix are all alike, and clamped they cannot overflow.
  offset = std::clamp(offset, -view.sizes[d1], view.sizes[d2]);
  const int64_t row = std::max<int64_t>(-offset, 0);
  const int64_t column = std::max<int64_t>(offset, 0);
  const int64_t length = std::min(view.sizes[d1] - row, view.sizes[d2] - column);
  const int64_t stride = view.strides[d1] + view.strides[d2];
  view.slice(d1, row, length).slice(d2, column, length);
  view.remove(std::max(d1, d2)).remove(std::min(d1, d2));
  return utils::copy_to(ctx, view.insert(view.dim, length, stride), out);
}

}  // namespace torch::executor::native
