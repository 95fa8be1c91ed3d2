// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Signs and ranges of numbers of any arithmetic type, without warnings about unsigned ones.
 */
#pragma once

#if defined(__has_include_next)
#if __has_include_next(<c10/util/TypeSafeSignMath.h>)
#define ET_INTERNAL_HAS_LIBTORCH_HEADER
#endif
#endif

#ifdef ET_INTERNAL_HAS_LIBTORCH_HEADER
// libtorch is on the include path as well, and its headers rely on each other.
#undef ET_INTERNAL_HAS_LIBTORCH_HEADER
#include_next <c10/util/TypeSafeSignMath.h>
#else
#include <limits>
#include <type_traits>

namespace c10 {

template <typename T>
constexpr bool is_negative(const T& x) {
  if constexpr (std::is_unsigned_v<T>) {
    return false;
  } else {
    return x < T(0);
  }
}

/// -1, 0 or 1.
template <typename T>
constexpr int signum(const T& x) {
  return static_cast<int>(T(0) < x) - static_cast<int>(is_negative(x));
}

template <typename T, typename U>
constexpr bool signs_differ(const T& a, const U& b) {
  return is_negative(a) != is_negative(b);
}

/// Whether x is above the largest Limit.
template <typename Limit, typename T>
constexpr bool greater_than_max(const T& x) {
  constexpr Limit kMax = std::numeric_limits<Limit>::max();
  if constexpr (std::is_integral_v<T> && std::is_integral_v<Limit>) {
    return !is_negative(x) && static_cast<std::make_unsigned_t<T> >(x) >
                                  static_cast<std::make_unsigned_t<Limit> >(kMax);
  } else {
    return x > static_cast<std::common_type_t<T, Limit> >(kMax);
  }
}

/// Whether x is below the smallest Limit.
template <typename Limit, typename T>
constexpr bool less_than_lowest(const T& x) {
  if constexpr (std::is_unsigned_v<T>) {
    return false;
  } else if constexpr (std::is_unsigned_v<Limit>) {
    return is_negative(x);
  } else {
    return x < static_cast<std::common_type_t<T, Limit> >(std::numeric_limits<Limit>::lowest());
  }
}

}  // namespace c10

#endif
