// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Argument checks and result shapes of convolutions.
///
/// A list with one value per spatial dimension may also have a single element, which then stands
/// for all dimensions. The last `kernel_ndim` dimensions of a tensor are the spatial ones.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <tuple>

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {

/// The value for spatial dimension `dim` of a list as above; `fallback` where the list is empty.
inline int64_t val_at(IntArrayRef array, size_t dim, int64_t fallback = 1) {
  return array.empty() ? fallback : array.size() == 1 ? array[0] : array[dim];
}

/// Whether all values are at least `val`, and small enough that products of two do not overflow.
bool int_array_all_ge(IntArrayRef array, int64_t val);

bool kernel_size_is_valid(IntArrayRef kernel_size, size_t kernel_ndim);
/// With `allow_empty`, the list may be empty.
bool stride_is_valid(IntArrayRef stride, size_t kernel_ndim, bool allow_empty);
/// With `enforce_half_kernel`, padding may be at most half of the kernel.
bool padding_is_valid(IntArrayRef padding, IntArrayRef kernel_size, size_t kernel_ndim,
                      bool enforce_half_kernel = false);
bool dilation_is_valid(IntArrayRef dilation, size_t kernel_ndim);
bool output_padding_is_valid(IntArrayRef output_padding, IntArrayRef stride, IntArrayRef dilation,
                             size_t kernel_ndim);
/// Whether the spatial sizes of a result are positive.
bool output_size_is_valid(ArrayRef<SizesType> output_size, size_t kernel_ndim);

/// Writes the spatial sizes of the result to the last `kernel_ndim` of in.dim() entries. A window
/// that does not fit gives a size of 0 or less.
void calculate_kernel_output_sizes(const Tensor& in, size_t kernel_ndim, IntArrayRef kernel_size,
                                   IntArrayRef stride, IntArrayRef padding, IntArrayRef dilation,
                                   SizesType* out_sizes, bool ceil_mode = false,
                                   bool transposed = false, IntArrayRef output_padding = {});

bool check_convolution_args(const Tensor& in, const Tensor& weight, const optional<Tensor>& bias,
                            IntArrayRef stride, IntArrayRef padding, IntArrayRef dilation,
                            bool transposed, IntArrayRef output_padding, int64_t groups,
                            const Tensor& out);
void get_convolution_out_target_size(const Tensor& in, const Tensor& weight, IntArrayRef stride,
                                     IntArrayRef padding, IntArrayRef dilation, bool transposed,
                                     IntArrayRef output_padding, int64_t groups,
                                     SizesType* out_sizes, size_t* out_ndim);

// For kernels of others: pooling, embedding and the like.

/// Whether alpha, a number of type `alpha_type`, can scale a result of type `common_type`.
inline bool check_alpha_type(const ScalarType alpha_type, const ScalarType common_type) {
  ET_CHECK_OR_RETURN_FALSE(
      canCast(alpha_type, common_type) || (common_type == ScalarType::Bool &&
                                           ::executorch::runtime::isIntegralType(alpha_type, true)),
      "alpha of type %s does not fit a result of type %s", toString(alpha_type),
      toString(common_type));
  return true;
}

inline bool check_arange_args(double start, double end, double step, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_rank(out, 1));
  ET_CHECK_OR_RETURN_FALSE((step > 0 && end >= start) || (step < 0 && end <= start),
                           "arange: step %f does not lead from %f to %f", step, start, end);
  return true;
}

inline bool check_cumsum_args(const Tensor& self, int64_t dim, optional<ScalarType> enforced_dtype,
                              Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensor_has_dim(self, dim));
  ET_CHECK_OR_RETURN_FALSE(!enforced_dtype.has_value() || *enforced_dtype == out.scalar_type(),
                           "dtype is %s, out has %s", toString(*enforced_dtype),
                           toString(out.scalar_type()));
  return true;
}

inline bool check_masked_fill_args(const Tensor& in, const Tensor& mask, const Scalar& value,
                                   Tensor& out) {
  (void)value;
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  return tensor_is_bool_type(mask);
}

inline bool check_avg_pool2d_args(const Tensor& in, const IntArrayRef kernel_size,
                                  const IntArrayRef stride, const IntArrayRef padding,
                                  const bool ceil_mode, const bool count_include_pad,
                                  const optional<int64_t>& divisor_override, const Tensor& out) {
  (void)ceil_mode;
  (void)count_include_pad;
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  ET_CHECK_OR_RETURN_FALSE(in.dim() == 3 || in.dim() == 4,
                           "the input has rank %zd, expected 3 or 4", in.dim());
  ET_CHECK_OR_RETURN_FALSE(!divisor_override.has_value() || *divisor_override != 0,
                           "divisor_override is 0");
  return kernel_size_is_valid(kernel_size, 2) && stride_is_valid(stride, 2, /*allow_empty=*/true) &&
         padding_is_valid(padding, kernel_size, 2, /*enforce_half_kernel=*/true);
}

inline bool check_max_pool2d_with_indices_args(const Tensor& in, IntArrayRef kernel_size,
                                               IntArrayRef stride, IntArrayRef padding,
                                               IntArrayRef dilation, bool ceil_mode, Tensor& out,
                                               Tensor& indices) {
  (void)ceil_mode;
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out) &&
                             tensor_is_type(indices, ScalarType::Long));
  ET_CHECK_OR_RETURN_FALSE(in.dim() == 3 || in.dim() == 4,
                           "the input has rank %zd, expected 3 or 4", in.dim());
  return kernel_size_is_valid(kernel_size, 2) && stride_is_valid(stride, 2, /*allow_empty=*/true) &&
         padding_is_valid(padding, kernel_size, 2, /*enforce_half_kernel=*/true) &&
         dilation_is_valid(dilation, 2);
}

/// Shape and rank of a pooled (N,) C, H, W.
inline void get_max_pool2d_with_indices_out_target_size(
    const Tensor& in, const IntArrayRef kernel_size, const IntArrayRef stride,
    const IntArrayRef padding, const IntArrayRef dilation, const bool ceil_mode,
    SizesType* const out_sizes, size_t* const out_ndim) {
  *out_ndim = static_cast<size_t>(in.dim());
  std::copy(in.sizes().begin(), in.sizes().end(), out_sizes);
  calculate_kernel_output_sizes(in, 2, kernel_size, stride.empty() ? kernel_size : stride, padding,
                                dilation, out_sizes, ceil_mode);
}
inline void get_avg_pool2d_out_target_size(const Tensor& in, const IntArrayRef kernel_size,
                                           const IntArrayRef stride, const IntArrayRef padding,
                                           const bool ceil_mode, SizesType* const out_sizes,
                                           size_t* const out_ndim) {
  get_max_pool2d_with_indices_out_target_size(in, kernel_size, stride, padding, {}, ceil_mode,
                                              out_sizes, out_ndim);
}

/// The shape of a tensor with a dimension of size 1 added at `unsqueeze_dim`.
inline void get_unsqueezed_sizes(const Tensor& t, int64_t unsqueeze_dim, SizesType* sizes_arr,
                                 size_t& ndim) {
  ndim = static_cast<size_t>(t.dim()) + 1;
  for (size_t d = 0, from = 0; d < ndim; ++d) {
    sizes_arr[d] = d == static_cast<size_t>(unsqueeze_dim) ? 1 : t.sizes()[from++];
  }
}
/// The dim order of the same: the new dimension stands right before the one it pushed back.
inline void get_unsqueezed_dim_order(const Tensor& t, int64_t unsqueeze_dim,
                                     ::executorch::aten::DimOrderType* dim_order_arr) {
  size_t to = 0;
  bool placed = false;
  for (const auto d : t.dim_order()) {
    if (d == unsqueeze_dim) {
      dim_order_arr[to++] = static_cast<::executorch::aten::DimOrderType>(unsqueeze_dim);
      placed = true;
    }
    dim_order_arr[to++] = static_cast<::executorch::aten::DimOrderType>(d + (d >= unsqueeze_dim));
  }
  if (!placed) {
    dim_order_arr[to] = static_cast<::executorch::aten::DimOrderType>(unsqueeze_dim);
  }
}

/// A reduction over the windows of a pooled (N,) C, H, W, elements CTYPE:
///   acc, acc_index = reduce_fn(x, index, acc, acc_index)  for each x at `index` of its plane,
///                                                          starting with (x, index) of the first
///   out = map_fn(count, acc)
/// With include_pad, positions in the padding take part as x = 0 and index 0 and are counted.
/// `indices`, of Long, gets acc_index. `out` has the shape of the result.
template <typename CTYPE, typename ReduceOp, typename MapOp>
void apply_kernel_2d_reduce_then_map_fn(const ReduceOp& reduce_fn, const MapOp& map_fn,
                                        const bool include_pad, const Tensor& in,
                                        const IntArrayRef kernel_size, const IntArrayRef stride,
                                        const IntArrayRef padding, const IntArrayRef dilation,
                                        Tensor& out, optional<Tensor> indices = {}) {
  const auto rank = static_cast<size_t>(in.dim());
  const auto size_of = [rank](const Tensor& t, size_t from_end) {
    return from_end < rank ? static_cast<int64_t>(t.sizes()[rank - 1 - from_end]) : 1;
  };
  const auto stride_of = [rank](const Tensor& t, size_t from_end) {
    return from_end < rank ? static_cast<int64_t>(t.strides()[rank - 1 - from_end]) : 0;
  };
  const auto offset = [&](const Tensor& t, int64_t n, int64_t c, int64_t h, int64_t w) {
    return n * stride_of(t, 3) + c * stride_of(t, 2) + h * stride_of(t, 1) + w * stride_of(t, 0);
  };
  const CTYPE* const from = in.const_data_ptr<CTYPE>();
  CTYPE* const to = out.mutable_data_ptr<CTYPE>();
  const int64_t height = size_of(in, 1);
  const int64_t width = size_of(in, 0);
  const auto stride_at = [&](size_t d) {
    return stride.empty() ? val_at(kernel_size, d) : val_at(stride, d);
  };
  const auto window = [&](int64_t n, int64_t c, int64_t oh, int64_t ow) {
    const int64_t top = oh * stride_at(0) - val_at(padding, 0, 0);
    const int64_t left = ow * stride_at(1) - val_at(padding, 1, 0);
    CTYPE acc{};
    int64_t acc_index = 0;
    int64_t count = 0;
    for (int64_t kh = 0; kh < val_at(kernel_size, 0); ++kh) {
      const int64_t h = top + kh * val_at(dilation, 0);
      for (int64_t kw = 0; kw < val_at(kernel_size, 1); ++kw) {
        const int64_t w = left + kw * val_at(dilation, 1);
        const bool inside = h >= 0 && h < height && w >= 0 && w < width;
        // The padding ends where it was asked to, even if a window reaches further.
        const bool padded = h < height + val_at(padding, 0, 0) && w < width + val_at(padding, 1, 0);
        if (!inside && !(include_pad && padded)) {
          continue;
        }
        const CTYPE x = inside ? from[offset(in, n, c, h, w)] : CTYPE{};
        const int64_t index = inside ? h * width + w : 0;
        if (count++ == 0) {
          acc = x;
          acc_index = index;
        } else {
          const std::tuple<CTYPE, int64_t> next = reduce_fn(x, index, acc, acc_index);
          acc = std::get<0>(next);
          acc_index = std::get<1>(next);
        }
      }
    }
    to[offset(out, n, c, oh, ow)] = map_fn(count, acc);
    if (indices.has_value()) {
      indices->mutable_data_ptr<int64_t>()[offset(*indices, n, c, oh, ow)] = acc_index;
    }
  };
  for (int64_t n = 0; n < size_of(out, 3); ++n) {
    for (int64_t c = 0; c < size_of(out, 2); ++c) {
      for (int64_t oh = 0; oh < size_of(out, 1); ++oh) {
        for (int64_t ow = 0; ow < size_of(out, 0); ++ow) {
          window(n, c, oh, ow);
        }
      }
    }
  }
}

}  // namespace executor
}  // namespace torch
