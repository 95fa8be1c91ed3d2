// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Distances between rows of matrices, for cdist and pdist.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <executorch/runtime/kernel/kernel_includes.h>

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
    for (int64_t width = kLanes / 2; width > 0; width /= 2) {
      for (int64_t l = 0; l < width; ++l) {
        lanes[l] += lanes[l + width];
      }
    }
    return lanes[0];
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

namespace torch::executor {

/// `in` is a matrix, `out` has its element type, p is not negative.
inline bool check_pdist_args(const Tensor& in, double p, const Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_rank(in, 2));
  ET_CHECK_OR_RETURN_FALSE(p >= 0, "p is %f, expected at least 0", p);
  return true;
}

/// One distance for each pair of rows.
inline void get_pdist_out_target_size(const Tensor& in, SizesType* out_sizes, size_t* out_ndim) {
  const SizesType n = in.sizes()[0];
  *out_ndim = 1;
  out_sizes[0] = static_cast<SizesType>(int64_t{n} * (int64_t{n} - 1) / 2);
}

/// Distances between the rows of `in`, whose elements and those of `out` are CTYPE.
template <typename CTYPE>
void pdist(const Tensor& in, Tensor& out, double p) {
  const CTYPE* const data = in.const_data_ptr<CTYPE>();
  CTYPE* to = out.mutable_data_ptr<CTYPE>();
  const int64_t row = in.strides()[0];
  const int64_t step = in.strides()[1];
  for (int64_t i = 0; i < in.size(0); ++i) {
    for (int64_t j = i + 1; j < in.size(0); ++j) {
      *to++ = native::utils::p_distance(data + i * row, step, data + j * row, step, in.size(1), p);
    }
  }
}

/// Two batches of matrices with rows of the same size; p is not negative, compute_mode 0, 1 or 2.
inline bool check_cdist_args(const Tensor& x1, const Tensor& x2, double p,
                             optional<int64_t> compute_mode, const Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(x1, x2, out));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_has_rank_greater_or_equal_to(x1, 2) &&
                             tensor_has_rank_greater_or_equal_to(x2, 2));
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_size_at_dims(x1, static_cast<size_t>(x1.dim()) - 1,
                                                            x2, static_cast<size_t>(x2.dim()) - 1));
  ET_CHECK_OR_RETURN_FALSE(p >= 0, "p is %f, expected at least 0", p);
  ET_CHECK_OR_RETURN_FALSE(!compute_mode.has_value() || (*compute_mode >= 0 && *compute_mode <= 2),
                           "compute_mode is %lld, expected 0, 1 or 2",
                           static_cast<long long>(*compute_mode));
  return true;
}

}  // namespace torch::executor
