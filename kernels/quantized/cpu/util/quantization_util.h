// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * What quantized kernels share: q = clamp(round(x / scale) + zero_point) and x = (q - zero_point) *
 * scale, with scales and zero points for a whole tensor, for each channel or for each row.
 */
#pragma once

#include <cmath>
#include <cstdint>

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {
namespace native {
namespace utils {

/// Elements of a tensor of float or double, whichever it is, as double.
class FloatElements {
 public:
  explicit FloatElements(const Tensor& tensor)
      : floats_(tensor.scalar_type() == ScalarType::Float ? tensor.const_data_ptr<float>()
                                                          : nullptr),
        doubles_(floats_ == nullptr ? tensor.const_data_ptr<double>() : nullptr) {}

  /// One number, which outlives this object.
  explicit FloatElements(const double& number) : floats_(nullptr), doubles_(&number) {}

  static bool supports(const Tensor& tensor) {
    return tensor.scalar_type() == ScalarType::Float || tensor.scalar_type() == ScalarType::Double;
  }

  double operator[](size_t i) const {
    return floats_ != nullptr ? static_cast<double>(floats_[i]) : doubles_[i];
  }

 private:
  const float* floats_;
  const double* doubles_;
};

/// Elements of a tensor of integers or of float and double, all of them whole numbers.
class ZeroPoints {
 public:
  /// One number, which outlives this object.
  explicit ZeroPoints(const int64_t& number) : data_(&number), type_(ScalarType::Long) {}
  /// None is zeros.
  explicit ZeroPoints(const std::optional<Tensor>& tensor)
      : data_(tensor ? tensor->const_data_ptr() : nullptr),
        type_(tensor ? tensor->scalar_type() : ScalarType::Long) {}

  static bool supports(const Tensor& tensor) {
    const ScalarType type = tensor.scalar_type();
    return type == ScalarType::Long || type == ScalarType::Int || type == ScalarType::Char ||
           type == ScalarType::Byte || type == ScalarType::Float || type == ScalarType::Double;
  }

  double operator[](size_t i) const {
    if (data_ == nullptr) {
      return 0;
    }
    switch (type_) {
      case ScalarType::Long:
        return static_cast<double>(static_cast<const int64_t*>(data_)[i]);
      case ScalarType::Int:
        return static_cast<const int32_t*>(data_)[i];
      case ScalarType::Char:
        return static_cast<const int8_t*>(data_)[i];
      case ScalarType::Byte:
        return static_cast<const uint8_t*>(data_)[i];
      case ScalarType::Float:
        return static_cast<double>(static_cast<const float*>(data_)[i]);
      default:
        return static_cast<const double*>(data_)[i];
    }
  }

 private:
  const void* data_;
  ScalarType type_;
};

/// Rounds to the nearest integer, halves to the even one, within [min, max]. NaN becomes min.
template <typename T, typename Compute>
inline T round_and_clamp(Compute value, Compute min, Compute max) {
  const Compute rounded = std::nearbyint(value);
  return static_cast<T>(rounded > min ? (rounded < max ? rounded : max) : min);
}

/// Where a tensor has the same quantization: `outer` blocks of `count` channels of `inner`
/// elements that follow each other.
struct Channels {
  size_t outer;
  size_t count;
  size_t inner;
};

/// All elements.
Channels whole_tensor(const Tensor& tensor);
/// Those with the same index in dimension `axis`, of which there has to be one.
Channels channels_of(const Tensor& tensor, size_t axis);
/// Those that differ in the last dimension alone; of a tensor without dimensions, the element.
Channels rows_of(const Tensor& tensor);

/// What is computed in which order, as torch does it.
enum class Rounding {
  /// x / scale, in float.
  Ratio,
  /// x / scale + zero_point, in float and in double.
  SumInFloat,
  SumInDouble,
};

/// Quantizes `input` to `out`, which has its size and dim order. Fails the context with a sentence
/// if an element type is not supported or quant_min..quant_max is not within that of `out`.
void quantize(KernelRuntimeContext& ctx, const Tensor& input, Channels channels,
              const FloatElements& scales, const ZeroPoints& zero_points, int64_t quant_min,
              int64_t quant_max, Rounding rounding, Tensor& out);

/// The reverse. `in_double`: what is computed, before it is converted to the type of `out`.
void dequantize(KernelRuntimeContext& ctx, const Tensor& input, Channels channels,
                const FloatElements& scales, const ZeroPoints& zero_points, bool in_double,
                Tensor& out);

/// Fails the context unless scales and zero points have supported types and `count` elements.
bool check_qparams(KernelRuntimeContext& ctx, const Tensor& scales,
                   const std::optional<Tensor>& zero_points, size_t count);

/// Fails the context unless the elements of `tensor` are of the type that the operator was told.
bool check_quantized_type(KernelRuntimeContext& ctx, const Tensor& tensor, ScalarType dtype);

/// Gives `out` the sizes of `input`, and fails the context unless the dim orders are the same.
bool resize_like(KernelRuntimeContext& ctx, const Tensor& input, Tensor& out);

}  // namespace utils
}  // namespace native
}  // namespace executor
}  // namespace torch
