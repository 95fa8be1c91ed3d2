// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Floats as their bits.
 */
#pragma once

#if defined(__has_include_next)
#if __has_include_next(<c10/util/floating_point_utils.h>)
#define ET_INTERNAL_HAS_LIBTORCH_HEADER
#endif
#endif

#ifdef ET_INTERNAL_HAS_LIBTORCH_HEADER
// libtorch is on the include path as well, and its headers rely on each other.
#undef ET_INTERNAL_HAS_LIBTORCH_HEADER
#include_next <c10/util/floating_point_utils.h>
#else
#include <cstdint>

#include <c10/util/bit_cast.h>

namespace c10 {
namespace detail {

inline float fp32_from_bits(uint32_t w) {
  return bit_cast<float>(w);
}

inline uint32_t fp32_to_bits(float f) {
  return bit_cast<uint32_t>(f);
}

}  // namespace detail
}  // namespace c10

#endif
