// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cinttypes>
#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/exec_aten/util/tensor_dimension_limit.h>

// A dim order is a permutation of 0..rank-1 that lists a tensor's dimensions from outermost to
// innermost in memory. It and the sizes determine the strides (formats: a size of 0 counts as 1).

namespace executorch::runtime {

/// Whether `dim_order` is a permutation of 0..dims-1, of at most kTensorDimensionLimit dimensions.
template <typename DimOrderType>
bool validate_dim_order(const DimOrderType* dim_order, const size_t dims) {
  static_assert(kTensorDimensionLimit <= 32, "the bit set below has 32 bits");
  if (dims > kTensorDimensionLimit) {
    return false;
  }
  uint32_t seen = 0;
  for (size_t i = 0; i < dims; ++i) {
    const auto dim = static_cast<uint64_t>(dim_order[i]);
    if (dim >= dims || (seen & (1u << dim)) != 0) {
      return false;
    }
    seen |= 1u << dim;
  }
  return true;
}

/// Whether the dimensions are laid out in their logical order: 0, 1, 2, ...
template <typename DimOrderType>
bool is_contiguous_dim_order(const DimOrderType* dim_order, const size_t dims) {
  for (size_t i = 0; i < dims; ++i) {
    if (static_cast<size_t>(dim_order[i]) != i) {
      return false;
    }
  }
  return true;
}

/// Whether the order is NHWC (0 2 3 1) or NDHWC (0 2 3 4 1).
template <typename DimOrderType>
bool is_channels_last_dim_order(const DimOrderType* dim_order, const size_t dims) {
  if ((dims != 4 && dims != 5) || dim_order[0] != 0 || dim_order[dims - 1] != 1) {
    return false;
  }
  for (size_t i = 1; i + 1 < dims; ++i) {
    if (static_cast<size_t>(dim_order[i]) != i + 1) {
      return false;
    }
  }
  return true;
}

/// Computes strides from a dim order that is known to be valid.
template <typename SizesType, typename DimOrderType, typename StridesType>
void dim_order_to_stride_nocheck(const SizesType* sizes, const DimOrderType* dim_order,
                                 const size_t dims, StridesType* strides) {
  StridesType stride = 1;
  for (size_t i = dims; i-- > 0;) {
    const auto dim = static_cast<size_t>(dim_order[i]);
    strides[dim] = stride;
    // The outermost size enters no stride, and its product may not fit the type.
    if (i > 0 && sizes[dim] > 1) {
      stride = static_cast<StridesType>(stride * sizes[dim]);
    }
  }
}

/// Computes strides in elements. Error::InvalidArgument when `dim_order` is not a permutation or a
/// stride does not fit the type.
template <typename SizesType, typename DimOrderType, typename StridesType>
ET_NODISCARD Error dim_order_to_stride(const SizesType* sizes, const DimOrderType* dim_order,
                                       const size_t dims, StridesType* strides) {
  ET_CHECK_OR_RETURN_ERROR(validate_dim_order(dim_order, dims), InvalidArgument,
                           "The dim order of a tensor of rank %zu is not a permutation", dims);
  StridesType stride = 1;
  for (size_t i = 0; i + 1 < dims; ++i) {
    const auto size = sizes[dim_order[dims - 1 - i]];
    ET_CHECK_OR_RETURN_ERROR(
        size <= 1 || !__builtin_mul_overflow(stride, size, &stride), InvalidArgument,
        "A stride of a tensor of rank %zu does not fit %zu bytes", dims, sizeof(StridesType));
  }
  dim_order_to_stride_nocheck(sizes, dim_order, dims, strides);
  return Error::Ok;
}

/// Derives a dim order from strides: a stable sort from the largest stride to the smallest.
/// Error::NotSupported when a stride is 0 (a broadcast view has no dim order).
template <typename DimOrderType, typename StridesType>
ET_NODISCARD Error stride_to_dim_order(const StridesType* strides, const size_t dims,
                                       DimOrderType* dim_order) {
  ET_CHECK_OR_RETURN_ERROR(dims <= kTensorDimensionLimit, NotSupported,
                           "Rank %zu exceeds the limit of %zu", dims, kTensorDimensionLimit);
  for (size_t i = 0; i < dims; ++i) {
    ET_CHECK_OR_RETURN_ERROR(strides[i] != 0, NotSupported, "Stride of dimension %zu is zero", i);
    size_t at = i;
    for (; at > 0 && strides[dim_order[at - 1]] < strides[i]; --at) {
      dim_order[at] = dim_order[at - 1];
    }
    dim_order[at] = static_cast<DimOrderType>(i);
  }
  return Error::Ok;
}

}  // namespace executorch::runtime

namespace torch {
namespace executor {
using ::executorch::runtime::dim_order_to_stride;
using ::executorch::runtime::dim_order_to_stride_nocheck;
using ::executorch::runtime::is_channels_last_dim_order;
using ::executorch::runtime::is_contiguous_dim_order;
using ::executorch::runtime::stride_to_dim_order;
using ::executorch::runtime::validate_dim_order;
}  // namespace executor
}  // namespace torch
