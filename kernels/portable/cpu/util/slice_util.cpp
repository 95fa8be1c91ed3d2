// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/slice_util.h>

#include <algorithm>

#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch {
namespace executor {

int64_t adjust_slice_indices(int64_t dim_length, int64_t* start, int64_t* end, int64_t step) {
  const auto clamp = [dim_length](int64_t position) {
    return std::clamp<int64_t>(position < 0 ? position + dim_length : position, 0, dim_length);
  };
  *start = clamp(*start);
  *end = std::max(*start, clamp(*end));
  // Not rounded up by adding step - 1, which may overflow.
  return *start == *end ? 0 : (*end - *start - 1) / step + 1;
}

void compute_slice(KernelRuntimeContext& ctx, const Tensor& in, int64_t dim, int64_t start,
                   int64_t length, int64_t step, Tensor& out) {
  native::utils::TensorView view(in);
  native::utils::copy_to(ctx, view.slice(static_cast<size_t>(dim), start, length, step), out);
}

}  // namespace executor
}  // namespace torch
