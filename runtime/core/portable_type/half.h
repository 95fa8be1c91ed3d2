// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

namespace executorch::runtime::etensor {

namespace internal {

inline float bits_to_float(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

inline uint32_t float_to_bits(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

/// IEEE 754 binary16 to binary32: exact for every input, NaN payloads included.
inline float half_bits_to_float(uint16_t half) {
#if defined(__F16C__) && defined(__FLT16_MAX__)
  _Float16 value;
  std::memcpy(&value, &half, sizeof(value));
  return static_cast<float>(value);
#else
  // Shift exponent and mantissa into place. Normal numbers are corrected by rescaling the exponent
  // with one multiplication, subnormal ones by subtracting the implicit one that was added.
  const uint32_t w = static_cast<uint32_t>(half) << 16;
  const uint32_t sign = w & 0x80000000u;
  const uint32_t two_w = w + w;
  const float normalized = bits_to_float((two_w >> 4) + (0xE0u << 23)) * 0x1.0p-112f;
  const float subnormal = bits_to_float((two_w >> 17) | (126u << 23)) - 0.5f;
  const uint32_t magnitude =
      two_w < (1u << 27) ? float_to_bits(subnormal) : float_to_bits(normalized);
  return bits_to_float(sign | magnitude);
#endif
}

/// IEEE 754 binary32 to binary16, rounding to nearest even; overflow gives infinity, NaN stays NaN.
inline uint16_t float_to_half_bits(float value) {
#if defined(__F16C__) && defined(__FLT16_MAX__)
  const _Float16 half = static_cast<_Float16>(value);
  uint16_t bits;
  std::memcpy(&bits, &half, sizeof(bits));
  return bits;
#else
  // Without branches, so that loops are vectorized. Two multiplications let overflow what is too
  // large for a half. Adding a power of two, which the exponent determines, rounds off the bits of
  // the mantissa that a half does not have: 13, or more below the smallest normal half.
  const uint32_t w = float_to_bits(value);
  const uint32_t two_w = w + w;
  const float scaled = (bits_to_float(w & 0x7FFFFFFFu) * 0x1.0p+112f) * 0x1.0p-110f;
  const uint32_t exponent = two_w & 0xFF000000u;
  const uint32_t bias = exponent < 0x71000000u ? 0x71000000u : exponent;
  const uint32_t bits = float_to_bits(bits_to_float((bias >> 1) + 0x07800000u) + scaled);
  const uint32_t magnitude = ((bits >> 13) & 0x7C00u) + (bits & 0x0FFFu);
  return static_cast<uint16_t>(((w >> 16) & 0x8000u) | (two_w > 0xFF000000u ? 0x7E00u : magnitude));
#endif
}

}  // namespace internal

/// A 16-bit IEEE 754 binary16 number. Storage only: arithmetic is done in float and rounded back.
struct alignas(2) Half {
  uint16_t x;

  struct from_bits_t {};
  static constexpr from_bits_t from_bits() { return from_bits_t(); }

  Half() = default;
  constexpr Half(uint16_t bits, from_bits_t) : x(bits) {}
  /* implicit */ Half(float value) : x(internal::float_to_half_bits(value)) {}
  /* implicit */ operator float() const { return internal::half_bits_to_float(x); }
};

}  // namespace executorch::runtime::etensor
