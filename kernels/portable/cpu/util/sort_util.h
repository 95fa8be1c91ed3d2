// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <type_traits>

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// Whether a comes before b in an order by size: NaN counts as the largest number.
template <typename T>
bool sorts_before(T a, T b, bool descending) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(a) || std::isnan(b)) {
      return descending ? std::isnan(a) && !std::isnan(b) : !std::isnan(a) && std::isnan(b);
    }
  }
  return descending ? a > b : a < b;
}

/// A number and where it comes from.
template <typename T>
struct Ranked {
  T value;
  int64_t index;
};

/// Sorts by value, equal ones by index.
template <typename T>
void sort_ranked(Ranked<T>* ranked, int64_t n, bool descending) {
  std::sort(ranked, ranked + n, [descending](const Ranked<T>& a, const Ranked<T>& b) {
    return sorts_before(a.value, b.value, descending) ||
           (!sorts_before(b.value, a.value, descending) && a.index < b.index);
  });
}

/// Scratch memory for `n` objects; null where there is none.
template <typename T>
T* allocate_scratch(KernelRuntimeContext& ctx, int64_t n) {
  if (n < 0 || static_cast<uint64_t>(n) > SIZE_MAX / sizeof(T)) {
    return nullptr;
  }
  const auto memory = ctx.allocate_temp(static_cast<size_t>(n) * sizeof(T), alignof(T));
  return memory.ok() ? static_cast<T*>(memory.get()) : nullptr;
}

}  // namespace torch::executor::native::utils
