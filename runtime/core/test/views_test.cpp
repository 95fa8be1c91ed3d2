// SPDX-License-Identifier: BSD-3-Clause

#include <vector>

#include <executorch/runtime/core/array_ref.h>
#include <executorch/runtime/core/checked_math.h>
#include <executorch/runtime/core/function_ref.h>
#include <executorch/runtime/core/span.h>

// After the project's own headers: they must not depend on each other's order.
#include <c10/util/irange.h>
#include <c10/util/safe_numerics.h>
#include <gtest/gtest.h>

using namespace executorch::runtime;

namespace {

TEST(SpanTest, ViewsAndWrites) {
  int values[] = {1, 2, 3};
  Span<int> span = values;
  ASSERT_EQ(span.size(), 3u);
  span[1] = 7;
  EXPECT_EQ(values[1], 7);
  int sum = 0;
  for (const int value : span) {
    sum += value;
  }
  EXPECT_EQ(sum, 11);
  EXPECT_EQ(Span<int>(values + 1, values + 3).data(), values + 1);
  int one = 5;
  EXPECT_EQ(Span<int>(one)[0], 5);
  EXPECT_TRUE(Span<int>().empty());
}

TEST(ArrayRefTest, Constructs) {
  const int64_t values[] = {1, 2, 3};
  const std::vector<int64_t> vector = {1, 2, 3};
  const std::array<int64_t, 3> array = {1, 2, 3};
  EXPECT_EQ(IntArrayRef(values), IntArrayRef(vector));
  EXPECT_EQ(IntArrayRef(values), IntArrayRef(array));
  EXPECT_EQ(IntArrayRef(values, 2), makeArrayRef(values, values + 2));
  EXPECT_NE(IntArrayRef(values), makeArrayRef(values, 2));
  EXPECT_EQ(makeArrayRef(values[2]).front(), 3);
  EXPECT_TRUE(IntArrayRef().empty());
}

TEST(ArrayRefTest, Accesses) {
  const int values[] = {1, 2, 3, 4};
  const ArrayRef<int> ref = values;
  EXPECT_EQ(ref.front(), 1);
  EXPECT_EQ(ref.back(), 4);
  EXPECT_EQ(ref.at(2), 3);
  EXPECT_TRUE(ref.slice(1, 2).equals(ArrayRef<int>(values + 1, 2)));
  EXPECT_EQ(ref.slice(4).size(), 0u);
  int sum = 0;
  for (const int value : ref) {
    sum += value;
  }
  EXPECT_EQ(sum, 10);
}

TEST(ArrayRefDeathTest, ChecksBounds) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  const int values[] = {1, 2};
  const ArrayRef<int> ref = values;
  EXPECT_DEATH((void)ref.at(2), "");
  EXPECT_DEATH((void)ref.slice(1, 2), "");
  EXPECT_DEATH((void)ref.slice(2, SIZE_MAX), "");
  EXPECT_DEATH((void)ArrayRef<int>().front(), "");
}

int triple(int n) {
  return 3 * n;
}

int apply(FunctionRef<int(int)> function, int n) {
  return function(n);
}

TEST(FunctionRefTest, CallsAnything) {
  int calls = 0;
  EXPECT_EQ(apply([&](int n) { return n + ++calls; }, 5), 6);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(apply(triple, 5), 15);
  EXPECT_EQ(apply(&triple, 5), 15);
  const auto negate = [](int n) { return -n; };
  EXPECT_EQ(apply(negate, 5), -5);
  EXPECT_FALSE(FunctionRef<void()>());
  EXPECT_FALSE(FunctionRef<void()>(nullptr));
}

TEST(CheckedMathTest, AddsAndSubtracts) {
  int32_t out = 0;
  EXPECT_FALSE(add_overflows<int32_t>(INT32_MAX - 1, 1, &out));
  EXPECT_EQ(out, INT32_MAX);
  EXPECT_TRUE(add_overflows<int32_t>(INT32_MAX, 1, &out));
  EXPECT_TRUE(add_overflows<int32_t>(INT32_MIN, -1, &out));
  EXPECT_FALSE(sub_overflows<int32_t>(INT32_MIN, -1, &out));
  EXPECT_EQ(out, INT32_MIN + 1);
  EXPECT_TRUE(sub_overflows<int32_t>(0, INT32_MIN, &out));
  uint8_t byte = 0;
  EXPECT_TRUE(add_overflows<uint8_t>(200, 56, &byte));
  EXPECT_FALSE(add_overflows<uint8_t>(200, 55, &byte));
  EXPECT_TRUE(sub_overflows<uint8_t>(1, 2, &byte));
}

TEST(CheckedMathTest, Multiplies) {
  int64_t out = 0;
  EXPECT_FALSE(mul_overflows<int64_t>(INT64_MAX / 2, 2, &out));
  EXPECT_TRUE(mul_overflows<int64_t>(INT64_MAX / 2 + 1, 2, &out));
  EXPECT_TRUE(mul_overflows<int64_t>(INT64_MIN, -1, &out));
  const uint32_t factors[] = {1u << 16, 1u << 15, 2};
  uint32_t product = 0;
  EXPECT_FALSE(product_overflows(factors, 2, &product));
  EXPECT_EQ(product, 1u << 31);
  EXPECT_TRUE(product_overflows(factors, 3, &product));
  EXPECT_FALSE(product_overflows(factors, 0, &product));
  EXPECT_EQ(product, 1u);
}

TEST(CheckedMathTest, Ranges) {
  EXPECT_TRUE(range_fits(3u, 4u, 7u));
  EXPECT_TRUE(range_fits(7u, 0u, 7u));
  EXPECT_FALSE(range_fits(8u, 0u, 7u));
  EXPECT_FALSE(range_fits(3u, 5u, 7u));
  EXPECT_FALSE(range_fits(UINT32_MAX, UINT32_MAX, 7u));
}

TEST(C10Test, SafeNumerics) {
  uint64_t out = 0;
  EXPECT_FALSE(c10::mul_overflows<uint64_t>(1u << 31, 2, &out));
  EXPECT_EQ(out, uint64_t(1) << 32);
  const std::vector<int> sizes = {3, 4, 5};
  EXPECT_FALSE(c10::safe_multiplies_u64(sizes, &out));
  EXPECT_EQ(out, 60u);
  const std::vector<uint64_t> large = {UINT64_MAX, 2};
  EXPECT_TRUE(c10::safe_multiplies_u64(large, &out));
}

TEST(C10Test, Irange) {
  std::vector<int> seen;
  for (const auto i : c10::irange(3)) {
    seen.push_back(i);
  }
  for (const auto i : c10::irange(5, 7)) {
    seen.push_back(i);
  }
  for (const auto i : c10::irange(7, 5)) {
    seen.push_back(i);
  }
  for (const auto i : c10::irange(-2)) {
    seen.push_back(i);
  }
  EXPECT_EQ(seen, (std::vector<int>{0, 1, 2, 5, 6}));
}

}  // namespace
