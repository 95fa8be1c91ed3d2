// SPDX-License-Identifier: BSD-3-Clause

/// The c10 and torch::headeronly headers that are used directly.

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <c10/macros/Export.h>
#include <c10/macros/Macros.h>
#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>
#include <c10/util/TypeSafeSignMath.h>
#include <c10/util/bit_cast.h>
#include <c10/util/complex.h>
#include <c10/util/floating_point_utils.h>
#include <c10/util/irange.h>
#include <c10/util/llvmMathExtras.h>
#include <c10/util/overflows.h>
#include <c10/util/safe_numerics.h>
#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <gtest/gtest.h>
#include <torch/headeronly/macros/Export.h>
#include <torch/headeronly/macros/Macros.h>
#include <torch/headeronly/util/BFloat16.h>
#include <torch/headeronly/util/Half.h>
#include <torch/headeronly/util/TypeSafeSignMath.h>
#include <torch/headeronly/util/bit_cast.h>
#include <torch/headeronly/util/complex.h>
#include <torch/headeronly/util/floating_point_utils.h>

namespace {

static_assert(std::is_same_v<c10::Half, executorch::aten::Half>);
static_assert(std::is_same_v<c10::BFloat16, executorch::aten::BFloat16>);
static_assert(std::is_same_v<c10::complex<float>, executorch::aten::complex<float>>);
static_assert(std::is_same_v<torch::headeronly::Half, c10::Half>);
static_assert(std::is_same_v<torch::headeronly::BFloat16, c10::BFloat16>);
static_assert(std::is_same_v<torch::headeronly::complex<double>, c10::complex<double>>);

C10_UNUSED C10_NOINLINE C10_HOST_DEVICE int half_of(int x) {
  return C10_LIKELY(x > 0) ? x / 2 : 0;
}
C10_EXPORT C10_ALWAYS_INLINE int always_inlined(int x) {
  return x + 1;
}

TEST(C10Test, Macros) {
  EXPECT_EQ(half_of(4), 2);
  EXPECT_EQ(always_inlined(1), 2);
  const int C10_CONCATENATE(a, b) = 3;
  EXPECT_EQ(ab, 3);
  EXPECT_STREQ(C10_STRINGIZE(ab), "ab");
}

TEST(C10Test, ReducedFloats) {
  EXPECT_EQ(c10::detail::fp16_ieee_to_fp32_value(0x3c00), 1.0f);
  EXPECT_EQ(c10::detail::fp16_ieee_to_fp32_bits(0x3c00), 0x3f800000u);
  EXPECT_EQ(c10::detail::fp16_ieee_from_fp32_value(1.0f), 0x3c00);
  EXPECT_EQ(c10::detail::f32_from_bits(0x3f80), 1.0f);
  EXPECT_EQ(c10::detail::bits_from_f32(1.0f), 0x3f80);
  EXPECT_EQ(c10::detail::round_to_nearest_even(c10::detail::fp32_from_bits(0x3f808000)), 0x3f80);
  EXPECT_EQ(c10::detail::round_to_nearest_even(c10::detail::fp32_from_bits(0x3f818000)), 0x3f82);
  EXPECT_EQ(c10::bit_cast<uint32_t>(1.0f), 0x3f800000u);
  EXPECT_EQ(torch::headeronly::detail::fp32_to_bits(1.0f), 0x3f800000u);
}

TEST(C10Test, SignsAndRanges) {
  EXPECT_TRUE(c10::is_negative(-1));
  EXPECT_FALSE(c10::is_negative(1u));
  EXPECT_EQ(c10::signum(-3.0), -1);
  EXPECT_EQ(c10::signum(0), 0);
  EXPECT_EQ(c10::signum(7u), 1);
  EXPECT_TRUE(c10::signs_differ(-1, 1u));
  EXPECT_TRUE(c10::greater_than_max<int8_t>(128));
  EXPECT_FALSE(c10::greater_than_max<int8_t>(127));
  EXPECT_FALSE(c10::greater_than_max<uint64_t>(-1));
  EXPECT_TRUE(c10::greater_than_max<int64_t>(UINT64_MAX));
  EXPECT_TRUE(c10::less_than_lowest<uint8_t>(-1));
  EXPECT_TRUE(c10::less_than_lowest<int8_t>(-129));
  EXPECT_FALSE(c10::less_than_lowest<int8_t>(-128));
  EXPECT_FALSE(c10::less_than_lowest<int8_t>(0u));
}

TEST(C10Test, Overflows) {
  EXPECT_TRUE((c10::overflows<int8_t>(128)));
  EXPECT_FALSE((c10::overflows<int8_t>(-128)));
  EXPECT_FALSE((c10::overflows<uint8_t>(-1)));
  EXPECT_TRUE((c10::overflows<uint8_t>(-1, /*strict_unsigned=*/true)));
  EXPECT_TRUE((c10::overflows<uint8_t>(-256)));
  EXPECT_TRUE((c10::overflows<int32_t>(std::numeric_limits<double>::quiet_NaN())));
  EXPECT_TRUE((c10::overflows<float>(1e300)));
  EXPECT_FALSE((c10::overflows<float>(HUGE_VAL)));
  EXPECT_FALSE((c10::overflows<bool>(7)));
}

TEST(C10Test, Bits) {
  EXPECT_EQ(c10::llvm::countLeadingZeros(uint32_t(1)), 31u);
  EXPECT_EQ(c10::llvm::countLeadingZeros(uint64_t(0)), 64u);
  EXPECT_EQ(c10::llvm::countTrailingZeros(uint32_t(8)), 3u);
  EXPECT_EQ(c10::llvm::countTrailingZeros(uint8_t(0)), 8u);
  EXPECT_TRUE(c10::llvm::isPowerOf2_32(64));
  EXPECT_FALSE(c10::llvm::isPowerOf2_64(0));
  EXPECT_EQ(c10::llvm::NextPowerOf2(64), 128u);
  EXPECT_EQ(c10::llvm::NextPowerOf2(65), 128u);
  EXPECT_EQ(c10::llvm::Log2_64(1023), 9u);
}

TEST(C10Test, SafeNumerics) {
  const uint64_t numbers[] = {1u << 31, 1u << 31, 4};
  uint64_t product = 0;
  EXPECT_TRUE(c10::safe_multiplies_u64(numbers, numbers + 3, &product));
  EXPECT_FALSE(c10::safe_multiplies_u64(numbers, numbers + 2, &product));
  EXPECT_EQ(product, uint64_t(1) << 62);
  uint64_t sum = 0;
  EXPECT_TRUE(c10::add_overflows<uint64_t>(UINT64_MAX, 1, &sum));
  int64_t count = 0;
  for (const auto i : c10::irange(3, 6)) {
    count += i;
  }
  EXPECT_EQ(count, 12);
}

}  // namespace
