// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// The functions of <cmath> under names that can be given scalars of any real type: float and
/// double as they are, all other types as float. exp, tanh and erf of float are written without
/// branches, so that loops over them are vectorized.

#include <cmath>
#include <type_traits>

#include <executorch/kernels/portable/cpu/util/vector_math.h>

namespace executorch {
namespace math {

namespace detail {
template <typename T>
using compute_type = std::conditional_t<std::is_same_v<T, double>, double, float>;
}  // namespace detail

#define ET_INTERNAL_MATH_FUNCTION(name)                        \
  template <typename T>                                        \
  inline auto name(T x) {                                      \
    return std::name(static_cast<detail::compute_type<T>>(x)); \
  }

ET_INTERNAL_MATH_FUNCTION(acos)
ET_INTERNAL_MATH_FUNCTION(acosh)
ET_INTERNAL_MATH_FUNCTION(asin)
ET_INTERNAL_MATH_FUNCTION(asinh)
ET_INTERNAL_MATH_FUNCTION(atan)
ET_INTERNAL_MATH_FUNCTION(atanh)
ET_INTERNAL_MATH_FUNCTION(ceil)
ET_INTERNAL_MATH_FUNCTION(cos)
ET_INTERNAL_MATH_FUNCTION(cosh)
ET_INTERNAL_MATH_FUNCTION(erfc)
ET_INTERNAL_MATH_FUNCTION(expm1)
ET_INTERNAL_MATH_FUNCTION(floor)
ET_INTERNAL_MATH_FUNCTION(lgamma)
ET_INTERNAL_MATH_FUNCTION(log)
ET_INTERNAL_MATH_FUNCTION(log10)
ET_INTERNAL_MATH_FUNCTION(log1p)
ET_INTERNAL_MATH_FUNCTION(log2)
ET_INTERNAL_MATH_FUNCTION(sin)
ET_INTERNAL_MATH_FUNCTION(sinh)
ET_INTERNAL_MATH_FUNCTION(sqrt)
ET_INTERNAL_MATH_FUNCTION(tan)
ET_INTERNAL_MATH_FUNCTION(trunc)
#undef ET_INTERNAL_MATH_FUNCTION

#define ET_INTERNAL_VECTOR_MATH_FUNCTION(name)                  \
  template <typename T>                                         \
  inline auto name(T x) {                                       \
    return ::torch::executor::native::utils::vector_math::name( \
        static_cast<detail::compute_type<T>>(x));               \
  }

ET_INTERNAL_VECTOR_MATH_FUNCTION(erf)
ET_INTERNAL_VECTOR_MATH_FUNCTION(exp)
ET_INTERNAL_VECTOR_MATH_FUNCTION(tanh)
#undef ET_INTERNAL_VECTOR_MATH_FUNCTION

template <typename T>
inline auto abs(T x) {
  return std::abs(x);
}
template <typename T>
inline auto exp2(T x) {
  return std::exp2(static_cast<detail::compute_type<T>>(x));
}
/// To the nearest integer, halves to even.
template <typename T>
inline auto round(T x) {
  return std::nearbyint(static_cast<detail::compute_type<T>>(x));
}
template <typename T>
inline auto reciprocal(T x) {
  return 1 / static_cast<detail::compute_type<T>>(x);
}
template <typename T>
inline auto rsqrt(T x) {
  return 1 / std::sqrt(static_cast<detail::compute_type<T>>(x));
}
template <typename T>
inline auto pow(T x, T exponent) {
  using C = detail::compute_type<T>;
  return std::pow(static_cast<C>(x), static_cast<C>(exponent));
}

}  // namespace math
}  // namespace executorch
