// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <limits>

#include <executorch/runtime/core/portable_type/half.h>

namespace executorch::runtime::etensor {

/// The upper 16 bits of an IEEE 754 binary32 number. Storage only: arithmetic is done in float and
/// rounded back to nearest even.
struct alignas(2) BFloat16 {
  uint16_t x;

  struct from_bits_t {};
  static constexpr from_bits_t from_bits() { return from_bits_t(); }

  BFloat16() = default;
  constexpr BFloat16(uint16_t bits, from_bits_t) : x(bits) {}
  /* implicit */ BFloat16(float value) : x(round(value)) {}
  /* implicit */ operator float() const {
    return internal::bits_to_float(static_cast<uint32_t>(x) << 16);
  }

 private:
  static uint16_t round(float value) {
    const uint32_t bits = internal::float_to_bits(value);
    const uint32_t rounded = (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
    return static_cast<uint16_t>((bits & 0x7FFFFFFFu) > 0x7F800000u ? 0x7FC0u : rounded);
  }
};

// Reduced-precision arithmetic. An operation of two 16-bit numbers, or of one and an integer,
// rounds to that type; mixed with float or double it stays in the wider type.
#define ET_REDUCED_FLOAT_OPERATORS(T)                                     \
  inline T operator+(T a, T b) {                                          \
    return static_cast<float>(a) + static_cast<float>(b);                 \
  }                                                                       \
  inline T operator-(T a, T b) {                                          \
    return static_cast<float>(a) - static_cast<float>(b);                 \
  }                                                                       \
  inline T operator*(T a, T b) {                                          \
    return static_cast<float>(a) * static_cast<float>(b);                 \
  }                                                                       \
  inline T operator/(T a, T b) {                                          \
    return static_cast<float>(a) / static_cast<float>(b);                 \
  }                                                                       \
  inline T operator-(T a) {                                               \
    return -static_cast<float>(a);                                        \
  }                                                                       \
  inline T& operator+=(T& a, T b) {                                       \
    return a = a + b;                                                     \
  }                                                                       \
  inline T& operator-=(T& a, T b) {                                       \
    return a = a - b;                                                     \
  }                                                                       \
  inline T& operator*=(T& a, T b) {                                       \
    return a = a * b;                                                     \
  }                                                                       \
  inline T& operator/=(T& a, T b) {                                       \
    return a = a / b;                                                     \
  }                                                                       \
  inline float operator+(T a, float b) {                                  \
    return static_cast<float>(a) + b;                                     \
  }                                                                       \
  inline float operator-(T a, float b) {                                  \
    return static_cast<float>(a) - b;                                     \
  }                                                                       \
  inline float operator*(T a, float b) {                                  \
    return static_cast<float>(a) * b;                                     \
  }                                                                       \
  inline float operator/(T a, float b) {                                  \
    return static_cast<float>(a) / b;                                     \
  }                                                                       \
  inline float operator+(float a, T b) {                                  \
    return a + static_cast<float>(b);                                     \
  }                                                                       \
  inline float operator-(float a, T b) {                                  \
    return a - static_cast<float>(b);                                     \
  }                                                                       \
  inline float operator*(float a, T b) {                                  \
    return a * static_cast<float>(b);                                     \
  }                                                                       \
  inline float operator/(float a, T b) {                                  \
    return a / static_cast<float>(b);                                     \
  }                                                                       \
  inline float& operator+=(float& a, T b) {                               \
    return a += static_cast<float>(b);                                    \
  }                                                                       \
  inline float& operator-=(float& a, T b) {                               \
    return a -= static_cast<float>(b);                                    \
  }                                                                       \
  inline float& operator*=(float& a, T b) {                               \
    return a *= static_cast<float>(b);                                    \
  }                                                                       \
  inline float& operator/=(float& a, T b) {                               \
    return a /= static_cast<float>(b);                                    \
  }                                                                       \
  inline double operator+(T a, double b) {                                \
    return static_cast<double>(a) + b;                                    \
  }                                                                       \
  inline double operator-(T a, double b) {                                \
    return static_cast<double>(a) - b;                                    \
  }                                                                       \
  inline double operator*(T a, double b) {                                \
    return static_cast<double>(a) * b;                                    \
  }                                                                       \
  inline double operator/(T a, double b) {                                \
    return static_cast<double>(a) / b;                                    \
  }                                                                       \
  inline double operator+(double a, T b) {                                \
    return a + static_cast<double>(b);                                    \
  }                                                                       \
  inline double operator-(double a, T b) {                                \
    return a - static_cast<double>(b);                                    \
  }                                                                       \
  inline double operator*(double a, T b) {                                \
    return a * static_cast<double>(b);                                    \
  }                                                                       \
  inline double operator/(double a, T b) {                                \
    return a / static_cast<double>(b);                                    \
  }                                                                       \
  template <typename I, std::enable_if_t<std::is_integral_v<I>, int> = 0> \
  inline T operator+(T a, I b) {                                          \
    return a + T(static_cast<float>(b));                                  \
  }                                                                       \
  template <typename I, std::enable_if_t<std::is_integral_v<I>, int> = 0> \
  inline T operator-(T a, I b) {                                          \
    return a - T(static_cast<float>(b));                                  \
  }                                                                       \
  template <typename I, std::enable_if_t<std::is_integral_v<I>, int> = 0> \
  inline T operator*(T a, I b) {                                          \
    return a * T(static_cast<float>(b));                                  \
  }                                                                       \
  template <typename I, std::enable_if_t<std::is_integral_v<I>, int> = 0> \
  inline T operator/(T a, I b) {                                          \
    return a / T(static_cast<float>(b));                                  \
  }                                                                       \
  template <typename I, std::enable_if_t<std::is_integral_v<I>, int> = 0> \
  inline T operator+(I a, T b) {                                          \
    return T(static_cast<float>(a)) + b;                                  \
  }                                                                       \
  template <typename I, std::enable_if_t<std::is_integral_v<I>, int> = 0> \
  inline T operator-(I a, T b) {                                          \
    return T(static_cast<float>(a)) - b;                                  \
  }                                                                       \
  template <typename I, std::enable_if_t<std::is_integral_v<I>, int> = 0> \
  inline T operator*(I a, T b) {                                          \
    return T(static_cast<float>(a)) * b;                                  \
  }                                                                       \
  template <typename I, std::enable_if_t<std::is_integral_v<I>, int> = 0> \
  inline T operator/(I a, T b) {                                          \
    return T(static_cast<float>(a)) / b;                                  \
  }

// clang-format off
ET_REDUCED_FLOAT_OPERATORS(Half)
ET_REDUCED_FLOAT_OPERATORS(BFloat16)
// clang-format on
#undef ET_REDUCED_FLOAT_OPERATORS

}  // namespace executorch::runtime::etensor

namespace std {

#define ET_REDUCED_FLOAT_LIMITS(T, DIGITS, DIGITS10, MAX_DIGITS10, MIN_EXP, MAX_EXP, MIN_BITS, \
                                LOWEST_BITS, MAX_BITS, EPSILON_BITS, ROUND_BITS, INF_BITS,     \
                                NAN_BITS, DENORM_BITS)                                         \
  template <>                                                                                  \
  class numeric_limits<executorch::runtime::etensor::T> {                                      \
    using V = executorch::runtime::etensor::T;                                                 \
                                                                                               \
   public:                                                                                     \
    static constexpr bool is_specialized = true;                                               \
    static constexpr bool is_signed = true;                                                    \
    static constexpr bool is_integer = false;                                                  \
    static constexpr bool is_exact = false;                                                    \
    static constexpr bool has_infinity = true;                                                 \
    static constexpr bool has_quiet_NaN = true;                                                \
    static constexpr bool has_signaling_NaN = true;                                            \
    static constexpr bool is_iec559 = true;                                                    \
    static constexpr bool is_bounded = true;                                                   \
    static constexpr bool is_modulo = false;                                                   \
    static constexpr int digits = DIGITS;                                                      \
    static constexpr int digits10 = DIGITS10;                                                  \
    static constexpr int max_digits10 = MAX_DIGITS10;                                          \
    static constexpr int radix = 2;                                                            \
    static constexpr int min_exponent = MIN_EXP;                                               \
    static constexpr int max_exponent = MAX_EXP;                                               \
    static constexpr V min() { return V(MIN_BITS, V::from_bits()); }                           \
    static constexpr V lowest() { return V(LOWEST_BITS, V::from_bits()); }                     \
    static constexpr V max() { return V(MAX_BITS, V::from_bits()); }                           \
    static constexpr V epsilon() { return V(EPSILON_BITS, V::from_bits()); }                   \
    static constexpr V round_error() { return V(ROUND_BITS, V::from_bits()); }                 \
    static constexpr V infinity() { return V(INF_BITS, V::from_bits()); }                      \
    static constexpr V quiet_NaN() { return V(NAN_BITS, V::from_bits()); }                     \
    static constexpr V denorm_min() { return V(DENORM_BITS, V::from_bits()); }                 \
  };

// clang-format off
ET_REDUCED_FLOAT_LIMITS(Half, 11, 3, 5, -13, 16, 0x0400, 0xFBFF, 0x7BFF, 0x1400, 0x3800, 0x7C00, 0x7E00, 0x0001)
ET_REDUCED_FLOAT_LIMITS(BFloat16, 8, 2, 4, -125, 128, 0x0080, 0xFF7F, 0x7F7F, 0x3C00, 0x3F00, 0x7F80, 0x7FC0, 0x0001)
// clang-format on
#undef ET_REDUCED_FLOAT_LIMITS

}  // namespace std
