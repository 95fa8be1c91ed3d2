// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/kernels/portable/cpu/util/copy_ops_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {

/// Gives `out` the shape of in[..., index, ...], the index in dimension `dim`, and copies it there.
/// Both may be negative. InvalidArgument with a sentence where something does not fit.
inline Error select_copy_util(const Tensor& in, int64_t dim, int64_t index, Tensor& out) {
  using namespace native::utils;
  if (!check_select_copy_out_args(in, dim, index, out)) {
    return Error::InvalidArgument;
  }
  dim = dim < 0 ? dim + in.dim() : dim;
  TensorView view(in);
  view.select(static_cast<size_t>(dim), index < 0 ? index + in.size(dim) : index);
  if (!resize_to(view, out)) {
    return Error::InvalidArgument;
  }
  native::utils::copy(view, TensorView(out));
  return Error::Ok;
}

}  // namespace executor
}  // namespace torch
