// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/grid_sampler_2d_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace torch::executor::native {

namespace {

/// One image of a batch, read at any coordinate. T is the element type, C that of coordinates.
template <typename T, typename C>
struct Image {
  const T* data;
  int64_t height, width;
  int64_t stride_c, stride_h, stride_w;
  GridSamplerPadding padding;
  bool align_corners;

  C at(int64_t channel, int64_t y, int64_t x) const {
    if (y < 0 || y >= height || x < 0 || x >= width) {
      return 0;
    }
    return static_cast<C>(data[channel * stride_c + y * stride_h + x * stride_w]);
  }

  /// The pixel at an integral coordinate, with the padding applied to it.
  C bounded_at(int64_t channel, C y, C x) const {
    return at(channel, to_index(compute_coordinates(y, height, padding, align_corners)),
              to_index(compute_coordinates(x, width, padding, align_corners)));
  }

  /// Calls store(channel, value) for each channel.
  template <typename F>
  void sample(C gx, C gy, GridSamplerInterpolation interpolation, int64_t channels,
              const F& store) const {
    C x = grid_sampler_unnormalize(gx, width, align_corners);
    C y = grid_sampler_unnormalize(gy, height, align_corners);
    if (interpolation == GridSamplerInterpolation::Bicubic) {
      const C x0 = std::floor(x);
      const C y0 = std::floor(y);
      C wx[4];
      C wy[4];
      get_cubic_coefficients(wx, x - x0);
      get_cubic_coefficients(wy, y - y0);
      for (int64_t c = 0; c < channels; ++c) {
        C sum = 0;
        for (int i = 0; i < 4; ++i) {
          C row = 0;
          for (int j = 0; j < 4; ++j) {
            row += bounded_at(c, y0 - 1 + static_cast<C>(i), x0 - 1 + static_cast<C>(j)) * wx[j];
          }
          sum += row * wy[i];
        }
        store(c, sum);
      }
      return;
    }
    x = compute_coordinates(x, width, padding, align_corners);
    y = compute_coordinates(y, height, padding, align_corners);
    if (interpolation == GridSamplerInterpolation::Nearest) {
      const int64_t iy = to_index(std::nearbyint(y));
      const int64_t ix = to_index(std::nearbyint(x));
      for (int64_t c = 0; c < channels; ++c) {
        store(c, at(c, iy, ix));
      }
      return;
    }
    const int64_t x0 = to_index(std::floor(x));
    const int64_t y0 = to_index(std::floor(y));
    const C right = x - std::floor(x);
    const C bottom = y - std::floor(y);
    for (int64_t c = 0; c < channels; ++c) {
      store(c,
            at(c, y0, x0) * (1 - bottom) * (1 - right) + at(c, y0, x0 + 1) * (1 - bottom) * right +
                at(c, y0 + 1, x0) * bottom * (1 - right) + at(c, y0 + 1, x0 + 1) * bottom * right);
    }
  }
};

}  // namespace

Tensor& grid_sampler_2d_out(KernelRuntimeContext& ctx, const Tensor& input, const Tensor& grid,
                            int64_t interpolation_mode, int64_t padding_mode, bool align_corners,
                            Tensor& out) {
  ET_KERNEL_CHECK(ctx, tensor_is_rank(input, 4) && tensor_is_rank(grid, 4), InvalidArgument, out);
  ET_KERNEL_CHECK(ctx, tensors_have_same_dtype(input, grid, out), InvalidArgument, out);
  ET_KERNEL_CHECK_MSG(ctx, input.size(0) == grid.size(0), InvalidArgument, out,
                      "grid_sampler_2d: input has batch %zd, grid %zd", input.size(0),
                      grid.size(0));
  ET_KERNEL_CHECK_MSG(ctx, grid.size(3) == 2, InvalidArgument, out,
                      "grid_sampler_2d: last dimension of grid is %zd, expected 2", grid.size(3));
  ET_KERNEL_CHECK_MSG(ctx, input.size(2) > 0 && input.size(3) > 0, InvalidArgument, out,
                      "grid_sampler_2d: the input image is empty");
  ET_KERNEL_CHECK_MSG(ctx, interpolation_mode >= 0 && interpolation_mode <= 2, InvalidArgument, out,
                      "grid_sampler_2d: interpolation mode %" PRId64 " is none of 0, 1, 2",
                      interpolation_mode);
  ET_KERNEL_CHECK_MSG(ctx, padding_mode >= 0 && padding_mode <= 2, InvalidArgument, out,
                      "grid_sampler_2d: padding mode %" PRId64 " is none of 0, 1, 2", padding_mode);
  const SizesType sizes[] = {input.sizes()[0], input.sizes()[1], grid.sizes()[1], grid.sizes()[2]};
  ET_KERNEL_CHECK(ctx, resize_tensor(out, ArrayRef<SizesType>(sizes)) == Error::Ok, InvalidArgument,
                  out);

  ET_SWITCH_FLOATHBF16_TYPES(input.scalar_type(), ctx, "grid_sampler_2d.out", CTYPE, [&]() {
    using C = std::conditional_t<std::is_same_v<CTYPE, double>, double, float>;
    const auto is = input.strides();
    const auto gs = grid.strides();
    const auto os = out.strides();
    for (int64_t n = 0; n < out.size(0); ++n) {
      const Image<CTYPE, C> image = {input.const_data_ptr<CTYPE>() + n * is[0],
                                     input.size(2),
                                     input.size(3),
                                     is[1],
                                     is[2],
                                     is[3],
                                     static_cast<GridSamplerPadding>(padding_mode),
                                     align_corners};
      for (int64_t h = 0; h < out.size(2); ++h) {
        for (int64_t w = 0; w < out.size(3); ++w) {
          const CTYPE* const point =
              grid.const_data_ptr<CTYPE>() + n * gs[0] + h * gs[1] + w * gs[2];
          CTYPE* const to = out.mutable_data_ptr<CTYPE>() + n * os[0] + h * os[2] + w * os[3];
          image.sample(static_cast<C>(point[0]), static_cast<C>(point[gs[3]]),
                       static_cast<GridSamplerInterpolation>(interpolation_mode), out.size(1),
                       [&](int64_t c, C value) { to[c * os[1]] = static_cast<CTYPE>(value); });
        }
      }
    }
  });
  return out;
}

}  // namespace torch::executor::native
