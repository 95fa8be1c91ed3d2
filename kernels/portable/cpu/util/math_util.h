// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Arithmetic on one element, with torch's results: integers wrap around, NaN is passed on.

#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace torch::executor::native::utils {

// Signed overflow is undefined in C++, so integers are computed without sign.
template <typename T>
using Wrapping = std::make_unsigned_t<T>;

template <typename T>
T wrapping_add(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(static_cast<Wrapping<T>>(a) + static_cast<Wrapping<T>>(b));
  } else {
    return a + b;
  }
}

template <typename T>
T wrapping_mul(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(static_cast<Wrapping<T>>(a) * static_cast<Wrapping<T>>(b));
  } else {
    return a * b;
  }
}

template <typename T>
T wrapping_neg(T a) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(Wrapping<T>{0} - static_cast<Wrapping<T>>(a));
  } else {
    return -a;
  }
}

/// Quotient rounded toward zero; an integer divisor is not zero.
template <typename T>
T trunc_divide(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    return b == -1 ? wrapping_neg(a) : a / b;
  } else {
    return std::trunc(a / b);
  }
}

/// Quotient rounded toward negative infinity; an integer divisor is not zero.
template <typename T>
T floor_divide(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    if (b == -1) {
      return wrapping_neg(a);
    }
    return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
  } else {
    if (b == 0) {
      return a / b;
    }
    const T remainder = std::fmod(a, b);
    T quotient = (a - remainder) / b;
    if (remainder != 0 && (b < 0) != (remainder < 0)) {
      quotient -= T(1);
    }
    if (quotient == 0) {
      return std::copysign(T(0), a / b);
    }
    // The division has left an integer but for its rounding.
    const T floored = std::floor(quotient);
    return quotient - floored > T(0.5) ? floored + T(1) : floored;
  }
}

/// Remainder with the sign of the dividend; an integer divisor is not zero.
template <typename T>
T trunc_remainder(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    return b == -1 ? T(0) : a % b;
  } else {
    return std::fmod(a, b);
  }
}

/// Remainder with the sign of the divisor; an integer divisor is not zero.
template <typename T>
T floor_remainder(T a, T b) {
  const T remainder = trunc_remainder(a, b);
  return remainder != 0 && (b < 0) != (remainder < 0) ? remainder + b : remainder;
}

/// An integer power wraps around; a negative exponent gives the integer part.
template <typename T>
T power(T base, T exponent) {
  if constexpr (std::is_integral_v<T>) {
    if (exponent < 0) {
      return base == 1 ? T(1) : base == -1 ? (exponent % 2 == 0 ? T(1) : T(-1)) : T(0);
    }
    T result = 1;
    for (; exponent != 0; exponent /= 2) {
      if (exponent % 2 != 0) {
        result = wrapping_mul(result, base);
      }
      base = wrapping_mul(base, base);
    }
    return result;
  } else {
    return std::pow(base, exponent);
  }
}

/// Not negative, but for the most negative number, which has no positive counterpart.
inline int64_t greatest_common_divisor(int64_t a, int64_t b) {
  while (b != 0) {
    const int64_t rest = trunc_remainder(a, b);
    a = b;
    b = rest;
  }
  return a < 0 ? wrapping_neg(a) : a;
}

/// condition ? a : b without a branch: both are computed, and a loop over it can be vectorized.
template <typename T>
T blend(bool condition, T a, T b) {
  if constexpr (sizeof(T) != 4 && sizeof(T) != 8) {
    return condition ? a : b;
  } else {
    using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
    Bits a_bits;
    Bits b_bits;
    std::memcpy(&a_bits, &a, sizeof(T));
    std::memcpy(&b_bits, &b, sizeof(T));
    const Bits mask = Bits{0} - static_cast<Bits>(condition);
    const Bits bits = (a_bits & mask) | (b_bits & ~mask);
    T result;
    std::memcpy(&result, &bits, sizeof(T));
    return result;
  }
}

/// Larger (smaller) of two; NaN if either is.
template <typename T>
T max_propagating_nan(T a, T b) {
  return blend((a > b) | (a != a), a, b);
}
template <typename T>
T min_propagating_nan(T a, T b) {
  return blend((a < b) | (a != a), a, b);
}

// For kernels of others: the same arithmetic by other names.

/// Remainder with the sign of the divisor, as Python's %.
template <typename T>
T remainder_override(T a, T b) {
  return floor_remainder(a, b);
}
/// Whether a value is NaN; no integer is.
template <typename T>
bool isnan_override(T a) {
  return a != a;
}
template <typename T>
T max_override(T a, T b) {
  return max_propagating_nan(a, b);
}
template <typename T>
T min_override(T a, T b) {
  return min_propagating_nan(a, b);
}

}  // namespace torch::executor::native::utils
