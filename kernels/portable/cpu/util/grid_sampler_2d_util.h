// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Coordinates and weights of grid_sampler_2d and _3d.

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {

/// The numbers that the operator's schema carries.
enum class GridSamplerInterpolation { Bilinear = 0, Nearest = 1, Bicubic = 2 };
enum class GridSamplerPadding { Zeros = 0, Border = 1, Reflection = 2 };

/// A coordinate in -1..1 as a position of pixels.
template <typename CTYPE>
inline CTYPE grid_sampler_unnormalize(CTYPE coord, int64_t size, bool align_corners) {
  return align_corners ? (coord + 1) / 2 * static_cast<CTYPE>(size - 1)
                       : ((coord + 1) * static_cast<CTYPE>(size) - 1) / 2;
}

/// Limits a position to the image; NaN becomes 0.
template <typename CTYPE>
inline CTYPE clip_coordinates(CTYPE in, int64_t clip_limit) {
  return in > 0 ? std::min(in, static_cast<CTYPE>(clip_limit - 1)) : CTYPE(0);
}

/// Reflects a position at twice_low / 2 and twice_high / 2.
template <typename CTYPE>
inline CTYPE reflect_coordinates(CTYPE in, int64_t twice_low, int64_t twice_high) {
  if (twice_low == twice_high) {
    return CTYPE(0);
  }
  const CTYPE low = static_cast<CTYPE>(twice_low) / 2;
  const CTYPE span = static_cast<CTYPE>(twice_high - twice_low) / 2;
  const CTYPE distance = std::abs(in - low);
  const CTYPE extra = std::fmod(distance, span);
  return std::fmod(std::floor(distance / span), CTYPE(2)) == 0 ? extra + low : span - extra + low;
}

/// What `padding_mode` makes of a position.
template <typename CTYPE>
inline CTYPE compute_coordinates(CTYPE coord, int64_t size, GridSamplerPadding padding_mode,
                                 bool align_corners) {
  if (padding_mode == GridSamplerPadding::Border) {
    return clip_coordinates(coord, size);
  }
  if (padding_mode == GridSamplerPadding::Reflection) {
    coord = align_corners ? reflect_coordinates<CTYPE>(coord, 0, 2 * (size - 1))
                          : reflect_coordinates<CTYPE>(coord, -1, 2 * size - 1);
    return clip_coordinates(coord, size);
  }
  return coord;
}

/// Both steps: from -1..1 to a padded position.
template <typename CTYPE>
inline CTYPE grid_sampler_compute_source_index(CTYPE coord, int64_t size,
                                               GridSamplerPadding padding_mode,
                                               bool align_corners) {
  return compute_coordinates(grid_sampler_unnormalize(coord, size, align_corners), size,
                             padding_mode, align_corners);
}

/// A position as an index; anything far outside an image (or NaN) as one that is in no image.
template <typename CTYPE>
inline int64_t to_index(CTYPE position) {
  return position > CTYPE(-1e9) && position < CTYPE(1e9) ? static_cast<int64_t>(position)
                                                         : int64_t{-1000000000};
}

inline bool within_bounds_2d(int64_t h, int64_t w, int64_t H, int64_t W) {
  return h >= 0 && h < H && w >= 0 && w < W;
}

/// The cubic kernel with parameter A, for distances of at most 1 and between 1 and 2.
template <typename CTYPE>
inline CTYPE cubic_convolution1(CTYPE x, CTYPE A) {
  return ((A + 2) * x - (A + 3)) * x * x + 1;
}
template <typename CTYPE>
inline CTYPE cubic_convolution2(CTYPE x, CTYPE A) {
  return ((A * x - 5 * A) * x + 8 * A) * x - 4 * A;
}

/// Weights of four neighbors at distance t from the second.
template <typename CTYPE>
inline void get_cubic_coefficients(CTYPE coeffs[4], CTYPE t) {
  const CTYPE A = CTYPE(-0.75);
  coeffs[0] = cubic_convolution2(t + 1, A);
  coeffs[1] = cubic_convolution1(t, A);
  coeffs[2] = cubic_convolution1(1 - t, A);
  coeffs[3] = cubic_convolution2(2 - t, A);
}

template <typename CTYPE>
inline CTYPE cubic_interp1d(CTYPE x0, CTYPE x1, CTYPE x2, CTYPE x3, CTYPE t) {
  CTYPE coeffs[4];
  get_cubic_coefficients(coeffs, t);
  return x0 * coeffs[0] + x1 * coeffs[1] + x2 * coeffs[2] + x3 * coeffs[3];
}

/// `input` is N, C, H, W, `grid` N, OH, OW, 2, of the same type; gives `out` the shape N, C, OH,
/// OW.
inline Error check_grid_sampler_2d_args_and_resize_out(const Tensor& input, const Tensor& grid,
                                                       Tensor& out) {
  if (!tensor_is_rank(input, 4) || !tensor_is_rank(grid, 4) ||
      !tensors_have_same_dtype(input, grid, out)) {
    return Error::InvalidArgument;
  }
  ET_CHECK_OR_RETURN_ERROR(input.size(0) == grid.size(0) && grid.size(3) == 2, InvalidArgument,
                           "the grid has batch %zd and last dimension %zd, expected %zd and 2",
                           grid.size(0), grid.size(3), input.size(0));
  ET_CHECK_OR_RETURN_ERROR(input.size(2) > 0 && input.size(3) > 0, InvalidArgument,
                           "the input image is empty");
  const SizesType sizes[] = {input.sizes()[0], input.sizes()[1], grid.sizes()[1], grid.sizes()[2]};
  return resize_tensor(out, ArrayRef<SizesType>(sizes));
}

}  // namespace executor
}  // namespace torch
