// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * The c10 names of runtime/core/portable_type/half.h.
 */
#pragma once

#if defined(__has_include_next)
#if __has_include_next(<c10/util/Half.h>)
#define ET_INTERNAL_HAS_LIBTORCH_HEADER
#endif
#endif

#ifdef ET_INTERNAL_HAS_LIBTORCH_HEADER
// libtorch is on the include path as well, and its headers rely on each other.
#undef ET_INTERNAL_HAS_LIBTORCH_HEADER
#include_next <c10/util/Half.h>
#else
#include <c10/util/floating_point_utils.h>
#include <executorch/runtime/core/portable_type/bfloat16.h>
#include <executorch/runtime/core/portable_type/half.h>

namespace c10 {

using Half = ::executorch::runtime::etensor::Half;

namespace detail {

/// IEEE 754 binary16 to binary32, exactly.
inline float fp16_ieee_to_fp32_value(uint16_t h) {
  return ::executorch::runtime::etensor::internal::half_bits_to_float(h);
}

/// The same, as the bits of the binary32 number.
inline uint32_t fp16_ieee_to_fp32_bits(uint16_t h) {
  return fp32_to_bits(fp16_ieee_to_fp32_value(h));
}

/// IEEE 754 binary32 to binary16, rounding to nearest even.
inline uint16_t fp16_ieee_from_fp32_value(float f) {
  return ::executorch::runtime::etensor::internal::float_to_half_bits(f);
}

}  // namespace detail
}  // namespace c10

#endif
