// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * The c10 names of runtime/core/portable_type/bfloat16.h.
 */
#pragma once

#if defined(__has_include_next)
#if __has_include_next(<c10/util/BFloat16.h>)
#define ET_INTERNAL_HAS_LIBTORCH_HEADER
#endif
#endif

#ifdef ET_INTERNAL_HAS_LIBTORCH_HEADER
// libtorch is on the include path as well, and its headers rely on each other.
#undef ET_INTERNAL_HAS_LIBTORCH_HEADER
#include_next <c10/util/BFloat16.h>
#else
#include <c10/util/floating_point_utils.h>
#include <executorch/runtime/core/portable_type/bfloat16.h>

namespace c10 {

using BFloat16 = ::executorch::runtime::etensor::BFloat16;

namespace detail {

/// The number whose upper 16 bits are `src`.
inline float f32_from_bits(uint16_t src) {
  return fp32_from_bits(static_cast<uint32_t>(src) << 16);
}

/// The upper 16 bits, truncated.
inline uint16_t bits_from_f32(float src) {
  return static_cast<uint16_t>(fp32_to_bits(src) >> 16);
}

/// The upper 16 bits of the nearest number that has no others; even in a tie.
inline uint16_t round_to_nearest_even(float src) {
  return BFloat16(src).x;
}

}  // namespace detail
}  // namespace c10

#endif
