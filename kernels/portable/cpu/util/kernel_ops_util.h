// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Argument checks and result shapes of convolutions.
///
/// A list with one value per spatial dimension may also have a single element, which then stands
/// for all dimensions. The last `kernel_ndim` dimensions of a tensor are the spatial ones.

#include <cstddef>
#include <cstdint>

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

}  // namespace executor
}  // namespace torch
