// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/softmax_util.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/loop_nest.h>

namespace torch {
namespace executor {

bool check_softmax_args(const Tensor& in, int64_t dim, bool half_to_float, Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensor_has_dim(in, dim));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_floating_type(in));
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  ET_LOG_MSG_AND_RETURN_IF_FALSE(!half_to_float, "half_to_float is not supported on the CPU");
  return true;
}

bool check_log_softmax_args(const Tensor& in, int64_t dim, bool half_to_float, Tensor& out) {
  return check_softmax_args(in, dim, half_to_float, out);
}

namespace native {
namespace utils {

namespace {

/// `n` elements that lie `stride` apart from `offset`.
struct Row {
  const Tensor& tensor;
  int64_t offset;
  int64_t stride;

  template <typename T>
  const T* load(int64_t i, int64_t n, T* buffer) const {
    return load_block<T>(tensor.const_data_ptr(), tensor.scalar_type(), offset + i * stride, stride,
                         n, buffer);
  }
  template <typename T>
  void store(int64_t i, int64_t n, const T* values) const {
    store_block<T>(values, n, tensor.mutable_data_ptr(), tensor.scalar_type(), offset + i * stride,
                   stride);
  }
};

/// Largest of n elements and `so_far`; a NaN may get lost.
template <typename T>
T largest(const T* x, int64_t n, T so_far) {
  constexpr int64_t kLanes = 8;
  T lanes[kLanes];
  std::fill(lanes, lanes + kLanes, so_far);
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int64_t l = 0; l < kLanes; ++l) {
      lanes[l] = x[i + l] > lanes[l] ? x[i + l] : lanes[l];
    }
  }
  for (; i < n; ++i) {
    lanes[0] = x[i] > lanes[0] ? x[i] : lanes[0];
  }
  return *std::max_element(lanes, lanes + kLanes);
}

template <typename T>
void softmax_row(const Row& in, int64_t n, bool log, const Row& out) {
  T buffer[kBlockSize];
  T values[kBlockSize];
  const auto for_each_block = [n](const auto& f) {
    for (int64_t i = 0; i < n; i += kBlockSize) {
      f(i, std::min(kBlockSize, n - i));
    }
  };
  T max = -std::numeric_limits<T>::infinity();
  for_each_block(
      [&](int64_t i, int64_t count) { max = largest(in.load(i, count, buffer), count, max); });
  double sum = 0;
  for_each_block([&](int64_t i, int64_t count) {
    const T* x = in.load(i, count, buffer);
    T block_sum = 0;
    for (int64_t j = 0; j < count; ++j) {
      values[j] = std::exp(x[j] - max);
      block_sum += values[j];
    }
    sum += static_cast<double>(block_sum);
    if (!log) {
      out.store(i, count, values);
    }
  });
  const auto shift = static_cast<T>(std::log(sum));
  const auto scale = static_cast<T>(1 / sum);
  for_each_block([&](int64_t i, int64_t count) {
    const T* x = (log ? in : out).load(i, count, buffer);
    for (int64_t j = 0; j < count; ++j) {
      values[j] = log ? x[j] - max - shift : x[j] * scale;
    }
    out.store(i, count, values);
  });
}

}  // namespace

void softmax_along(const Tensor& in, int64_t dim, bool log, Tensor& out) {
  const int64_t along = in.dim() == 0 ? 0 : ET_NORMALIZE_IX(dim, in.dim());
  LoopNest<2> rows;
  for (int64_t d = 0; d < in.dim(); ++d) {
    if (d != along) {
      rows.push(in.size(d), {in.strides()[d], out.strides()[d]});
    }
  }
  rows.normalize();
  const int64_t n = nonempty_size(in, along);
  const int64_t in_stride = in.dim() == 0 ? 1 : in.strides()[along];
  const int64_t out_stride = in.dim() == 0 ? 1 : out.strides()[along];
  dispatch_compute_type(in.scalar_type(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_floating_point_v<T>) {
      rows.for_each([&](const LoopNest<2>::Offsets& at) {
        softmax_row<T>(Row{in, at[0], in_stride}, n, log, Row{out, at[1], out_stride});
      });
    }
  });
}

}  // namespace utils
}  // namespace native
}  // namespace executor
}  // namespace torch
