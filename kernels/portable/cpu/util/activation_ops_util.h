// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Argument checks of the activations. Each answers false with a sentence that names what is wrong.

#include <algorithm>

#include <executorch/kernels/portable/cpu/util/softmax_util.h>
#include <executorch/runtime/core/exec_aten/util/tensor_dimension_limit.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {

/// `in` and `out` are floating-point of the same type, `approximate` is "none" or "tanh".
inline bool check_gelu_args(const Tensor& in, string_view approximate, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_floating_type(in));
  ET_CHECK_OR_RETURN_FALSE(approximate == "none" || approximate == "tanh",
                           "approximate is '%.*s', expected 'none' or 'tanh'",
                           static_cast<int>(approximate.size()), approximate.data());
  return true;
}

/// Dimension `dim` of `in`, which is floating-point, can be halved.
inline bool check_glu_args(const Tensor& in, int64_t dim, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_floating_type(in) && tensor_is_floating_type(out));
  ET_LOG_AND_RETURN_IF_FALSE(in.dim() > 0 && tensor_has_dim(in, dim));
  ET_CHECK_OR_RETURN_FALSE(in.size(dim < 0 ? dim + in.dim() : dim) % 2 == 0,
                           "the size of dimension %lld is not even", static_cast<long long>(dim));
  return true;
}

/// Gives `out` the shape of `in` with dimension `dim` halved.
inline bool resize_glu_out(const Tensor& in, int64_t dim, Tensor& out) {
  SizesType sizes[::executorch::runtime::kTensorDimensionLimit];
  std::copy(in.sizes().begin(), in.sizes().end(), sizes);
  sizes[dim < 0 ? dim + in.dim() : dim] /= 2;
  return resize_tensor(out, ArrayRef<SizesType>(sizes, static_cast<size_t>(in.dim()))) == Error::Ok;
}

}  // namespace executor
}  // namespace torch
