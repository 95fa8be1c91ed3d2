// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {

/// Copies `a` with two dimensions exchanged to `out`, which has that shape and the same element
/// type, T (which need not be named). The dimensions may be negative.
template <typename T>
void transpose_tensors(const Tensor& a, int64_t dim0, int64_t dim1, Tensor& out) {
  native::utils::TensorView view(a);
  if (a.dim() > 0) {
    view.transpose(static_cast<size_t>(dim0 < 0 ? dim0 + a.dim() : dim0),
                   static_cast<size_t>(dim1 < 0 ? dim1 + a.dim() : dim1));
  }
  native::utils::copy(view, native::utils::TensorView(out));
}

/// Writes the shape and rank of the result.
inline void get_transpose_out_target_size(const Tensor& in, int64_t dim0, int64_t dim1,
                                          SizesType* out_sizes, size_t* out_ndim) {
  *out_ndim = static_cast<size_t>(in.dim());
  std::copy(in.sizes().begin(), in.sizes().end(), out_sizes);
  if (in.dim() > 0) {
    std::swap(out_sizes[dim0 < 0 ? dim0 + in.dim() : dim0],
              out_sizes[dim1 < 0 ? dim1 + in.dim() : dim1]);
  }
}

/// Whether `in` has a rank of at most 2 and `out` its element type.
inline bool check_t_copy_args(const Tensor& in, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  return tensor_has_rank_smaller_or_equal_to(in, 2);
}

/// Whether both are dimensions of `in` and `out` has its element type.
inline bool check_transpose_copy_args(const Tensor& in, int64_t dim0, int64_t dim1, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  return tensor_has_dim(in, dim0) && tensor_has_dim(in, dim1);
}

}  // namespace executor
}  // namespace torch
