// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * std::bit_cast for C++17.
 */
#pragma once

#if defined(__has_include_next)
#if __has_include_next(<c10/util/bit_cast.h>)
#define ET_INTERNAL_HAS_LIBTORCH_HEADER
#endif
#endif

#ifdef ET_INTERNAL_HAS_LIBTORCH_HEADER
// libtorch is on the include path as well, and its headers rely on each other.
#undef ET_INTERNAL_HAS_LIBTORCH_HEADER
#include_next <c10/util/bit_cast.h>
#else
#include <cstring>
#include <type_traits>

namespace c10 {

/// The bytes of `source` as a `To` of the same size.
template <typename To, typename From>
To bit_cast(const From& source) noexcept {
  static_assert(sizeof(To) == sizeof(From), "the types must have the same size");
  static_assert(std::is_trivially_copyable_v<To> && std::is_trivially_copyable_v<From>,
                "the types must be trivially copyable");
  To target;
  std::memcpy(&target, &source, sizeof(target));
  return target;
}

}  // namespace c10

#endif
