// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <type_traits>

#include <executorch/runtime/core/portable_type/bfloat16.h>
#include <executorch/runtime/core/portable_type/half.h>
#include <executorch/runtime/platform/assert.h>

namespace executorch::runtime {
struct EValue;
}  // namespace executorch::runtime

namespace executorch::runtime::etensor {

/// A number as Python passes it to an operator: a 64-bit integer, a double or a bool.
class Scalar {
 public:
  Scalar() : Scalar(static_cast<int64_t>(0)) {}

  template <typename T,
            std::enable_if_t<std::is_integral_v<T> && !std::is_same_v<T, bool>, int> = 0>
  /* implicit */ Scalar(T value) : tag_(Kind::Int) {
    payload_.as_int = static_cast<int64_t>(value);
  }
  template <typename T, std::enable_if_t<std::is_floating_point_v<T>, int> = 0>
  /* implicit */ Scalar(T value) : tag_(Kind::Double) {
    payload_.as_double = static_cast<double>(value);
  }
  /* implicit */ Scalar(bool value) : tag_(Kind::Bool) { payload_.as_bool = value; }
  /* implicit */ Scalar(Half value) : Scalar(static_cast<double>(static_cast<float>(value))) {}
  /* implicit */ Scalar(BFloat16 value) : Scalar(static_cast<double>(static_cast<float>(value))) {}

  bool isIntegral(bool include_bool) const {
    return tag_ == Kind::Int || (include_bool && tag_ == Kind::Bool);
  }
  bool isFloatingPoint() const { return tag_ == Kind::Double; }
  bool isBoolean() const { return tag_ == Kind::Bool; }

  /// The value as T, which is one of int64_t, double, bool. A bool or an integer widens; asking an
  /// integer or a bool of a floating-point scalar aborts.
  template <typename T>
  T to() const;

 private:
  friend struct ::executorch::runtime::EValue;

  enum class Kind : uint8_t { Int, Double, Bool };

  union Payload {
    int64_t as_int;
    double as_double;
    bool as_bool;
  } payload_;
  Kind tag_;
};

template <>
inline int64_t Scalar::to<int64_t>() const {
  ET_CHECK_MSG(tag_ != Kind::Double, "Scalar holds a floating-point number, an integer was asked");
  return tag_ == Kind::Bool ? static_cast<int64_t>(payload_.as_bool) : payload_.as_int;
}

template <>
inline double Scalar::to<double>() const {
  switch (tag_) {
    case Kind::Int:
      return static_cast<double>(payload_.as_int);
    case Kind::Bool:
      return static_cast<double>(payload_.as_bool);
    default:
      return payload_.as_double;
  }
}

template <>
inline bool Scalar::to<bool>() const {
  ET_CHECK_MSG(tag_ == Kind::Bool, "Scalar does not hold a bool");
  return payload_.as_bool;
}

}  // namespace executorch::runtime::etensor
