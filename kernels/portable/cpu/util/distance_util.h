// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Distances between rows of matrices, for cdist and pdist.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace torch::executor::native::utils {

/// The p-norm of x - y over `n` elements that lie `x_stride` and `y_stride` apart. p = 0 counts the
/// elements that differ, p = infinity takes the largest difference; p is not negative.
template <typename T>
T p_distance(const T* x, int64_t x_stride, const T* y, int64_t y_stride, int64_t n, double p) {
  T sum = 0;
  const auto fold = [&](const auto& f) {
    for (int64_t i = 0; i < n; ++i) {
      f(std::abs(x[i * x_stride] - y[i * y_stride]));
    }
  };
  // Sums in lanes, which become those of vector registers.
  const auto sum_of = [&](const auto& f) {
    constexpr int64_t kLanes = 8;
    T lanes[kLanes] = {};
    int64_t i = 0;
    if (x_stride == 1 && y_stride == 1) {
      for (; i + kLanes <= n; i += kLanes) {
        for (int64_t l = 0; l < kLanes; ++l) {
          lanes[l] += f(std::abs(x[i + l] - y[i + l]));
        }
      }
    }
    for (; i < n; ++i) {
      lanes[0] += f(std::abs(x[i * x_stride] - y[i * y_stride]));
    }
    T total = 0;
    for (int64_t l = 0; l < kLanes; ++l) {
      total += lanes[l];
    }
    return total;
  };
  if (p == 0) {
    fold([&](T d) { sum += d != 0 ? T(1) : T(0); });
  } else if (p == 1) {
    sum = sum_of([](T d) { return d; });
  } else if (p == 2) {
    sum = std::sqrt(sum_of([](T d) { return d * d; }));
  } else if (std::isinf(p)) {
    // Not std::max, which may lose a NaN.
    fold([&](T d) { sum = d > sum || std::isnan(d) ? d : sum; });
  } else {
    fold([&](T d) { sum += std::pow(d, static_cast<T>(p)); });
    sum = std::pow(sum, static_cast<T>(1 / p));
  }
  return sum;
}

}  // namespace torch::executor::native::utils
