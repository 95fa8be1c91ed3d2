// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// exp, tanh and erf of float, without branches or calls, so that a loop over them is vectorized.
/// Relative errors are below 4e-7 (a few units in the last place); infinity, NaN and underflow are
/// as in <cmath>. Of double they are those of <cmath>.

#include <cmath>
#include <cstdint>

#include <executorch/kernels/portable/cpu/util/math_util.h>
#include <executorch/runtime/core/portable_type/half.h>
#include <executorch/runtime/platform/compiler.h>

namespace torch::executor::native::utils::vector_math {

namespace internal {

using ::executorch::runtime::etensor::internal::bits_to_float;
using ::executorch::runtime::etensor::internal::float_to_bits;

/// 2^n for n in -126..127.
inline float power_of_two(int32_t n) {
  return bits_to_float(static_cast<uint32_t>(n + 127) << 23);
}

// The polynomials were fitted for the least maximal error.
template <typename... Coefficients>
ET_INLINE float polynomial(float x, float first, Coefficients... others) {
  if constexpr (sizeof...(others) == 0) {
    return first;
  } else {
    return polynomial(x, others...) * x + first;
  }
}

}  // namespace internal

ET_INLINE float exp(float x) {
  using namespace internal;
  // Beyond these the result is 0 or infinity; NaN fails both comparisons.
  x = blend(x > 89.0f, 89.0f, x);
  x = blend(x < -104.0f, -104.0f, x);
  // Added to this number, the fraction is rounded off and the integer is left in the low bits.
  constexpr float kShift = 12582912.0f;
  const float shifted = x * 1.44269504f + kShift;
  const float n = shifted - kShift;
  // exp(x) = 2^n * exp(r), |r| <= ln(2) / 2; ln(2) is split in two for an exact product.
  const float r = x - n * 0.693145752f - n * 1.42860677e-6f;
  const float tail =
      polynomial(r, 0.5f, 0.166665188f, 0.041666206f, 0.00836888846f, 0.00139504802f);
  const float p = r * r * tail + r + 1.0f;
  // In two steps, for results that are subnormal or overflow.
  const auto exponent = static_cast<int32_t>(float_to_bits(shifted) - float_to_bits(kShift));
  const int32_t half = exponent >> 1;
  return p * power_of_two(half) * power_of_two(exponent - half);
}

ET_INLINE float tanh(float x) {
  using namespace internal;
  const float z = x * x;
  const float tail =
      polynomial(z, -0.333332839f, 0.133314911f, -0.0537434867f, 0.020650554f, -0.00571701102f);
  const float small = x * z * tail + x;
  const float a = std::fabs(x);
  const float large = std::copysign(1.0f - 2.0f / (exp(2.0f * a) + 1.0f), x);
  return blend(a < 0.625f, small, large);
}

ET_INLINE float erf(float x) {
  using namespace internal;
  const float small =
      x * polynomial(x * x, 1.12837917f, -0.376126271f, 0.112836002f, -0.0268544444f,
                     0.00518953498f, -0.00080208381f, 7.88910892e-05f);
  const float a = std::fabs(x);
  const float bounded = blend(a > 4.1f, 4.1f, a);
  const float minus_log_erfc =
      polynomial(bounded, 0.000353674591f, 1.12704022f, 0.638225359f, 0.103037653f, -0.0218054579f,
                 0.00293964316f, -0.000185577766f);
  const float large = std::copysign(1.0f - exp(-minus_log_erfc), x);
  return blend(a < 1.0f, small, large);
}

inline double exp(double x) {
  return std::exp(x);
}
inline double tanh(double x) {
  return std::tanh(x);
}
inline double erf(double x) {
  return std::erf(x);
}

template <typename T>
ET_INLINE T sigmoid(T x) {
  return 1 / (1 + exp(-x));
}

}  // namespace torch::executor::native::utils::vector_math
