// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// What the normalization operators share: moments over any set of elements, and the affine map
/// that follows. Numbers are computed in T, which is float or double; sums in double.

#include <algorithm>
#include <cstdint>

#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/loop_nest.h>
#include <executorch/kernels/portable/cpu/util/reduce_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// Mean and biased variance.
struct Moments {
  double mean;
  double variance;
};

/// Moments of the elements that the first offsets of `nest` visit, from element `offset` on. In two
/// passes, which lose no precision where the mean is large. NaN for no elements.
template <typename T, size_t K>
Moments moments(const LoopNest<K>& nest, const Tensor& in, int64_t offset) {
  T buffer[kBlockSize];
  const auto sum_of = [&](const auto& op) {
    double sum = 0;
    nest.for_each_run([&](const typename LoopNest<K>::Offsets& at) {
      const int64_t stride = nest.run_strides()[0];
      for (int64_t i = 0; i < nest.run_size(); i += kBlockSize) {
        const int64_t n = std::min(kBlockSize, nest.run_size() - i);
        const T* x = load_block<T>(in.const_data_ptr(), in.scalar_type(),
                                   offset + at[0] + i * stride, stride, n, buffer);
        sum = reduce_run(op, sum, x, n);
      }
    });
    return sum;
  };
  const auto count = static_cast<double>(nest.count());
  const double mean = sum_of(SumOp<T>()) / count;
  const double variance = sum_of(SquaredDeviationOp<T>{static_cast<T>(mean)}) / count;
  return {mean, variance};
}

/// An optional vector of per-channel or per-element parameters, read as T.
template <typename T>
class Parameters {
 public:
  Parameters(const optional<Tensor>& tensor, T absent)
      : tensor_(tensor.has_value() ? &*tensor : nullptr), absent_(absent) {}

  T operator[](int64_t index) const {
    return tensor_ == nullptr
               ? absent_
               : load_element<T>(tensor_->const_data_ptr(), tensor_->scalar_type(), index);
  }

  /// Elements index, index + stride, ...; in place or in `buffer`.
  const T* block(int64_t index, int64_t stride, int64_t n, T* buffer) const {
    if (tensor_ == nullptr) {
      std::fill(buffer, buffer + n, absent_);
      return buffer;
    }
    return load_block<T>(tensor_->const_data_ptr(), tensor_->scalar_type(), index, stride, n,
                         buffer);
  }

 private:
  const Tensor* tensor_;
  T absent_;
};

/// out = in * scale + shift along a run.
template <typename T>
void affine_run(const Tensor& in, int64_t in_offset, int64_t in_stride, const Tensor& out,
                int64_t out_offset, int64_t out_stride, int64_t size, T scale, T shift) {
  T buffer[kBlockSize];
  T result[kBlockSize];
  for (int64_t i = 0; i < size; i += kBlockSize) {
    const int64_t n = std::min(kBlockSize, size - i);
    const T* x = load_block<T>(in.const_data_ptr(), in.scalar_type(), in_offset + i * in_stride,
                               in_stride, n, buffer);
    T* const to = block_target<T>(out.mutable_data_ptr(), out.scalar_type(),
                                  out_offset + i * out_stride, out_stride, result);
    for (int64_t j = 0; j < n; ++j) {
      to[j] = x[j] * scale + shift;
    }
    if (to == result) {
      store_block<T>(result, n, out.mutable_data_ptr(), out.scalar_type(),
                     out_offset + i * out_stride, out_stride);
    }
  }
}

/// Whether an optional parameter is contiguous, of a floating-point type, and has `numel` elements.
inline bool check_norm_parameter(const optional<Tensor>& tensor, int64_t numel, const char* name) {
  if (!tensor.has_value()) {
    return true;
  }
  ET_CHECK_OR_RETURN_FALSE(tensor->numel() == numel, "%s has %zd elements, expected %lld", name,
                           tensor->numel(), static_cast<long long>(numel));
  return tensor_is_floating_type(*tensor) && tensor_is_contiguous(*tensor);
}

}  // namespace torch::executor::native::utils
