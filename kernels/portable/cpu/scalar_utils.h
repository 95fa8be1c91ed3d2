// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Numbers as arguments: their type, what they do to the type of a result, their value.

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <executorch/kernels/portable/cpu/util/apply_elementwise_fn.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {
namespace native {
namespace utils {

/// Bool, Long or Double.
inline ScalarType get_scalar_dtype(Scalar scalar) {
  return scalar.isBoolean()         ? ScalarType::Bool
         : scalar.isFloatingPoint() ? ScalarType::Double
                                    : ScalarType::Long;
}

/// Whether two numbers have the same type and the same value.
inline bool scalars_have_same_dtype(Scalar a, Scalar b) {
  const ScalarType a_type = get_scalar_dtype(a);
  const ScalarType b_type = get_scalar_dtype(b);
  ET_CHECK_OR_RETURN_FALSE(a_type == b_type, "numbers have types %s and %s, expected the same",
                           toString(a_type), toString(b_type));
  return true;
}

/// The type of a tensor of element type T1 combined with a number of type T2: T1, unless the number
/// is of a higher kind (Bool, integer, floating-point). With `half_to_float`, Half and BFloat16
/// become Float.
template <typename T1, typename T2, bool half_to_float = false>
struct promote_type_with_scalar_type {
 private:
  static constexpr bool kT2Integral = std::is_integral_v<T2> && !std::is_same_v<T2, bool>;
  static constexpr bool kT1Reduced = std::is_same_v<T1, ::executorch::aten::Half> ||
                                     std::is_same_v<T1, ::executorch::aten::BFloat16>;
  using widened = std::conditional_t<half_to_float && kT1Reduced, float, T1>;

 public:
  using type = std::conditional_t<
      kT1Reduced || std::is_floating_point_v<T1> || std::is_same_v<T2, bool>, widened,
      std::conditional_t<kT2Integral, std::conditional_t<std::is_same_v<T1, bool>, int64_t, T1>,
                         float>>;
};

/// The same for a type and a number that are only known at run time.
inline ScalarType promote_type_with_scalar(ScalarType t, Scalar scalar,
                                           bool half_to_float = false) {
  if (half_to_float && (t == ScalarType::Half || t == ScalarType::BFloat16)) {
    t = ScalarType::Float;
  }
  if (::executorch::runtime::isFloatingType(t) || ::executorch::runtime::isComplexType(t) ||
      scalar.isBoolean()) {
    return t;
  }
  if (scalar.isFloatingPoint()) {
    return ScalarType::Float;
  }
  return t == ScalarType::Bool ? ScalarType::Long : t;
}

/// Whether a value lies within the range of TO_T. Infinities lie within every floating-point type.
template <typename TO_T, typename FROM_T>
bool check_bounds(const FROM_T& val) {
  using Limits = std::numeric_limits<TO_T>;
  if constexpr (std::is_floating_point_v<TO_T>) {
    if constexpr (std::is_floating_point_v<FROM_T>) {
      return !std::isfinite(val) ||
             (val >= static_cast<FROM_T>(Limits::lowest()) &&
              val <= static_cast<FROM_T>(Limits::max())) ||
             sizeof(TO_T) >= sizeof(FROM_T);
    } else {
      return true;
    }
  } else if constexpr (std::is_floating_point_v<FROM_T>) {
    return val >= static_cast<FROM_T>(Limits::lowest()) &&
           val <= static_cast<FROM_T>(Limits::max());
  } else {
    if (val < 0) {
      return std::is_signed_v<TO_T> &&
             static_cast<int64_t>(val) >= static_cast<int64_t>(Limits::lowest());
    }
    return static_cast<uint64_t>(val) <= static_cast<uint64_t>(Limits::max());
  }
}

// extract_scalar(scalar, &value) writes the number and returns true, or returns false where it is
// of another kind than `value` or does not fit it. A floating-point value takes any number, an
// integer takes integers, a bool takes bools.

template <typename INT_T,
          std::enable_if_t<std::is_integral_v<INT_T> && !std::is_same_v<INT_T, bool>, bool> = true>
bool extract_scalar(Scalar scalar, INT_T* out_val) {
  if (!scalar.isIntegral(/*include_bool=*/false)) {
    return false;
  }
  const int64_t value = scalar.to<int64_t>();
  if (!check_bounds<INT_T>(value)) {
    return false;
  }
  *out_val = static_cast<INT_T>(value);
  return true;
}

template <typename FLOAT_T, std::enable_if_t<std::is_floating_point_v<FLOAT_T>, bool> = true>
bool extract_scalar(Scalar scalar, FLOAT_T* out_val) {
  const double value = scalar_to<double>(scalar);
  if (!check_bounds<FLOAT_T>(value)) {
    return false;
  }
  *out_val = static_cast<FLOAT_T>(value);
  return true;
}

template <typename BOOL_T, std::enable_if_t<std::is_same_v<BOOL_T, bool>, bool> = true>
bool extract_scalar(Scalar scalar, BOOL_T* out_val) {
  if (!scalar.isBoolean()) {
    return false;
  }
  *out_val = scalar.to<bool>();
  return true;
}

/// Whether a number fits an element of T; leaves a sentence otherwise.
namespace internal {
template <typename T>
optional<T> check_overflow_scalar_cast(const Scalar& scalar) {
  const double value = scalar_to<double>(scalar);
  bool fits;
  if constexpr (std::is_same_v<T, ::executorch::aten::Half>) {
    fits = !std::isfinite(value) || std::fabs(value) <= 65504.0;
  } else if constexpr (std::is_same_v<T, ::executorch::aten::BFloat16>) {
    fits = check_bounds<float>(value);
  } else if (scalar.isIntegral(/*include_bool=*/true)) {
    fits = check_bounds<T>(scalar_to<int64_t>(scalar));
  } else {
    fits = check_bounds<T>(value);
  }
  if (!fits) {
    ET_LOG(Error, "the number %f does not fit the element type", value);
    return ::executorch::aten::nullopt;
  }
  return scalar_to<T>(scalar);
}
}  // namespace internal

}  // namespace utils
}  // namespace native
}  // namespace executor
}  // namespace torch

/// Writes the number to a variable; aborts where it does not fit.
#define ET_EXTRACT_SCALAR(scalar, out_val)                                         \
  ET_CHECK_MSG(::torch::executor::native::utils::extract_scalar(scalar, &out_val), \
               "%s could not be extracted: wrong type or out of range", #scalar)
