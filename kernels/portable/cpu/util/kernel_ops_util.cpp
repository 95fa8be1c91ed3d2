// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/kernel_ops_util.h>

#include <cinttypes>
#include <limits>

namespace torch {
namespace executor {

namespace {

bool param_array_is_valid(const char* name, IntArrayRef array, int64_t min_val, size_t length,
                          bool allow_empty) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(
      array.size() == length || array.size() == 1 || (allow_empty && array.empty()),
      "%s must have one element or %zu, got %zu", name, length, array.size());
  for (const int64_t value : array) {
    ET_LOG_MSG_AND_RETURN_IF_FALSE(value >= min_val && value <= std::numeric_limits<int32_t>::max(),
                                   "%s must be at least %" PRId64 " and fit 32 bits, got %" PRId64,
                                   name, min_val, value);
  }
  return true;
}

/// Size of a result along one dimension; see calculate_kernel_output_sizes.
int64_t kernel_output_size(int64_t in_size, int64_t padding, int64_t kernel_size, int64_t stride,
                           int64_t dilation, bool ceil_mode, bool transposed,
                           int64_t output_padding) {
  const int64_t reach = dilation * (kernel_size - 1);
  if (transposed) {
    return (in_size - 1) * stride - 2 * padding + reach + output_padding + 1;
  }
  const int64_t room = in_size + 2 * padding - reach - 1;
  if (room < 0) {
    return 0;
  }
  int64_t size = (room + (ceil_mode ? stride - 1 : 0)) / stride + 1;
  // In ceil mode, the last window must still start inside the input or the padding before it.
  if (ceil_mode && (size - 1) * stride >= in_size + padding) {
    --size;
  }
  return size;
}

SizesType saturated(int64_t size) {
  constexpr int64_t kMax = std::numeric_limits<SizesType>::max();
  return static_cast<SizesType>(size > kMax ? kMax : size < 0 ? 0 : size);
}

}  // namespace

bool int_array_all_ge(IntArrayRef array, int64_t val) {
  return param_array_is_valid("every value", array, val, array.size(), /*allow_empty=*/true);
}

bool kernel_size_is_valid(IntArrayRef kernel_size, size_t kernel_ndim) {
  return param_array_is_valid("kernel_size", kernel_size, 1, kernel_ndim, false);
}

bool stride_is_valid(IntArrayRef stride, size_t kernel_ndim, bool allow_empty) {
  return param_array_is_valid("stride", stride, 1, kernel_ndim, allow_empty);
}

bool padding_is_valid(IntArrayRef padding, IntArrayRef kernel_size, size_t kernel_ndim,
                      bool enforce_half_kernel) {
  ET_LOG_AND_RETURN_IF_FALSE(param_array_is_valid("padding", padding, 0, kernel_ndim, false));
  for (size_t d = 0; enforce_half_kernel && d < kernel_ndim; ++d) {
    ET_LOG_MSG_AND_RETURN_IF_FALSE(val_at(padding, d) <= val_at(kernel_size, d) / 2,
                                   "padding must be at most half of the kernel size %" PRId64
                                   ", got %" PRId64,
                                   val_at(kernel_size, d), val_at(padding, d));
  }
  return true;
}

bool dilation_is_valid(IntArrayRef dilation, size_t kernel_ndim) {
  return param_array_is_valid("dilation", dilation, 1, kernel_ndim, false);
}

bool output_padding_is_valid(IntArrayRef output_padding, IntArrayRef stride, IntArrayRef dilation,
                             size_t kernel_ndim) {
  ET_LOG_AND_RETURN_IF_FALSE(
      param_array_is_valid("output_padding", output_padding, 0, kernel_ndim, false));
  for (size_t d = 0; d < kernel_ndim; ++d) {
    const int64_t value = val_at(output_padding, d);
    ET_LOG_MSG_AND_RETURN_IF_FALSE(
        value < val_at(stride, d) || value < val_at(dilation, d),
        "output_padding must be smaller than stride or dilation, got %" PRId64, value);
  }
  return true;
}

bool output_size_is_valid(ArrayRef<SizesType> output_size, size_t kernel_ndim) {
  for (size_t d = output_size.size() - kernel_ndim; d < output_size.size(); ++d) {
    ET_LOG_MSG_AND_RETURN_IF_FALSE(
        output_size[d] > 0, "the window does not fit dimension %zu: the result would have size %d",
        d, static_cast<int>(output_size[d]));
  }
  return true;
}

void calculate_kernel_output_sizes(const Tensor& in, size_t kernel_ndim, IntArrayRef kernel_size,
                                   IntArrayRef stride, IntArrayRef padding, IntArrayRef dilation,
                                   SizesType* out_sizes, bool ceil_mode, bool transposed,
                                   IntArrayRef output_padding) {
  const auto first = static_cast<size_t>(in.dim()) - kernel_ndim;
  for (size_t d = 0; d < kernel_ndim; ++d) {
    out_sizes[first + d] = saturated(kernel_output_size(
        in.sizes()[first + d], val_at(padding, d, 0), val_at(kernel_size, d), val_at(stride, d),
        val_at(dilation, d), ceil_mode, transposed, val_at(output_padding, d, 0)));
  }
}

bool check_convolution_args(const Tensor& in, const Tensor& weight, const optional<Tensor>& bias,
                            IntArrayRef stride, IntArrayRef padding, IntArrayRef dilation,
                            bool transposed, IntArrayRef output_padding, int64_t groups,
                            const Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, weight, out));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_realhbf16_type(in));
  ET_LOG_MSG_AND_RETURN_IF_FALSE(in.dim() >= 3 && in.dim() <= 5,
                                 "the input of a convolution has 3 to 5 dimensions, got %zd",
                                 in.dim());
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_rank(in, weight));
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_rank(in, out));
  for (ssize_t d = 0; d < weight.dim(); ++d) {
    ET_LOG_AND_RETURN_IF_FALSE(tensor_has_non_empty_dim(weight, d));
  }
  const auto kernel_ndim = static_cast<size_t>(in.dim() - 2);
  ET_LOG_AND_RETURN_IF_FALSE(stride_is_valid(stride, kernel_ndim, /*allow_empty=*/false));
  ET_LOG_AND_RETURN_IF_FALSE(padding_is_valid(padding, {}, kernel_ndim));
  ET_LOG_AND_RETURN_IF_FALSE(dilation_is_valid(dilation, kernel_ndim));
  ET_LOG_AND_RETURN_IF_FALSE(
      !transposed || output_padding_is_valid(output_padding, stride, dilation, kernel_ndim));
  const int64_t in_channels = in.size(1);
  // A forward convolution takes weights (out, in / groups, ...), a transposed one
  // (in, out / groups, ...).
  ET_LOG_MSG_AND_RETURN_IF_FALSE(
      groups > 0 && in_channels % groups == 0 && weight.size(0) % groups == 0,
      "%" PRId64 " input channels and weights of %zd channels cannot be split into %" PRId64
      " groups",
      in_channels, weight.size(0), groups);
  const int64_t expected = transposed ? weight.size(0) : weight.size(1) * groups;
  ET_LOG_MSG_AND_RETURN_IF_FALSE(in_channels == expected,
                                 "the weights are for %" PRId64
                                 " input channels, the input has %" PRId64,
                                 expected, in_channels);
  if (bias.has_value()) {
    const int64_t out_channels = transposed ? weight.size(1) * groups : weight.size(0);
    ET_LOG_AND_RETURN_IF_FALSE(tensor_is_rank(*bias, 1));
    ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(*bias, in));
    ET_LOG_MSG_AND_RETURN_IF_FALSE(bias->size(0) == out_channels,
                                   "the bias must have %" PRId64 " elements, got %zd", out_channels,
                                   bias->size(0));
  }
  return true;
}

void get_convolution_out_target_size(const Tensor& in, const Tensor& weight, IntArrayRef stride,
                                     IntArrayRef padding, IntArrayRef dilation, bool transposed,
                                     IntArrayRef output_padding, int64_t groups,
                                     SizesType* out_sizes, size_t* out_ndim) {
  *out_ndim = static_cast<size_t>(in.dim());
  out_sizes[0] = in.sizes()[0];
  out_sizes[1] = saturated(transposed ? weight.size(1) * groups : weight.size(0));
  int64_t kernel_size[3];
  const size_t kernel_ndim = *out_ndim - 2;
  for (size_t d = 0; d < kernel_ndim; ++d) {
    kernel_size[d] = weight.sizes()[d + 2];
  }
  calculate_kernel_output_sizes(in, kernel_ndim, {kernel_size, kernel_ndim}, stride, padding,
                                dilation, out_sizes, false, transposed, output_padding);
}

}  // namespace executor
}  // namespace torch
