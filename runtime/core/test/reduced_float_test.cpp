// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/runtime/core/portable_type/bfloat16.h>
#include <executorch/runtime/core/portable_type/half.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

using executorch::runtime::etensor::BFloat16;
using executorch::runtime::etensor::Half;

namespace {

/// Value of a binary16 number straight from the definition of the format.
double half_value(uint16_t bits) {
  const int sign = bits >> 15 != 0 ? -1 : 1;
  const int exponent = (bits >> 10) & 31;
  const int mantissa = bits & 1023;
  if (exponent == 31) {
    return mantissa != 0 ? std::numeric_limits<double>::quiet_NaN()
                         : sign * std::numeric_limits<double>::infinity();
  }
  return exponent == 0 ? sign * std::ldexp(mantissa, -24)
                       : sign * std::ldexp(mantissa + 1024, exponent - 25);
}

}  // namespace

TEST(HalfTest, EveryValueConvertsToFloatExactlyAndBack) {
  for (uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
    const Half half(static_cast<uint16_t>(bits), Half::from_bits());
    const double expected = half_value(half.x);
    const float value = half;
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(value)) << bits;
      EXPECT_TRUE(std::isnan(static_cast<float>(Half(value)))) << bits;
    } else {
      EXPECT_EQ(value, expected) << bits;
      EXPECT_EQ(Half(value).x, bits);
    }
  }
}

TEST(HalfTest, RoundsToNearestEven) {
  for (uint32_t bits = 0; bits < 0x7BFF; ++bits) {
    const auto low = static_cast<uint16_t>(bits);
    const double below = half_value(low);
    const double above = half_value(static_cast<uint16_t>(bits + 1));
    const auto middle = static_cast<float>((below + above) / 2);
    const uint16_t even = (low & 1) == 0 ? low : static_cast<uint16_t>(low + 1);
    EXPECT_EQ(Half(middle).x, even) << bits;
    EXPECT_EQ(Half(std::nextafter(middle, 0.0f)).x, low) << bits;
    EXPECT_EQ(Half(std::nextafter(middle, 1e9f)).x, low + 1) << bits;
    EXPECT_EQ(Half(-middle).x, even | 0x8000) << bits;
  }
}

TEST(HalfTest, OverflowsToInfinity) {
  EXPECT_EQ(Half(65519.0f).x, 0x7BFF);
  EXPECT_EQ(Half(65520.0f).x, 0x7C00);
  EXPECT_EQ(Half(-1e30f).x, 0xFC00);
  EXPECT_EQ(Half(std::numeric_limits<float>::infinity()).x, 0x7C00);
}

TEST(BFloat16Test, EveryValueConvertsToFloatAndBack) {
  for (uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
    const BFloat16 number(static_cast<uint16_t>(bits), BFloat16::from_bits());
    const float value = number;
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(static_cast<float>(BFloat16(value)))) << bits;
    } else {
      EXPECT_EQ(BFloat16(value).x, bits);
    }
  }
}

TEST(BFloat16Test, RoundsToNearestEven) {
  EXPECT_EQ(BFloat16(1.0f + 1.0f / 256).x, 0x3F80);
  EXPECT_EQ(BFloat16(1.0f + 3.0f / 256).x, 0x3F82);
  EXPECT_EQ(BFloat16(3.4e38f).x, 0x7F80);
}

TEST(ReducedFloatTest, ArithmeticRoundsToTheNarrowType) {
  EXPECT_EQ(static_cast<float>(Half(1.0f) + Half(0x1p-12f)), 1.0f);
  EXPECT_EQ(Half(1.0f) + 0x1p-12f, 1.0f + 0x1p-12f);
  EXPECT_EQ(static_cast<float>(BFloat16(3.0f) * 2), 6.0f);
  Half sum(1.5f);
  sum += Half(2.0f);
  EXPECT_EQ(static_cast<float>(sum), 3.5f);
  EXPECT_EQ(static_cast<float>(std::numeric_limits<Half>::max()), 65504.0f);
  EXPECT_EQ(static_cast<float>(std::numeric_limits<Half>::epsilon()), 0x1p-10f);
  EXPECT_EQ(static_cast<float>(std::numeric_limits<BFloat16>::epsilon()), 0x1p-7f);
}
