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

using ::executorch::runtime::CppTypeToScalarType;

/// Mean and biased variance.
struct Moments {
  double mean;
  double variance;
};

/// Moments of `n` adjacent elements. In two passes, which lose no precision where the mean is
/// large. NaN for no elements.
template <typename T>
Moments row_moments(const T* x, int64_t n) {
  const auto sum_of = [&](const auto& op) {
    double sum = 0;
    for (int64_t i = 0; i < n; i += kBlockSize) {
      sum = reduce_run(op, sum, x + i, std::min(kBlockSize, n - i));
    }
    return sum;
  };
  const auto count = static_cast<double>(n);
  const double mean = sum_of(SumOp<T>()) / count;
  return {mean, sum_of(SquaredDeviationOp<T>{static_cast<T>(mean)}) / count};
}

/// Moments of the elements that the first offsets of `nest` visit, from element `offset` on.
template <typename T, size_t K>
Moments moments(const LoopNest<K>& nest, const Tensor& in, int64_t offset) {
  T buffer[kBlockSize];
  if (nest.run_size() > 0 && nest.depth() <= 1 &&
      (nest.run_strides()[0] == 1 || nest.run_size() == 1) &&
      in.scalar_type() == CppTypeToScalarType<T>::value) {
    return row_moments(static_cast<const T*>(in.const_data_ptr()) + offset, nest.run_size());
  }
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

/// to = x * scale + shift. Restrict lets the compiler vectorize.
template <typename T>
void affine_block(const T* x, int64_t n, T scale, T shift, T* __restrict to) {
  for (int64_t j = 0; j < n; ++j) {
    to[j] = x[j] * scale + shift;
  }
}

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
    affine_block(x, n, scale, shift, to);
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

namespace torch::executor {

// Argument checks for kernels of others. Each answers false with a sentence that names what is
// wrong.

/// Parameters and statistics have one element per channel, dimension 1 of `in`.
inline bool check_batch_norm_args(const Tensor& in, const optional<Tensor>& weight,
                                  const optional<Tensor>& bias,
                                  const optional<Tensor>& running_mean,
                                  const optional<Tensor>& running_var, double momentum, double eps,
                                  Tensor& out, Tensor& mean_out, Tensor& var_out) {
  (void)momentum;
  (void)eps;
  using native::utils::check_norm_parameter;
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_floating_type(in) && tensors_have_same_dtype(in, out) &&
                             tensor_is_floating_type(mean_out) && tensor_is_floating_type(var_out));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_has_rank_greater_or_equal_to(in, 2));
  const int64_t channels = in.size(1);
  return check_norm_parameter(weight, channels, "weight") &&
         check_norm_parameter(bias, channels, "bias") &&
         check_norm_parameter(running_mean, channels, "running_mean") &&
         check_norm_parameter(running_var, channels, "running_var");
}

/// The last dimensions of `input` are normalized_shape.
inline bool check_layer_norm_args(const Tensor& input, IntArrayRef normalized_shape,
                                  const optional<Tensor>& weight, const optional<Tensor>& bias,
                                  Tensor& out, Tensor& mean_out, Tensor& rstd_out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_floating_type(input) &&
                             tensors_have_same_dtype(input, out) &&
                             tensors_have_same_dtype(mean_out, rstd_out));
  const auto rank = static_cast<size_t>(input.dim());
  ET_CHECK_OR_RETURN_FALSE(!normalized_shape.empty() && normalized_shape.size() <= rank,
                           "normalized_shape has %zu entries, the input rank %zu",
                           normalized_shape.size(), rank);
  int64_t numel = 1;
  for (size_t i = 0; i < normalized_shape.size(); ++i) {
    const auto size = static_cast<int64_t>(input.sizes()[rank - normalized_shape.size() + i]);
    ET_CHECK_OR_RETURN_FALSE(
        size == normalized_shape[i], "normalized_shape[%zu] is %lld, the input has size %lld", i,
        static_cast<long long>(normalized_shape[i]), static_cast<long long>(size));
    numel *= size;
  }
  return native::utils::check_norm_parameter(weight, numel, "weight") &&
         native::utils::check_norm_parameter(bias, numel, "bias");
}

/// Writes the shape and rank of mean_out and rstd_out: that of `in` with 1 for what is normalized.
inline void get_layer_norm_out_target_size(const Tensor& in, IntArrayRef normalized_shape,
                                           SizesType* mean_rstd_sizes, size_t* mean_rstd_ndim) {
  *mean_rstd_ndim = static_cast<size_t>(in.dim());
  const size_t kept = *mean_rstd_ndim - normalized_shape.size();
  for (size_t d = 0; d < *mean_rstd_ndim; ++d) {
    mean_rstd_sizes[d] = d < kept ? in.sizes()[d] : 1;
  }
}

/// `in` has N x C x HxW elements and `group` divides C.
inline bool check_group_norm_args(const Tensor& in, const optional<Tensor>& weight,
                                  const optional<Tensor>& bias, int64_t N, int64_t C, int64_t HxW,
                                  int64_t group, Tensor& out, Tensor& mean_out, Tensor& rstd_out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_floating_type(in) && tensors_have_same_dtype(in, out) &&
                             tensors_have_same_dtype(mean_out, rstd_out));
  ET_CHECK_OR_RETURN_FALSE(in.numel() == N * C * HxW,
                           "the input has %zd elements, N * C * HxW is %lld", in.numel(),
                           static_cast<long long>(N * C * HxW));
  ET_CHECK_OR_RETURN_FALSE(group > 0 && C % group == 0, "%lld channels cannot be split into %lld",
                           static_cast<long long>(C), static_cast<long long>(group));
  return native::utils::check_norm_parameter(weight, C, "weight") &&
         native::utils::check_norm_parameter(bias, C, "bias");
}

}  // namespace torch::executor
