// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Coordinates of a sampling grid.

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace torch::executor::native::utils {

// The numbers that the operator's schema carries.
enum class Interpolation : int64_t { Bilinear = 0, Nearest = 1, Bicubic = 2 };
enum class Padding : int64_t { Zeros = 0, Border = 1, Reflection = 2 };

/// From -1..1 to pixels.
template <typename T>
T unnormalize(T coordinate, int64_t size, bool align_corners) {
  return align_corners ? (coordinate + 1) / 2 * static_cast<T>(size - 1)
                       : ((coordinate + 1) * static_cast<T>(size) - 1) / 2;
}

template <typename T>
T clip(T coordinate, int64_t size) {
  // Written so that NaN becomes 0.
  return coordinate > 0 ? std::min(coordinate, static_cast<T>(size - 1)) : T(0);
}

/// Reflects at the bounds twice_low/2 and twice_high/2.
template <typename T>
T reflect(T coordinate, int64_t twice_low, int64_t twice_high) {
  if (twice_low == twice_high) {
    return 0;
  }
  const T low = static_cast<T>(twice_low) / 2;
  const T span = static_cast<T>(twice_high - twice_low) / 2;
  const T distance = std::abs(coordinate - low);
  const T extra = std::fmod(distance, span);
  const T flips = std::floor(distance / span);
  return std::fmod(flips, T(2)) == 0 ? extra + low : span - extra + low;
}

template <typename T>
T apply_padding(T coordinate, int64_t size, Padding padding, bool align_corners) {
  if (padding == Padding::Border) {
    return clip(coordinate, size);
  }
  if (padding == Padding::Reflection) {
    coordinate = align_corners ? reflect<T>(coordinate, 0, 2 * (size - 1))
                               : reflect<T>(coordinate, -1, 2 * size - 1);
    return clip(coordinate, size);
  }
  return coordinate;
}

/// A coordinate as an index; anything far outside an image (or NaN) as one that is in no image.
template <typename T>
int64_t to_index(T coordinate) {
  return coordinate > T(-1e9) && coordinate < T(1e9) ? static_cast<int64_t>(coordinate)
                                                     : int64_t{-1000000000};
}

}  // namespace torch::executor::native::utils
