// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {

/// Whether sizes, aligned at the last dimension, are equal or 1, or absent, in `to` as in `from`.
bool tensor_is_broadcastable_to(ArrayRef<SizesType> broadcast_from_shape,
                                ArrayRef<SizesType> broadcast_to_shape);
bool tensor_is_broadcastable_to(const Tensor& broadcast_from, const Tensor& broadcast_to);

/// Whether two shapes have a common broadcast shape.
bool tensors_are_broadcastable_between(ArrayRef<SizesType> a_shape, ArrayRef<SizesType> b_shape);
bool tensors_are_broadcastable_between(const Tensor& a, const Tensor& b);

/// Widens the shape `out_sizes` of rank `out_dim` to its common broadcast shape with `shape`.
/// `out_sizes` has room for kTensorDimensionLimit entries. InvalidArgument where there is none.
Error broadcast_shape(ArrayRef<SizesType> shape, SizesType* out_sizes, size_t& out_dim);

/// The common broadcast shape of two tensors; `out_sizes` has room for `out_sizes_len` entries.
Error get_broadcast_target_size(ArrayRef<SizesType> a_size, ArrayRef<SizesType> b_size,
                                SizesType* out_sizes, size_t out_sizes_len, size_t* out_dim);
Error get_broadcast_target_size(const Tensor& a, const Tensor& b, SizesType* out_sizes,
                                size_t out_sizes_len, size_t* out_dim);

/// Gives `out` the common broadcast shape of the tensors.
Error resize_to_broadcast_target_size(const Tensor& a, const Tensor& b, Tensor& out);
Error resize_to_broadcast_target_size(const Tensor& a, const Tensor& b, const Tensor& c,
                                      Tensor& out);

}  // namespace executor
}  // namespace torch
