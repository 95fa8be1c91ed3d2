// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Checks and helpers for kernel bodies: each predicate that answers false leaves a sentence in
/// last_error_message() that names what was expected and what was found.

#include <algorithm>
#include <cinttypes>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include <executorch/runtime/core/array_ref.h>
#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/exec_aten/util/dim_order_util.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/core/exec_aten/util/tensor_dimension_limit.h>
#include <executorch/runtime/core/span.h>
#include <executorch/runtime/platform/assert.h>

/// Maps a dimension or index that may be negative to 0..UPPER_BOUND-1.
#define ET_NORMALIZE_IX(IX, UPPER_BOUND) ((IX) < 0 ? (IX) + (UPPER_BOUND) : (IX))

#define ET_MIN2(a, b) (std::min(a, b))
#define ET_MIN3(a, b, c) (std::min(a, std::min(b, c)))

/// Returns false from the enclosing function unless `cond` holds.
#define ET_LOG_AND_RETURN_IF_FALSE(cond)    \
  do {                                      \
    if (!(cond)) {                          \
      ET_INTERNAL_NOTE_FAILED_CHECK(#cond); \
      return false;                         \
    }                                       \
  } while (false)

#define ET_LOG_MSG_AND_RETURN_IF_FALSE(cond, message, ...) \
  do {                                                     \
    if (!(cond)) {                                         \
      ET_REPORT_ERROR(message, ##__VA_ARGS__);             \
      return false;                                        \
    }                                                      \
  } while (false)

/// In a kernel: unless `cond` holds, fails `context` with Error::error and returns retval. The
/// sentence is the one that the check itself left behind, or the condition's text.
#define ET_KERNEL_CHECK(context, cond, error, retval)      \
  do {                                                     \
    ::executorch::runtime::clear_last_error();             \
    if (ET_UNLIKELY(!(cond))) {                            \
      ET_INTERNAL_NOTE_FAILED_CHECK(#cond);                \
      (context).fail(::executorch::runtime::Error::error); \
      return retval;                                       \
    }                                                      \
  } while (false)

/// As ET_KERNEL_CHECK, with a printf-like sentence of its own.
#define ET_KERNEL_CHECK_MSG(context, cond, error, retval, message, ...) \
  do {                                                                  \
    if (ET_UNLIKELY(!(cond))) {                                         \
      ET_REPORT_ERROR(message, ##__VA_ARGS__);                          \
      (context).fail(::executorch::runtime::Error::error);              \
      return retval;                                                    \
    }                                                                   \
  } while (false)

// Uses the sentence of a nested check where there is one.
#define ET_INTERNAL_NOTE_FAILED_CHECK(text)                       \
  do {                                                            \
    if (::executorch::runtime::last_error_message()[0] == '\0') { \
      ET_REPORT_ERROR("Check failed: %s", text);                  \
    }                                                             \
  } while (false)

// Checks that abort: for code outside kernels.
#define ET_CHECK_VALID_DIM(DIM, UPPER_BOUND)                                                    \
  ET_CHECK_MSG(                                                                                 \
      (DIM) >= -static_cast<int64_t>(UPPER_BOUND) && (DIM) < static_cast<int64_t>(UPPER_BOUND), \
      "Dimension %" PRId64 " is out of range for rank %" PRId64, static_cast<int64_t>(DIM),     \
      static_cast<int64_t>(UPPER_BOUND))
#define ET_CHECK_VALID_IX(IX, UPPER_BOUND)                                                    \
  ET_CHECK_MSG(                                                                               \
      (IX) >= -static_cast<int64_t>(UPPER_BOUND) && (IX) < static_cast<int64_t>(UPPER_BOUND), \
      "Index %" PRId64 " is out of range for size %" PRId64, static_cast<int64_t>(IX),        \
      static_cast<int64_t>(UPPER_BOUND))
#define ET_CHECK_SAME_SHAPE2(a, b) ET_CHECK(::executorch::runtime::tensors_have_same_shape(a, b))
#define ET_CHECK_SAME_SHAPE3(a, b, c) \
  ET_CHECK(::executorch::runtime::tensors_have_same_shape(a, b, c))
#define ET_CHECK_SAME_DTYPE2(a, b) ET_CHECK(::executorch::runtime::tensors_have_same_dtype(a, b))
#define ET_CHECK_SAME_DTYPE3(a, b, c) \
  ET_CHECK(::executorch::runtime::tensors_have_same_dtype(a, b, c))
#define ET_CHECK_SAME_SHAPE_AND_DTYPE2(a, b) \
  ET_CHECK(::executorch::runtime::tensors_have_same_shape_and_dtype(a, b))
#define ET_CHECK_SAME_SHAPE_AND_DTYPE3(a, b, c) \
  ET_CHECK(::executorch::runtime::tensors_have_same_shape_and_dtype(a, b, c))
#define ET_CHECK_CONTIGUOUS(a) ET_CHECK(::executorch::runtime::tensor_is_contiguous(a))
#define ET_CHECK_SAME_STRIDES2(a, b) \
  ET_CHECK(::executorch::runtime::tensors_have_same_strides(a, b))
#define ET_CHECK_SAME_STRIDES3(a, b, c) \
  ET_CHECK(::executorch::runtime::tensors_have_same_strides(a, b, c))
#define ET_CHECK_DEFAULT_OR_CHANNELSLAST_DIMORDER(t) \
  ET_CHECK(::executorch::runtime::tensor_is_default_or_channels_last_dim_order(t))

/// Reads the only element of `tensor` into `out_val`, aborting where extract_scalar_tensor fails.
#define ET_EXTRACT_SCALAR_TENSOR(tensor, out_val)                                \
  ET_CHECK_MSG(::executorch::runtime::extract_scalar_tensor(tensor, &(out_val)), \
               "The tensor does not hold one element that fits the type")

namespace executorch::runtime {

// Predicates on one tensor.

bool tensor_is_rank(::executorch::aten::Tensor t, size_t rank);
bool tensor_has_rank_greater_or_equal_to(::executorch::aten::Tensor t, size_t rank);
bool tensor_has_rank_smaller_or_equal_to(::executorch::aten::Tensor t, size_t rank);
/// Whether `dim`, which may be negative, names a dimension of a tensor of rank `upper_bound`. A
/// tensor of rank 0 has the dimensions -1 and 0.
bool dim_is_valid(int64_t dim, int64_t upper_bound);
bool tensor_has_dim(::executorch::aten::Tensor t, int64_t dim);
bool tensor_has_non_empty_dim(::executorch::aten::Tensor t, int64_t dim);
/// Whether `index`, which may be negative, lies within dimension `dim`.
bool tensor_dim_has_index(::executorch::aten::Tensor t, int64_t dim, int64_t index);
bool tensor_has_expected_size(::executorch::aten::Tensor t,
                              ::executorch::aten::ArrayRef<::executorch::aten::SizesType> sizes);
/// Whether a tensor's elements may be stored as `dtype` (canCast).
bool tensor_can_cast_to(::executorch::aten::Tensor t, ::executorch::aten::ScalarType dtype);

bool tensor_is_type(::executorch::aten::Tensor t, ::executorch::aten::ScalarType dtype);
bool tensor_is_type(::executorch::aten::Tensor t, ::executorch::aten::ScalarType dtype1,
                    ::executorch::aten::ScalarType dtype2);
bool tensor_is_type(::executorch::aten::Tensor t, ::executorch::aten::ScalarType dtype1,
                    ::executorch::aten::ScalarType dtype2, ::executorch::aten::ScalarType dtype3);
bool tensor_is_bool_type(::executorch::aten::Tensor t);
bool tensor_is_integral_type(::executorch::aten::Tensor t, bool include_bool);
bool tensor_is_floating_type(::executorch::aten::Tensor t);
bool tensor_is_real_type(::executorch::aten::Tensor t);
bool tensor_is_realh_type(::executorch::aten::Tensor t);
bool tensor_is_realhb_type(::executorch::aten::Tensor t);
bool tensor_is_realhbf16_type(::executorch::aten::Tensor t);
bool tensor_is_realhbbf16_type(::executorch::aten::Tensor t);
bool tensor_is_complex_type(::executorch::aten::Tensor t);
bool tensor_is_bits_type(::executorch::aten::Tensor t);

bool tensor_is_scalar(::executorch::aten::Tensor t);
/// Whether the dimensions are laid out in logical order.
bool tensor_is_default_dim_order(::executorch::aten::Tensor t);
bool tensor_is_channels_last_dim_order(::executorch::aten::Tensor t);
bool tensor_is_default_or_channels_last_dim_order(::executorch::aten::Tensor t);
/// Whether the strides are those of the default dim order (sizes of 1 and below are free).
bool tensor_is_contiguous(::executorch::aten::Tensor t);

// Predicates on several tensors.

bool tensors_have_same_rank(::executorch::aten::Tensor a, ::executorch::aten::Tensor b);
bool tensors_have_same_shape(::executorch::aten::Tensor a, ::executorch::aten::Tensor b);
bool tensors_have_same_shape(::executorch::aten::Tensor a, ::executorch::aten::Tensor b,
                             ::executorch::aten::Tensor c);
bool tensors_have_same_dtype(::executorch::aten::Tensor a, ::executorch::aten::Tensor b);
bool tensors_have_same_dtype(::executorch::aten::Tensor a, ::executorch::aten::Tensor b,
                             ::executorch::aten::Tensor c);
bool tensors_have_same_shape_and_dtype(::executorch::aten::Tensor a, ::executorch::aten::Tensor b);
bool tensors_have_same_shape_and_dtype(::executorch::aten::Tensor a, ::executorch::aten::Tensor b,
                                       ::executorch::aten::Tensor c);
bool tensors_have_same_size_at_dims(::executorch::aten::Tensor a, size_t dim_a,
                                    ::executorch::aten::Tensor b, size_t dim_b);
bool tensors_have_same_strides(::executorch::aten::Tensor a, ::executorch::aten::Tensor b);
bool tensors_have_same_strides(::executorch::aten::Tensor a, ::executorch::aten::Tensor b,
                               ::executorch::aten::Tensor c);
bool tensors_have_same_dim_order(::executorch::aten::ArrayRef<::executorch::aten::Tensor> tensors);
inline bool tensors_have_same_dim_order(::executorch::aten::Tensor a,
                                        ::executorch::aten::Tensor b) {
  const ::executorch::aten::Tensor tensors[] = {a, b};
  return tensors_have_same_dim_order(tensors);
}
inline bool tensors_have_same_dim_order(::executorch::aten::Tensor a, ::executorch::aten::Tensor b,
                                        ::executorch::aten::Tensor c) {
  const ::executorch::aten::Tensor tensors[] = {a, b, c};
  return tensors_have_same_dim_order(tensors);
}

/// Rank, with a tensor of rank 0 counted as one-dimensional.
inline ssize_t nonzero_dim(::executorch::aten::Tensor t) {
  return t.dim() == 0 ? 1 : t.dim();
}
/// Extent of `dim`, with a tensor of rank 0 counted as having one element there.
inline ssize_t nonempty_size(::executorch::aten::Tensor t, ssize_t dim) {
  return t.dim() == 0 ? 1 : t.size(dim);
}

/// Product of the sizes before `dim`.
inline size_t getLeadingDims(const ::executorch::aten::Tensor& t, int64_t dim) {
  ET_CHECK_MSG(dim >= 0 && dim <= t.dim(), "Dimension %" PRId64 " is out of range", dim);
  size_t count = 1;
  for (int64_t i = 0; i < dim; ++i) {
    count *= static_cast<size_t>(t.sizes()[i]);
  }
  return count;
}

/// Product of the sizes after `dim`; with dim == -1, of all sizes.
inline size_t getTrailingDims(const ::executorch::aten::Tensor& t, int64_t dim) {
  ET_CHECK_MSG(dim >= -1 && dim < t.dim(), "Dimension %" PRId64 " is out of range", dim);
  size_t count = 1;
  for (int64_t i = dim + 1; i < t.dim(); ++i) {
    count *= static_cast<size_t>(t.sizes()[i]);
  }
  return count;
}

/// Position of a logical coordinate in a tensor of the default dim order.
inline size_t coordinateToIndex(const ::executorch::aten::Tensor& t, const size_t* coordinate) {
  size_t index = 0;
  for (ssize_t d = 0; d < t.dim(); ++d) {
    index = index * static_cast<size_t>(t.sizes()[d]) + coordinate[d];
  }
  return index;
}

/// Logical coordinate of a position in a tensor of the default dim order.
inline void indexToCoordinate(const ::executorch::aten::Tensor& t, size_t index,
                              size_t* coordinate) {
  for (ssize_t d = t.dim(); d-- > 0;) {
    const auto size = static_cast<size_t>(t.sizes()[d]);
    coordinate[d] = index % size;
    index /= size;
  }
}

/// Position of a logical coordinate under arbitrary strides.
inline size_t calculate_linear_index(const ::executorch::aten::SizesType* coordinate,
                                     const ::executorch::aten::StridesType* strides, size_t ndim) {
  size_t index = 0;
  for (size_t i = 0; i < ndim; ++i) {
    index += static_cast<size_t>(coordinate[i]) * static_cast<size_t>(strides[i]);
  }
  return index;
}

/// Copies the dim order into `out_dim_order`, which has `out_size` entries. InvalidArgument when it
/// is not the tensor's rank.
ET_NODISCARD Error get_dim_order(const ::executorch::aten::Tensor& tensor,
                                 ::executorch::aten::DimOrderType* out_dim_order, size_t out_size);

/// Reads the one element of an integral tensor (Bool excluded); false when there are more elements,
/// the type is another, or the value does not fit.
template <typename INT_T,
          std::enable_if_t<std::is_integral_v<INT_T> && !std::is_same_v<INT_T, bool>, int> = 0>
bool extract_scalar_tensor(::executorch::aten::Tensor tensor, INT_T* out_val) {
  if (tensor.numel() != 1 || tensor.const_data_ptr() == nullptr) {
    return false;
  }
  switch (tensor.scalar_type()) {
#define ET_EXTRACT_INT_CASE(T, name)                          \
  case ::executorch::aten::ScalarType::name: {                \
    const T value = *tensor.const_data_ptr<T>();              \
    if (static_cast<T>(static_cast<INT_T>(value)) != value || \
        (static_cast<INT_T>(value) < 0) != (value < 0)) {     \
      return false;                                           \
    }                                                         \
    *out_val = static_cast<INT_T>(value);                     \
    return true;                                              \
  }
    ET_FORALL_INT_TYPES(ET_EXTRACT_INT_CASE)
#undef ET_EXTRACT_INT_CASE
    default:
      return false;
  }
}

/// Reads the one element of a real tensor; false when there are more elements, the type is another,
/// or a finite value does not fit.
template <typename FLOAT_T, std::enable_if_t<std::is_floating_point_v<FLOAT_T>, int> = 0>
bool extract_scalar_tensor(::executorch::aten::Tensor tensor, FLOAT_T* out_val) {
  if (tensor.numel() != 1 || tensor.const_data_ptr() == nullptr) {
    return false;
  }
  switch (tensor.scalar_type()) {
#define ET_EXTRACT_FLOAT_CASE(T, name)                                             \
  case ::executorch::aten::ScalarType::name: {                                     \
    const double value = static_cast<double>(*tensor.const_data_ptr<T>());         \
    if (std::isfinite(value) && (value < std::numeric_limits<FLOAT_T>::lowest() || \
                                 value > std::numeric_limits<FLOAT_T>::max())) {   \
      return false;                                                                \
    }                                                                              \
    *out_val = static_cast<FLOAT_T>(value);                                        \
    return true;                                                                   \
  }
    ET_FORALL_REALHBF16_TYPES(ET_EXTRACT_FLOAT_CASE)
#undef ET_EXTRACT_FLOAT_CASE
    default:
      return false;
  }
}

/// Reads the one element of a Bool tensor.
template <typename BOOL_T, std::enable_if_t<std::is_same_v<BOOL_T, bool>, int> = 0>
bool extract_scalar_tensor(::executorch::aten::Tensor tensor, BOOL_T* out_val) {
  if (tensor.numel() != 1 || tensor.scalar_type() != ::executorch::aten::ScalarType::Bool ||
      tensor.const_data_ptr() == nullptr) {
    return false;
  }
  *out_val = *tensor.const_data_ptr<uint8_t>() != 0;
  return true;
}

/// Gives `t` a new shape of the same rank within its upper bound, strides following its dim order.
/// NotSupported where the tensor is static or the shape is of another rank or too large.
ET_NODISCARD Error
resize_tensor(::executorch::aten::Tensor t,
              ::executorch::aten::ArrayRef<::executorch::aten::SizesType> new_sizes);

template <typename T, std::enable_if_t<!std::is_same_v<T, ::executorch::aten::SizesType>, int> = 0>
ET_NODISCARD Error resize_tensor(::executorch::aten::Tensor t,
                                 ::executorch::aten::ArrayRef<T> new_sizes) {
  ET_CHECK_OR_RETURN_ERROR(new_sizes.size() <= kTensorDimensionLimit, NotSupported,
                           "Rank %zu exceeds the limit of %zu", new_sizes.size(),
                           kTensorDimensionLimit);
  ::executorch::aten::SizesType sizes[kTensorDimensionLimit];
  for (size_t i = 0; i < new_sizes.size(); ++i) {
    const auto size = static_cast<int64_t>(new_sizes[i]);
    ET_CHECK_OR_RETURN_ERROR(
        size >= 0 && size <= std::numeric_limits<::executorch::aten::SizesType>::max(),
        InvalidArgument, "Size %" PRId64 " of dimension %zu is out of range", size, i);
    sizes[i] = static_cast<::executorch::aten::SizesType>(size);
  }
  return resize_tensor(
      t, ::executorch::aten::ArrayRef<::executorch::aten::SizesType>(sizes, new_sizes.size()));
}

/// Kept for existing callers: as resize_tensor.
ET_DEPRECATED inline Error resize(::executorch::aten::Tensor t,
                                  ::executorch::aten::ArrayRef<::executorch::aten::SizesType> s) {
  return resize_tensor(t, s);
}

namespace internal {

/// The only way to TensorImpl's private resize and to its limit.
class TensorResizerFriend final {
 public:
  static Error resize_tensor_impl(
      ::executorch::aten::TensorImpl* impl,
      ::executorch::aten::ArrayRef<::executorch::aten::SizesType> new_sizes) {
    return impl->internal_resize_contiguous(new_sizes);
  }
  /// Elements that a resize may reach.
  static size_t numel_bound(const ::executorch::aten::TensorImpl* impl) {
    return impl->numel_bound_;
  }
  /// After a change of the memory behind the tensor: it holds at least numel() elements.
  static void set_numel_bound(::executorch::aten::TensorImpl* impl, size_t numel_bound) {
    impl->numel_bound_ = numel_bound;
  }
};

ET_NODISCARD inline Error resize_tensor_impl(
    ::executorch::aten::TensorImpl* impl,
    ::executorch::aten::ArrayRef<::executorch::aten::SizesType> new_sizes) {
  return TensorResizerFriend::resize_tensor_impl(impl, new_sizes);
}

/// Makes `t_dst` refer to the bytes of `t_src`. InvalidArgument unless both have as many bytes and
/// the source has data.
ET_NODISCARD Error share_tensor_data(const ::executorch::aten::Tensor& t_dst,
                                     const ::executorch::aten::Tensor& t_src);
/// Copies the bytes of `t_src` into `t_dst`. InvalidArgument unless both have as many bytes, and
/// data where there are any.
ET_NODISCARD Error copy_tensor_data(const ::executorch::aten::Tensor& t_dst,
                                    const ::executorch::aten::Tensor& t_src);
/// Makes `t` refer to `buffer`. InvalidArgument when it is smaller than the tensor's bytes: those
/// of the upper bound, if there is one. A tensor without an upper bound may then be resized up to
/// `buffer_size`, and becomes empty when it was larger.
ET_NODISCARD Error set_tensor_data(const ::executorch::aten::Tensor& t, void* buffer,
                                   size_t buffer_size);
/// Takes the data pointer away. A dynamic tensor cannot grow until it has memory again.
void reset_data_ptr(const ::executorch::aten::Tensor& tensor);

}  // namespace internal

}  // namespace executorch::runtime

namespace torch {
namespace executor {
using ::executorch::runtime::calculate_linear_index;
using ::executorch::runtime::coordinateToIndex;
using ::executorch::runtime::dim_is_valid;
using ::executorch::runtime::extract_scalar_tensor;
using ::executorch::runtime::get_dim_order;
using ::executorch::runtime::getLeadingDims;
using ::executorch::runtime::getTrailingDims;
using ::executorch::runtime::indexToCoordinate;
using ::executorch::runtime::nonempty_size;
using ::executorch::runtime::nonzero_dim;
using ::executorch::runtime::resize;
using ::executorch::runtime::resize_tensor;
using ::executorch::runtime::tensor_can_cast_to;
using ::executorch::runtime::tensor_dim_has_index;
using ::executorch::runtime::tensor_has_dim;
using ::executorch::runtime::tensor_has_expected_size;
using ::executorch::runtime::tensor_has_non_empty_dim;
using ::executorch::runtime::tensor_has_rank_greater_or_equal_to;
using ::executorch::runtime::tensor_has_rank_smaller_or_equal_to;
using ::executorch::runtime::tensor_is_bits_type;
using ::executorch::runtime::tensor_is_bool_type;
using ::executorch::runtime::tensor_is_channels_last_dim_order;
using ::executorch::runtime::tensor_is_complex_type;
using ::executorch::runtime::tensor_is_contiguous;
using ::executorch::runtime::tensor_is_default_dim_order;
using ::executorch::runtime::tensor_is_default_or_channels_last_dim_order;
using ::executorch::runtime::tensor_is_floating_type;
using ::executorch::runtime::tensor_is_integral_type;
using ::executorch::runtime::tensor_is_rank;
using ::executorch::runtime::tensor_is_real_type;
using ::executorch::runtime::tensor_is_realh_type;
using ::executorch::runtime::tensor_is_realhb_type;
using ::executorch::runtime::tensor_is_realhbbf16_type;
using ::executorch::runtime::tensor_is_realhbf16_type;
using ::executorch::runtime::tensor_is_scalar;
using ::executorch::runtime::tensor_is_type;
using ::executorch::runtime::tensors_have_same_dim_order;
using ::executorch::runtime::tensors_have_same_dtype;
using ::executorch::runtime::tensors_have_same_rank;
using ::executorch::runtime::tensors_have_same_shape;
using ::executorch::runtime::tensors_have_same_shape_and_dtype;
using ::executorch::runtime::tensors_have_same_size_at_dims;
using ::executorch::runtime::tensors_have_same_strides;
namespace internal {
using ::executorch::runtime::internal::copy_tensor_data;
using ::executorch::runtime::internal::reset_data_ptr;
using ::executorch::runtime::internal::resize_tensor_impl;
using ::executorch::runtime::internal::set_tensor_data;
using ::executorch::runtime::internal::share_tensor_data;
}  // namespace internal
}  // namespace executor
}  // namespace torch
