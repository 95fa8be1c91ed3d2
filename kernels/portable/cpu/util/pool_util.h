// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Geometry of 2-D pooling: arguments, output sizes, windows.

#include <algorithm>
#include <cstdint>

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// Arguments of a pooling operator along one dimension.
struct PoolAxis {
  int64_t in_size;
  int64_t kernel;
  int64_t stride;
  int64_t padding;
  int64_t dilation;
  int64_t out_size;

  /// First input position of a window, in the padding where it is negative.
  int64_t start(int64_t out_position) const { return out_position * stride - padding; }
};

/// A pooled image: (N,) C, H, W with the strides of each.
struct PoolImage {
  int64_t batch, channels, height, width;
  int64_t stride_n, stride_c, stride_h, stride_w;

  explicit PoolImage(const Tensor& t) {
    const bool batched = t.dim() == 4;
    const size_t c = batched ? 1 : 0;
    batch = batched ? t.sizes()[0] : 1;
    stride_n = batched ? t.strides()[0] : 0;
    channels = t.sizes()[c];
    height = t.sizes()[c + 1];
    width = t.sizes()[c + 2];
    stride_c = t.strides()[c];
    stride_h = t.strides()[c + 1];
    stride_w = t.strides()[c + 2];
  }
};

/// Reads the arguments into `axes` (height, width) and gives `out` its shape. False, with a
/// sentence, when something is wrong.
inline bool prepare_pool_2d(const Tensor& in, IntArrayRef kernel_size, IntArrayRef stride,
                            IntArrayRef padding, IntArrayRef dilation, bool ceil_mode,
                            const Tensor& out, PoolAxis (&axes)[2]) {
  ET_CHECK_OR_RETURN_FALSE(in.dim() == 3 || in.dim() == 4,
                           "the input has rank %zd, expected 3 or 4", in.dim());
  const auto one_or_two = [](IntArrayRef list) { return list.size() == 1 || list.size() == 2; };
  ET_CHECK_OR_RETURN_FALSE(one_or_two(kernel_size) && (stride.empty() || one_or_two(stride)) &&
                               one_or_two(padding) && one_or_two(dilation),
                           "kernel_size, stride, padding and dilation have %zu, %zu, %zu and %zu "
                           "entries, expected 1 or 2",
                           kernel_size.size(), stride.size(), padding.size(), dilation.size());
  SizesType sizes[4];
  const size_t spatial = static_cast<size_t>(in.dim()) - 2;
  std::copy(in.sizes().begin(), in.sizes().begin() + spatial, sizes);
  for (size_t a = 0; a < 2; ++a) {
    const auto entry = [a](IntArrayRef list) { return list[list.size() == 1 ? 0 : a]; };
    PoolAxis& axis = axes[a];
    axis.in_size = in.sizes()[spatial + a];
    axis.kernel = entry(kernel_size);
    axis.stride = stride.empty() ? axis.kernel : entry(stride);
    axis.padding = entry(padding);
    axis.dilation = entry(dilation);
    // Bounded, so that nothing below overflows.
    constexpr int64_t kMax = INT32_MAX;
    ET_CHECK_OR_RETURN_FALSE(axis.kernel > 0 && axis.kernel <= kMax && axis.stride > 0 &&
                                 axis.stride <= kMax && axis.dilation > 0 && axis.dilation <= kMax,
                             "kernel size %lld, stride %lld and dilation %lld must be positive",
                             static_cast<long long>(axis.kernel),
                             static_cast<long long>(axis.stride),
                             static_cast<long long>(axis.dilation));
    ET_CHECK_OR_RETURN_FALSE(axis.padding >= 0 && axis.padding <= axis.kernel / 2,
                             "padding %lld is not within half of the kernel size %lld",
                             static_cast<long long>(axis.padding),
                             static_cast<long long>(axis.kernel));
    const int64_t span = axis.in_size + 2 * axis.padding - axis.dilation * (axis.kernel - 1) - 1;
    ET_CHECK_OR_RETURN_FALSE(span >= 0, "the kernel is larger than the padded input of size %lld",
                             static_cast<long long>(axis.in_size + 2 * axis.padding));
    axis.out_size = (span + (ceil_mode ? axis.stride - 1 : 0)) / axis.stride + 1;
    // A window that would begin in the padding beyond the input is left out.
    if (ceil_mode && (axis.out_size - 1) * axis.stride >= axis.in_size + axis.padding) {
      --axis.out_size;
    }
    sizes[spatial + a] = static_cast<SizesType>(axis.out_size);
  }
  return resize_tensor(out, ArrayRef<SizesType>(sizes, static_cast<size_t>(in.dim()))) == Error::Ok;
}

}  // namespace torch::executor::native::utils
