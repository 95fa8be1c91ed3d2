// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Whether a number fits another type.
 */
#pragma once

#if defined(__has_include_next)
#if __has_include_next(<c10/util/overflows.h>)
#define ET_INTERNAL_HAS_LIBTORCH_HEADER
#endif
#endif

#ifdef ET_INTERNAL_HAS_LIBTORCH_HEADER
// libtorch is on the include path as well, and its headers rely on each other.
#undef ET_INTERNAL_HAS_LIBTORCH_HEADER
#include_next <c10/util/overflows.h>
#else
#include <cmath>
#include <limits>
#include <type_traits>

#include <c10/util/TypeSafeSignMath.h>

namespace c10 {

/// Whether converting `f` to To loses its magnitude. With `strict_unsigned`, a negative number
/// never fits an unsigned type; else it may wrap as in a conversion in C.
template <typename To, typename From>
bool overflows(From f, bool strict_unsigned = false) {
  if constexpr (std::is_same_v<To, bool> || std::is_same_v<From, bool>) {
    return false;
  } else if constexpr (std::is_floating_point_v<To>) {
    if constexpr (std::is_floating_point_v<From>) {
      return std::isfinite(f) &&
             (f < std::numeric_limits<To>::lowest() || f > std::numeric_limits<To>::max());
    } else {
      return false;
    }
  } else if constexpr (std::is_floating_point_v<From>) {
    return std::isnan(f) || less_than_lowest<To>(f) || greater_than_max<To>(f);
  } else {
    if (!strict_unsigned && std::is_unsigned_v<To> && std::is_signed_v<From> && is_negative(f)) {
      return greater_than_max<To>(-static_cast<std::make_unsigned_t<From> >(f));
    }
    return less_than_lowest<To>(f) || greater_than_max<To>(f);
  }
}

}  // namespace c10

#endif
