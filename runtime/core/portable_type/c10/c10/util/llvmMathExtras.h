// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Bit counts and powers of two.
 */
#pragma once

#if defined(__has_include_next)
#if __has_include_next(<c10/util/llvmMathExtras.h>)
#define ET_INTERNAL_HAS_LIBTORCH_HEADER
#endif
#endif

#ifdef ET_INTERNAL_HAS_LIBTORCH_HEADER
// libtorch is on the include path as well, and its headers rely on each other.
#undef ET_INTERNAL_HAS_LIBTORCH_HEADER
#include_next <c10/util/llvmMathExtras.h>
#else
#include <cstdint>
#include <limits>
#include <type_traits>

namespace c10 {
namespace llvm {

/// Zero bits above the highest set bit; the width of T for 0.
template <typename T>
unsigned countLeadingZeros(T value) {
  static_assert(std::is_unsigned_v<T>, "only unsigned integers are allowed");
  unsigned count = 0;
  for (T bit = T(1) << (std::numeric_limits<T>::digits - 1); bit != 0 && (value & bit) == 0;
       bit = T(bit >> 1)) {
    ++count;
  }
  return count;
}

/// Zero bits below the lowest set bit; the width of T for 0.
template <typename T>
unsigned countTrailingZeros(T value) {
  static_assert(std::is_unsigned_v<T>, "only unsigned integers are allowed");
  unsigned count = 0;
  while (count < static_cast<unsigned>(std::numeric_limits<T>::digits) &&
         ((value >> count) & 1) == 0) {
    ++count;
  }
  return count;
}

constexpr bool isPowerOf2_64(uint64_t value) {
  return value != 0 && (value & (value - 1)) == 0;
}

constexpr bool isPowerOf2_32(uint32_t value) {
  return isPowerOf2_64(value);
}

/// The power of two above `value`; 0 if there is none.
constexpr uint64_t NextPowerOf2(uint64_t value) {
  for (unsigned shift = 1; shift < 64; shift *= 2) {
    value |= value >> shift;
  }
  return value + 1;
}

/// floor(log2(value)); the maximum unsigned number for 0.
inline unsigned Log2_64(uint64_t value) {
  return 63 - countLeadingZeros(value);
}

inline unsigned Log2_32(uint32_t value) {
  return 31 - countLeadingZeros(value);
}

}  // namespace llvm
}  // namespace c10

#endif
