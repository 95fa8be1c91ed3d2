// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Pooling over one to three spatial dimensions, by windows of one size or adaptive ones, in any
/// dim order: (N,) C, and the spatial dimensions. Each of the functions checks its arguments and
/// fails `ctx` with a sentence when something is wrong.

#include <cstdint>

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// Windows along one dimension.
struct PoolingAxis {
  int64_t in_size = 1;
  int64_t out_size = 1;
  int64_t kernel = 1;
  int64_t stride = 1;
  int64_t padding = 0;
  int64_t dilation = 1;
  bool is_adaptive = false;

  /// Input positions begin, begin + dilation, ... below end, all of them within the input.
  struct Window {
    int64_t begin;
    int64_t end;
    /// Positions with those in the padding.
    int64_t padded_size;

    int64_t size(int64_t dilation) const { return (end - begin + dilation - 1) / dilation; }
  };
  Window window(int64_t out_position) const;

  /// Windows that input position `at` lies in, without dilation.
  struct Range {
    int64_t begin;
    int64_t end;
  };
  Range windows_of(int64_t at) const;
};

/// What a pooling operator does along its spatial dimensions; those that it does not have are of
/// size 1 and come first.
struct Pooling {
  static constexpr size_t kMaxSpatial = 3;

  /// Of the last of these, as many as there are spatial dimensions, which are 1 to 3.
  PoolingAxis axes[kMaxSpatial];
  size_t spatial;

  explicit Pooling(size_t num_spatial) : spatial(num_spatial) {}

  /// Windows of one size. A list may have a single entry for all dimensions; an empty stride is the
  /// kernel's size. False with a sentence when something is wrong.
  bool init(const Tensor& in, IntArrayRef kernel_size, IntArrayRef stride, IntArrayRef padding,
            IntArrayRef dilation, bool ceil_mode);
  /// Windows that cover the input evenly.
  bool init_adaptive(const Tensor& in, IntArrayRef output_size);

  bool resize_out(const Tensor& in, const Tensor& out) const;

 private:
  PoolingAxis& axis(size_t i) { return axes[kMaxSpatial - spatial + i]; }
  bool check_input(const Tensor& in) const;
};

/// The mean of each window; integers are rounded towards zero. `count_include_pad` counts
/// positions in the padding.
Tensor& average_windows(KernelRuntimeContext& ctx, const Pooling& pooling, const Tensor& in,
                        bool count_include_pad, optional<int64_t> divisor_override, Tensor& out);
/// The gradient of average_windows().
Tensor& average_windows_backward(KernelRuntimeContext& ctx, const Pooling& pooling,
                                 const Tensor& grad_output, const Tensor& in,
                                 bool count_include_pad, optional<int64_t> divisor_override,
                                 Tensor& grad_input);
/// The largest element of each window, NaN counting as the largest, and its position in the
/// (flattened) image.
void maximum_of_windows(KernelRuntimeContext& ctx, const Pooling& pooling, const Tensor& in,
                        Tensor& out, Tensor& indices);
/// The gradient of maximum_of_windows(); `spatial` dimensions are pooled.
Tensor& maximum_of_windows_backward(KernelRuntimeContext& ctx, size_t spatial,
                                    const Tensor& grad_output, const Tensor& in,
                                    const Tensor& indices, Tensor& grad_input);

}  // namespace torch::executor::native::utils
