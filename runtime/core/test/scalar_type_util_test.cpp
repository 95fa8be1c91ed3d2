// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

using executorch::aten::ScalarType;
using namespace executorch::runtime;

namespace {
constexpr int kNumTypes = static_cast<int>(ScalarType::Undefined);
ScalarType type(int i) {
  return static_cast<ScalarType>(i);
}
}  // namespace

TEST(ScalarTypeUtilTest, NumbersNamesAndSizesAreThoseOfTheFormat) {
  EXPECT_EQ(static_cast<int>(ScalarType::Byte), 0);
  EXPECT_EQ(static_cast<int>(ScalarType::Float), 6);
  EXPECT_EQ(static_cast<int>(ScalarType::Bool), 11);
  EXPECT_EQ(static_cast<int>(ScalarType::BFloat16), 15);
  EXPECT_EQ(static_cast<int>(ScalarType::Bits16), 22);
  EXPECT_EQ(static_cast<int>(ScalarType::UInt64), 29);
  EXPECT_EQ(kNumTypes, 30);
  EXPECT_STREQ(toString(ScalarType::ComplexHalf), "ComplexHalf");
  EXPECT_STREQ(toString(type(-1)), "UNKNOWN_SCALAR");
  const size_t sizes[] = {1, 1, 2, 4, 8, 2, 4, 8, 4, 8, 16, 1, 1, 1, 4,
                          2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1,  1, 2, 4, 8};
  for (int i = 0; i < kNumTypes; ++i) {
    EXPECT_EQ(elementSize(type(i)), sizes[i]) << toString(type(i));
  }
  EXPECT_EQ(elementSize(ScalarType::Undefined), 0u);
  EXPECT_EQ(elementSize(type(-3)), 0u);
}

TEST(ScalarTypeUtilTest, PromotionIsSymmetricIdempotentAndTorchs) {
  for (int a = 0; a < kNumTypes; ++a) {
    EXPECT_EQ(promoteTypes(type(a), type(a)), type(a));
    for (int b = 0; b < kNumTypes; ++b) {
      EXPECT_EQ(promoteTypes(type(a), type(b)), promoteTypes(type(b), type(a)));
    }
  }
  const struct {
    ScalarType a, b, expected;
  } cases[] = {
      {ScalarType::Byte, ScalarType::Char, ScalarType::Short},
      {ScalarType::Byte, ScalarType::Long, ScalarType::Long},
      {ScalarType::Bool, ScalarType::Char, ScalarType::Char},
      {ScalarType::Long, ScalarType::Half, ScalarType::Half},
      {ScalarType::Half, ScalarType::BFloat16, ScalarType::Float},
      {ScalarType::Float, ScalarType::Double, ScalarType::Double},
      {ScalarType::Double, ScalarType::ComplexHalf, ScalarType::ComplexDouble},
      {ScalarType::BFloat16, ScalarType::ComplexHalf, ScalarType::ComplexFloat},
      {ScalarType::UInt16, ScalarType::BFloat16, ScalarType::BFloat16},
      {ScalarType::UInt16, ScalarType::Byte, ScalarType::Undefined},
      {ScalarType::UInt32, ScalarType::ComplexFloat, ScalarType::Undefined},
      {ScalarType::QInt8, ScalarType::Float, ScalarType::Undefined},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(promoteTypes(c.a, c.b), c.expected) << toString(c.a) << " " << toString(c.b);
  }
  EXPECT_EQ(promoteTypes(ScalarType::Half, ScalarType::Long, true), ScalarType::Float);
  static_assert(std::is_same_v<promote_types<uint8_t, int8_t>::type, int16_t>);
}

TEST(ScalarTypeUtilTest, CastsLoseNoCategory) {
  EXPECT_TRUE(canCast(ScalarType::Int, ScalarType::Byte));
  EXPECT_TRUE(canCast(ScalarType::Bool, ScalarType::Bool));
  EXPECT_FALSE(canCast(ScalarType::Int, ScalarType::Bool));
  EXPECT_FALSE(canCast(ScalarType::Float, ScalarType::Long));
  EXPECT_FALSE(canCast(ScalarType::ComplexFloat, ScalarType::Double));
}

TEST(ScalarTypeUtilTest, ConversionOfNumbersOutOfRangeIsDefined) {
  EXPECT_EQ((convert<int32_t, float>(1e20f)), std::numeric_limits<int32_t>::min());
  EXPECT_EQ((convert<int64_t, double>(NAN)), std::numeric_limits<int64_t>::min());
  EXPECT_EQ((convert<uint64_t, double>(0x1.8p63)), 0xC000000000000000u);
  EXPECT_EQ((convert<uint8_t, double>(257.5)), 1);
  EXPECT_EQ((convert<uint8_t, float>(-1.0f)), 255);
  EXPECT_TRUE((convert<bool, float>(0.5f)));
  EXPECT_EQ((convert<float>(executorch::aten::Half(1.5f))), 1.5f);
  EXPECT_EQ((convert<double>(executorch::aten::complex<float>(2, 3))), 2.0);
}

TEST(ScalarTypeUtilTest, DispatchOutsideTheSetFailsWithASentence) {
  KernelRuntimeContext context;
  size_t size = 0;
  ET_SWITCH_REAL_TYPES(ScalarType::Short, context, "test.out", CTYPE,
                       [&]() { size = sizeof(CTYPE); });
  EXPECT_EQ(size, 2u);
  EXPECT_EQ(context.failure_state(), Error::Ok);
  ET_SWITCH_REAL_TYPES(ScalarType::Bool, context, "test.out", CTYPE,
                       [&]() { size = 100 + sizeof(CTYPE); });
  EXPECT_EQ(size, 2u);
  EXPECT_EQ(context.failure_state(), Error::InvalidArgument);
  EXPECT_EQ(std::string(last_error_message()), "test.out: element type Bool is not supported");
}
