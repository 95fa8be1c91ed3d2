// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Small loops over contiguous arrays, for kernels of others. Matrices are stored by rows.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

namespace torch {
namespace executor {

/// Largest (smallest) of `size` > 0 numbers.
inline float vec_maxf(const float* x, size_t size) {
  return *std::max_element(x, x + size);
}
inline float vec_minf(const float* x, size_t size) {
  return *std::min_element(x, x + size);
}

/// z = x + y
inline void vec_addf(float* z, const float* x, const float* y, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    z[i] = x[i] + y[i];
  }
}

/// y = x * scale
inline void vec_scalef(float* y, const float* x, float scale, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    y[i] = x[i] * scale;
  }
}

/// z (m x p) = x (m x n) * y (n x p), added up in T.
template <typename T, typename U = T>
inline void vec_matmul(T* z, const U* x, const U* y, int64_t m, int64_t n, int64_t p) {
  for (int64_t i = 0; i < m; ++i) {
    std::fill_n(z + i * p, p, T(0));
    for (int64_t k = 0; k < n; ++k) {
      const T factor = static_cast<T>(x[i * n + k]);
      for (int64_t j = 0; j < p; ++j) {
        z[i * p + j] += factor * static_cast<T>(y[k * p + j]);
      }
    }
  }
}

/// z (m x p) = x (m x n) * y (n x p) of int8, with a scale s[k] for each row k of y.
template <typename T, typename U = T, typename V = U>
inline void vec_quantized_matmul_int8(T* z, const U* x, const int8_t* y, const V* s, int64_t m,
                                      int64_t n, int64_t p) {
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < p; ++j) {
      T sum = 0;
      for (int64_t k = 0; k < n; ++k) {
        sum += static_cast<T>(x[i * n + k]) * static_cast<T>(y[k * p + j]) * static_cast<T>(s[k]);
      }
      z[i * p + j] = sum;
    }
  }
}

/// z (m x p) = x (m x n) * y^T, y (p x n) of int8 with a scale for each `g` elements of a row:
/// that of y[j][k] is s[j * ceil(n / g) + k / g].
template <typename T, typename U = T, typename V = U>
inline void vec_quantized_matmul_transb_int8(T* z, const U* x, const int8_t* y, const V* s,
                                             int64_t m, int64_t n, int64_t p, int64_t g) {
  const int64_t groups = (n + g - 1) / g;
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < p; ++j) {
      T sum = 0;
      for (int64_t k = 0; k < n; k += g) {
        T part = 0;
        for (int64_t l = k; l < std::min(k + g, n); ++l) {
          part += static_cast<T>(x[i * n + l]) * static_cast<T>(y[j * n + l]);
        }
        sum += part * static_cast<T>(s[j * groups + k / g]);
      }
      z[i * p + j] = sum;
    }
  }
}

/// z (m x p) = beta * self (m x p) + alpha * mat1 (m x n) * mat2 (n x p)
template <typename T, typename U = T>
inline void vec_addmm(T* z, const U* self, const U* mat1, const U* mat2, int64_t m, int64_t n,
                      int64_t p, U beta, U alpha) {
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < p; ++j) {
      T sum = 0;
      for (int64_t k = 0; k < n; ++k) {
        sum += static_cast<T>(mat1[i * n + k]) * static_cast<T>(mat2[k * p + j]);
      }
      z[i * p + j] =
          static_cast<T>(beta) * static_cast<T>(self[i * p + j]) + static_cast<T>(alpha) * sum;
    }
  }
}

/// Sum, added up in T.
template <typename T, typename U = T>
inline T reduce_add(const U* x, size_t size) {
  T sum = 0;
  for (size_t i = 0; i < size; ++i) {
    sum += static_cast<T>(x[i]);
  }
  return sum;
}

/// Sum of squares, added up in T.
template <typename T, typename U = T>
inline T vec_powerf(const U* x, size_t size) {
  T sum = 0;
  for (size_t i = 0; i < size; ++i) {
    sum += static_cast<T>(x[i]) * static_cast<T>(x[i]);
  }
  return sum;
}

/// y = exp(x) / sum(exp(x)) over `size` > 0 elements.
template <typename T, typename U = T>
inline void vec_softmax(T* y, const U* x, int64_t size) {
  const U largest = *std::max_element(x, x + size);
  T sum = 0;
  for (int64_t i = 0; i < size; ++i) {
    y[i] = std::exp(static_cast<T>(x[i] - largest));
    sum += y[i];
  }
  for (int64_t i = 0; i < size; ++i) {
    y[i] /= sum;
  }
}

/// Smallest and largest value of T, as the bounds of quantized values.
template <typename T>
inline float bounds_min() {
  return static_cast<float>(std::numeric_limits<T>::min());
}
template <typename T>
inline float bounds_max() {
  return static_cast<float>(std::numeric_limits<T>::max());
}

/// y = round(x * scale) + zero_point, limited to int8. `scale` is the reciprocal of a step.
inline void quantize_i8_f32(int8_t* y, const float* x, float scale, int32_t zero_point,
                            size_t size) {
  for (size_t i = 0; i < size; ++i) {
    const float value = std::nearbyint(x[i] * scale) + static_cast<float>(zero_point);
    y[i] = static_cast<int8_t>(std::min(std::max(value, -128.f), 127.f));
  }
}

/// y = (x - zero_point) * scale
inline void dequantize_i8_f32(float* y, const int8_t* x, float scale, int32_t zero_point,
                              size_t size) {
  for (size_t i = 0; i < size; ++i) {
    y[i] = scale * static_cast<float>(static_cast<int32_t>(x[i]) - zero_point);
  }
}

}  // namespace executor
}  // namespace torch
