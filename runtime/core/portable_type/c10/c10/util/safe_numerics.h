// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * The c10 names of the overflow-checked arithmetic in runtime/core/checked_math.h.
 */
#pragma once

#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/checked_math.h>

namespace c10 {

template <typename T>
ET_NODISCARD inline bool add_overflows(T a, T b, T* out) {
  return ::executorch::runtime::add_overflows(a, b, out);
}

template <typename T>
ET_NODISCARD inline bool sub_overflows(T a, T b, T* out) {
  return ::executorch::runtime::sub_overflows(a, b, out);
}

template <typename T>
ET_NODISCARD inline bool mul_overflows(T a, T b, T* out) {
  return ::executorch::runtime::mul_overflows(a, b, out);
}

/// Multiplies the numbers of [first, last) into `*out`; true if the product does not fit.
template <typename Iterator>
bool safe_multiplies_u64(Iterator first, Iterator last, uint64_t* out) {
  *out = 1;
  bool overflow = false;
  for (; first != last; ++first) {
    overflow |= mul_overflows<uint64_t>(*out, static_cast<uint64_t>(*first), out);
  }
  return overflow;
}

template <typename Container>
bool safe_multiplies_u64(const Container& numbers, uint64_t* out) {
  return safe_multiplies_u64(numbers.begin(), numbers.end(), out);
}

}  // namespace c10
