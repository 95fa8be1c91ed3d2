// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * The only overflow-checked arithmetic of the library. Every integer that comes out of a file goes
 * through it before it becomes a size or an address.
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <executorch/runtime/platform/compiler.h>

namespace executorch {
namespace runtime {

/// Stores a + b (wrapped) in `*out`. Returns true if the true sum does not fit.
template <typename T>
ET_NODISCARD inline bool add_overflows(T a, T b, T* out) {
  static_assert(std::is_integral<T>::value, "integers only");
#if defined(__GNUC__) || defined(__clang__)
  return __builtin_add_overflow(a, b, out);
#else
  using U = std::make_unsigned_t<T>;
  *out = static_cast<T>(static_cast<U>(a) + static_cast<U>(b));
  return b >= 0 ? *out < a : *out > a;
#endif
}

/// Stores a - b (wrapped) in `*out`. Returns true if the true difference does not fit.
template <typename T>
ET_NODISCARD inline bool sub_overflows(T a, T b, T* out) {
  static_assert(std::is_integral<T>::value, "integers only");
#if defined(__GNUC__) || defined(__clang__)
  return __builtin_sub_overflow(a, b, out);
#else
  using U = std::make_unsigned_t<T>;
  *out = static_cast<T>(static_cast<U>(a) - static_cast<U>(b));
  return b >= 0 ? *out > a : *out < a;
#endif
}

/// Stores a * b (wrapped) in `*out`. Returns true if the true product does not fit.
template <typename T>
ET_NODISCARD inline bool mul_overflows(T a, T b, T* out) {
  static_assert(std::is_integral<T>::value, "integers only");
#if defined(__GNUC__) || defined(__clang__)
  return __builtin_mul_overflow(a, b, out);
#else
  using U = std::make_unsigned_t<T>;
  *out = static_cast<T>(static_cast<U>(a) * static_cast<U>(b));
  if (a == 0 || b == 0) {
    return false;
  }
  if constexpr (std::is_signed<T>::value) {
    constexpr T kMin = std::numeric_limits<T>::min();
    if ((a == -1 && b == kMin) || (b == -1 && a == kMin)) {
      return true;
    }
  }
  return static_cast<T>(*out / b) != a;
#endif
}

/// Multiplies `n` numbers into `*out`. Returns true if a product on the way does not fit.
template <typename T>
ET_NODISCARD inline bool product_overflows(const T* factors, size_t n, T* out) {
  *out = 1;
  for (size_t i = 0; i < n; ++i) {
    if (mul_overflows(*out, factors[i], out)) {
      return true;
    }
  }
  return false;
}

/// Whether [offset, offset + size) lies within [0, limit).
template <typename T>
ET_NODISCARD constexpr bool range_fits(T offset, T size, T limit) {
  static_assert(std::is_unsigned<T>::value, "unsigned only");
  return offset <= limit && size <= limit - offset;
}

}  // namespace runtime
}  // namespace executorch
