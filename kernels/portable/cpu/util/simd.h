// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Vector registers, through the vector types that GCC and clang share.

#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

namespace torch::executor::native::utils {

#if defined(__AVX512F__)
constexpr size_t kVectorBytes = 64;
#elif defined(__AVX__)
constexpr size_t kVectorBytes = 32;
#else
constexpr size_t kVectorBytes = 16;
#endif

/// A register of elements of type T: 4 or 8 bytes.
template <typename T>
struct Simd {
  using Bits = std::conditional_t<sizeof(T) == 4, int32_t, int64_t>;
  typedef T Vector __attribute__((vector_size(kVectorBytes)));
  /// What comparisons give: all bits of an element, or none.
  typedef Bits Mask __attribute__((vector_size(kVectorBytes)));
  static constexpr int64_t kLanes = kVectorBytes / sizeof(T);

  static Vector load(const T* from) {
    Vector v;
    std::memcpy(&v, from, sizeof(v));
    return v;
  }
  static void store(T* to, Vector v) { std::memcpy(to, &v, sizeof(v)); }
  static Vector fill(T value) {
    T elements[kLanes];
    for (T& element : elements) {
      element = value;
    }
    return load(elements);
  }
  static Vector select(Mask mask, Vector a, Vector b) {
    return reinterpret_cast<Vector>((reinterpret_cast<Mask>(a) & mask) |
                                    (reinterpret_cast<Mask>(b) & ~mask));
  }
};

/// Whether a takes precedence over b in a search for the maximum (or minimum): larger (smaller), or
/// NaN where b is not.
template <bool kMax, typename T>
bool precedes(T a, T b) {
  const bool better = kMax ? a > b : a < b;
  if constexpr (std::is_floating_point_v<T>) {
    return better | ((a != a) & (b == b));
  } else {
    return better;
  }
}

/// Maximum (or minimum) of `n` elements and `so_far`; NaN if one of them is.
template <bool kMax, typename T>
T extremum_of(const T* x, int64_t n, T so_far) {
  if constexpr (std::is_floating_point_v<T>) {
    constexpr int64_t kVectors = 4;
    constexpr int64_t kStep = kVectors * Simd<T>::kLanes;
    if (n >= kStep) {
      typename Simd<T>::Vector best[kVectors];
      typename Simd<T>::Mask is_nan[kVectors] = {};
      for (auto& b : best) {
        b = Simd<T>::fill(so_far);
      }
      for (; n >= kStep; n -= kStep, x += kStep) {
        for (int64_t v = 0; v < kVectors; ++v) {
          const auto a = Simd<T>::load(x + v * Simd<T>::kLanes);
          is_nan[v] |= a != a;
          best[v] = Simd<T>::select(kMax ? a > best[v] : a < best[v], a, best[v]);
        }
      }
      for (int64_t v = 1; v < kVectors; ++v) {
        best[0] = Simd<T>::select(kMax ? best[v] > best[0] : best[v] < best[0], best[v], best[0]);
        is_nan[0] |= is_nan[v];
      }
      // All candidates are numbers but where `so_far` was none.
      T last = best[0][0];
      typename Simd<T>::Bits any_nan = is_nan[0][0];
      for (int64_t l = 1; l < Simd<T>::kLanes; ++l) {
        last = (kMax ? best[0][l] > last : best[0][l] < last) ? best[0][l] : last;
        any_nan |= is_nan[0][l];
      }
      so_far = any_nan != 0 ? std::numeric_limits<T>::quiet_NaN() : last;
    }
  }
  for (int64_t i = 0; i < n; ++i) {
    so_far = precedes<kMax>(x[i], so_far) ? x[i] : so_far;
  }
  return so_far;
}

}  // namespace torch::executor::native::utils
