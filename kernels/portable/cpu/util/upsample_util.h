// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// What the operators that resize images share: arguments of the .vec overloads, scales, sources.

#include <algorithm>
#include <cstdint>

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// Source positions per destination position along one dimension, as torch computes them.
template <typename T>
T upsample_scale(int64_t in_size, int64_t out_size, bool align_corners, optional<double> scale) {
  if (align_corners) {
    return out_size > 1 ? static_cast<T>(in_size - 1) / static_cast<T>(out_size - 1) : T(0);
  }
  return scale.has_value() && *scale > 0 ? static_cast<T>(1.0 / *scale)
                                         : static_cast<T>(in_size) / static_cast<T>(out_size);
}

/// Neighbors of a destination position and the weight of the second.
template <typename T>
struct LinearSource {
  int64_t first;
  int64_t second;
  T weight;
};

template <typename T>
LinearSource<T> linear_source(int64_t position, int64_t in_size, T scale, bool align_corners) {
  T source = align_corners ? scale * static_cast<T>(position)
                           : scale * (static_cast<T>(position) + T(0.5)) - T(0.5);
  source = std::max(source, T(0));
  const int64_t first = std::min(static_cast<int64_t>(source), in_size - 1);
  return {first, std::min(first + 1, in_size - 1),
          std::min(std::max(source - static_cast<T>(first), T(0)), T(1))};
}

inline int64_t nearest_source(int64_t position, int64_t in_size, float scale) {
  return std::min(static_cast<int64_t>(static_cast<float>(position) * scale), in_size - 1);
}

/// Checks the arguments of upsample_*2d.vec_out, resizes `out` (rank 4), and gives the scale
/// factors where they were given. False with a sentence when something is wrong.
inline bool prepare_upsample_2d(const Tensor& in, const OptionalArrayRef<int64_t>& output_size,
                                const OptionalArrayRef<double>& scale_factors, Tensor& out,
                                optional<double> (&scales)[2]) {
  if (!tensor_is_rank(in, 4) || !tensors_have_same_dtype(in, out)) {
    return false;
  }
  ET_CHECK_OR_RETURN_FALSE(output_size.has_value() != scale_factors.has_value(),
                           "exactly one of output_size and scale_factors is expected");
  ET_CHECK_OR_RETURN_FALSE(!output_size.has_value() || output_size->size() == 2,
                           "output_size has %zu entries, expected 2", output_size->size());
  ET_CHECK_OR_RETURN_FALSE(!scale_factors.has_value() || scale_factors->size() == 2,
                           "scale_factors has %zu entries, expected 2", scale_factors->size());
  int64_t sizes[4] = {in.size(0), in.size(1), 0, 0};
  for (int d = 0; d < 2; ++d) {
    if (output_size.has_value()) {
      sizes[2 + d] = (*output_size)[d];
    } else {
      scales[d] = (*scale_factors)[d];
      const double size = *scales[d] * static_cast<double>(in.size(2 + d));
      ET_CHECK_OR_RETURN_FALSE(size >= 0 && size < 2147483648.0, "scale factor %f is out of range",
                               *scales[d]);
      sizes[2 + d] = static_cast<int64_t>(size);
    }
    ET_CHECK_OR_RETURN_FALSE(sizes[2 + d] > 0, "output size %lld is not positive",
                             static_cast<long long>(sizes[2 + d]));
    ET_CHECK_OR_RETURN_FALSE(in.size(2 + d) > 0, "the input image is empty");
  }
  return resize_tensor(out, ArrayRef<int64_t>(sizes)) == Error::Ok;
}

}  // namespace torch::executor::native::utils

namespace torch::executor {

// For kernels of others.

/// Exactly one of output_size and scale_factors is given, with two positive values; rank 4.
inline bool check_upsample_2d_common_args(const Tensor& in,
                                          const OptionalArrayRef<int64_t>& output_size,
                                          const OptionalArrayRef<double>& scale_factors,
                                          Tensor& out) {
  ET_LOG_AND_RETURN_IF_FALSE(tensors_have_same_dtype(in, out));
  ET_LOG_AND_RETURN_IF_FALSE(tensor_is_rank(in, 4) && tensor_is_rank(out, 4));
  ET_CHECK_OR_RETURN_FALSE(output_size.has_value() != scale_factors.has_value(),
                           "exactly one of output_size and scale_factors is expected");
  const auto two_positive = [](const auto& values) {
    return values->size() == 2 && (*values)[0] > 0 && (*values)[1] > 0;
  };
  ET_CHECK_OR_RETURN_FALSE(!output_size.has_value() || two_positive(output_size),
                           "output_size must be two positive values");
  ET_CHECK_OR_RETURN_FALSE(!scale_factors.has_value() || two_positive(scale_factors),
                           "scale_factors must be two positive values");
  return true;
}
inline bool check_upsample_bilinear2d_args(const Tensor& in,
                                           const OptionalArrayRef<int64_t>& output_size,
                                           const bool align_corners,
                                           const OptionalArrayRef<double>& scale_factors,
                                           Tensor& out) {
  (void)align_corners;
  return check_upsample_2d_common_args(in, output_size, scale_factors, out);
}
inline bool check_upsample_nearest2d_args(const Tensor& in,
                                          const OptionalArrayRef<int64_t>& output_size,
                                          const OptionalArrayRef<double>& scale_factors,
                                          Tensor& out) {
  return check_upsample_2d_common_args(in, output_size, scale_factors, out);
}

/// Gives `out` its shape, and the scale factors, which are computed where sizes were given.
inline Error resize_upsample_2d(const Tensor& in, const OptionalArrayRef<int64_t>& output_size,
                                const OptionalArrayRef<double>& scale_factors, double& scale_h_out,
                                double& scale_w_out, Tensor& out) {
  optional<double> scales[2];
  if (!native::utils::prepare_upsample_2d(in, output_size, scale_factors, out, scales)) {
    return Error::InvalidArgument;
  }
  scale_h_out = scales[0].has_value()
                    ? *scales[0]
                    : static_cast<double>(out.size(2)) / static_cast<double>(in.size(2));
  scale_w_out = scales[1].has_value()
                    ? *scales[1]
                    : static_cast<double>(out.size(3)) / static_cast<double>(in.size(3));
  return Error::Ok;
}

/// Source positions per destination position.
template <typename T>
T area_pixel_compute_scale(int64_t input_size, int64_t output_size, bool align_corners,
                           optional<double> scale) {
  return native::utils::upsample_scale<T>(input_size, output_size, align_corners, scale);
}

/// Source position of a destination position; not below 0, unless `cubic`.
template <typename T>
T area_pixel_compute_source_index(T scale, int64_t dst_index, bool align_corners, bool cubic) {
  if (align_corners) {
    return scale * static_cast<T>(dst_index);
  }
  const T source = scale * (static_cast<T>(dst_index) + T(0.5)) - T(0.5);
  return !cubic && source < T(0) ? T(0) : source;
}

/// The neighbors of a destination position and their weights.
template <typename T>
void compute_source_index_and_lambda(int64_t& input_index0, int64_t& input_index1, T& lambda0,
                                     T& lambda1, T ratio, int64_t output_index, int64_t input_size,
                                     int64_t output_size, bool align_corners) {
  if (output_size == input_size) {
    input_index0 = input_index1 = output_index;
    lambda0 = T(1);
    lambda1 = T(0);
    return;
  }
  const auto source =
      native::utils::linear_source<T>(output_index, input_size, ratio, align_corners);
  input_index0 = source.first;
  input_index1 = source.second;
  lambda1 = source.weight;
  lambda0 = T(1) - lambda1;
}

inline int64_t nearest_neighbor_compute_source_index(const float scale, int64_t dst_index,
                                                     int64_t input_size) {
  return native::utils::nearest_source(dst_index, input_size, scale);
}

}  // namespace torch::executor
