// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstring>
#include <new>

#include <executorch/kernels/portable/cpu/util/broadcast_indexes_range.h>
#include <executorch/kernels/portable/cpu/util/delinearize_index.h>
#include <executorch/runtime/core/exec_aten/util/tensor_dimension_limit.h>
#include <executorch/runtime/kernel/kernel_includes.h>
#include <executorch/runtime/platform/platform.h>

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

// The following are for kernels of others; ours do without index arithmetic per element.

/// Position, in the data of a tensor that was broadcast, of the element at the coordinates
/// `indexes_broadcast_to` of the wider shape of rank `broadcast_to_ndim`.
inline size_t linearize_access_indexes(ArrayRef<size_t> indexes_broadcast_to,
                                       ssize_t broadcast_to_ndim,
                                       ArrayRef<SizesType> broadcast_from_shape,
                                       ArrayRef<StridesType> broadcast_from_strides) {
  const size_t leading = static_cast<size_t>(broadcast_to_ndim) - broadcast_from_shape.size();
  size_t position = 0;
  for (size_t d = 0; d < broadcast_from_shape.size(); ++d) {
    ET_CHECK_MSG(broadcast_from_shape[d] == 1 || indexes_broadcast_to[leading + d] <
                                                     static_cast<size_t>(broadcast_from_shape[d]),
                 "index %zu is out of range for size %zd", indexes_broadcast_to[leading + d],
                 static_cast<ssize_t>(broadcast_from_shape[d]));
    if (broadcast_from_shape[d] != 1) {
      position +=
          indexes_broadcast_to[leading + d] * static_cast<size_t>(broadcast_from_strides[d]);
    }
  }
  return position;
}
inline size_t linearize_access_indexes(ArrayRef<size_t> indexes_broadcast_to,
                                       ssize_t broadcast_to_ndim, const Tensor& broadcast_from) {
  return linearize_access_indexes(
      indexes_broadcast_to, broadcast_to_ndim, broadcast_from.sizes(),
      ArrayRef<StridesType>(broadcast_from.strides().data(), broadcast_from.strides().size()));
}

/// A copy of `broadcast_from` in the shape and dim order of `broadcast_to`, in memory from
/// et_pal_allocate() that free_broadcast_tensor() gives back. Aborts when the shapes do not fit or
/// there is no memory. Kernels that need not run without a heap only; a BroadcastIndexesRange needs
/// no copy.
inline Tensor broadcast_tensor(const Tensor& broadcast_from, const Tensor& broadcast_to) {
  ET_CHECK_MSG(tensor_is_broadcastable_to(broadcast_from, broadcast_to),
               "the tensor cannot be broadcast to the other's shape");
  using ::executorch::aten::DimOrderType;
  using ::executorch::aten::TensorImpl;
  struct Block {
    alignas(TensorImpl) unsigned char impl[sizeof(TensorImpl)];
    SizesType sizes[::executorch::runtime::kTensorDimensionLimit];
    DimOrderType dim_order[::executorch::runtime::kTensorDimensionLimit];
    StridesType strides[::executorch::runtime::kTensorDimensionLimit];
    alignas(16) unsigned char data[1];
  };
  const size_t element_size = static_cast<size_t>(broadcast_from.element_size());
  auto* block = static_cast<Block*>(::executorch::runtime::pal_allocate(
      sizeof(Block) + static_cast<size_t>(broadcast_to.numel()) * element_size));
  ET_CHECK_MSG(block != nullptr, "no memory for a broadcast tensor");
  std::copy(broadcast_to.sizes().begin(), broadcast_to.sizes().end(), block->sizes);
  std::copy(broadcast_to.dim_order().begin(), broadcast_to.dim_order().end(), block->dim_order);
  std::copy(broadcast_to.strides().begin(), broadcast_to.strides().end(), block->strides);
  const Tensor result(new (block->impl)
                          TensorImpl(broadcast_from.scalar_type(), broadcast_to.dim(), block->sizes,
                                     block->data, block->dim_order, block->strides));
  const auto* from = static_cast<const unsigned char*>(broadcast_from.const_data_ptr());
  for (const auto& at : BroadcastIndexesRange<1>(result, broadcast_from)) {
    std::memcpy(block->data + static_cast<size_t>(at[0]) * element_size,
                from + static_cast<size_t>(at[1]) * element_size, element_size);
  }
  return result;
}

/// Gives back what broadcast_tensor() returned.
inline void free_broadcast_tensor(const Tensor& broadcast_tensor) {
  ::executorch::runtime::pal_free(broadcast_tensor.unsafeGetTensorImpl());
}

/// out[i] = compute_fun(a[i], b[i]) for each element of `out`, to whose shape the inputs are
/// broadcast. The types are those of the elements, `compute_fun` takes and gives them.
template <typename CTYPE_A, typename CTYPE_B, typename CTYPE_OUT, typename Op>
inline void apply_binary_elementwise_fn(const Op& compute_fun, const Tensor& a, const Tensor& b,
                                        const Tensor& out) {
  const CTYPE_A* const data_a = a.const_data_ptr<CTYPE_A>();
  const CTYPE_B* const data_b = b.const_data_ptr<CTYPE_B>();
  CTYPE_OUT* const data_out = out.mutable_data_ptr<CTYPE_OUT>();
  for (const auto& at : BroadcastIndexesRange<2>(out, a, b)) {
    data_out[at[0]] = compute_fun(data_a[at[1]], data_b[at[2]]);
  }
}

/// The same for three inputs.
template <typename CTYPE_A, typename CTYPE_B, typename CTYPE_C, typename CTYPE_OUT, typename Op>
inline void apply_ternary_elementwise_fn(const Op& compute_fun, const Tensor& a, const Tensor& b,
                                         const Tensor& c, const Tensor& out) {
  const CTYPE_A* const data_a = a.const_data_ptr<CTYPE_A>();
  const CTYPE_B* const data_b = b.const_data_ptr<CTYPE_B>();
  const CTYPE_C* const data_c = c.const_data_ptr<CTYPE_C>();
  CTYPE_OUT* const data_out = out.mutable_data_ptr<CTYPE_OUT>();
  for (const auto& at : BroadcastIndexesRange<3>(out, a, b, c)) {
    data_out[at[0]] = compute_fun(data_a[at[1]], data_b[at[2]], data_c[at[3]]);
  }
}

}  // namespace executor
}  // namespace torch
