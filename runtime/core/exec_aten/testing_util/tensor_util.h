// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Comparison and printing of tensors for gtest.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include <executorch/runtime/core/exec_aten/exec_aten.h>

namespace executorch::runtime::testing {

namespace internal {
constexpr double kDefaultRtol = 1e-5;
constexpr double kDefaultAtol = 1e-8;
/// For Half, and for BFloat16, which have 11 and 8 bits of mantissa.
constexpr double kDefaultHalfAtol = 1e-3;
constexpr double kDefaultBFloat16Atol = 1e-2;

/// The absolute tolerance of the CLOSE macros for an element type.
double default_atol(::executorch::aten::ScalarType type);
/// The larger of default_atol() of both.
double default_atol_for_type(::executorch::aten::Tensor a, ::executorch::aten::Tensor b);
}  // namespace internal

// Success when |a - b| <= atol + rtol * |b| for all elements; a failure says which of them, or
// which property, differs. NaN equals NaN. With zero tolerances, elements are compared as equal
// numbers.

/// Of the same type and shape, element by element in logical order.
::testing::AssertionResult tensors_are_close(::executorch::aten::Tensor a,
                                             ::executorch::aten::Tensor b, double rtol,
                                             double atol);
/// Of the same type and number of elements, in the order of memory, whatever the shapes.
::testing::AssertionResult tensor_data_is_close(::executorch::aten::Tensor a,
                                                ::executorch::aten::Tensor b, double rtol,
                                                double atol);
/// Lists of the same length of tensors that are close.
::testing::AssertionResult tensor_lists_are_close(::executorch::aten::TensorList a,
                                                  ::executorch::aten::TensorList b, double rtol,
                                                  double atol);

inline ::testing::AssertionResult tensor_lists_are_close(
    const ::executorch::aten::Tensor* tensors_a, size_t num_tensors_a,
    const ::executorch::aten::Tensor* tensors_b, size_t num_tensors_b, double rtol, double atol) {
  return tensor_lists_are_close({tensors_a, num_tensors_a}, {tensors_b, num_tensors_b}, rtol, atol);
}

namespace internal {
/// With the default tolerances of the element type.
::testing::AssertionResult tensors_are_close(::executorch::aten::Tensor a,
                                             ::executorch::aten::Tensor b);
::testing::AssertionResult tensor_data_is_close(::executorch::aten::Tensor a,
                                                ::executorch::aten::Tensor b);
::testing::AssertionResult tensor_lists_are_close(::executorch::aten::TensorList a,
                                                  ::executorch::aten::TensorList b);

/// Passes a comparison's explanation on to the matcher that asked for it.
inline bool explain(const ::testing::AssertionResult& result,
                    ::testing::MatchResultListener* listener) {
  *listener << result.message();
  return static_cast<bool>(result);
}
}  // namespace internal

// The same comparisons as matchers, for EXPECT_THAT(tensor, IsCloseTo(expected)). Without
// tolerances, those of the element type.

MATCHER_P(IsEqualTo, other, "") {
  return internal::explain(tensors_are_close(arg, other, 0, 0), result_listener);
}
MATCHER_P(IsCloseTo, other, "") {
  return internal::explain(internal::tensors_are_close(arg, other), result_listener);
}
MATCHER_P3(IsCloseTo, other, rtol, atol, "") {
  return internal::explain(tensors_are_close(arg, other, rtol, atol), result_listener);
}
MATCHER_P(IsDataEqualTo, other, "") {
  return internal::explain(tensor_data_is_close(arg, other, 0, 0), result_listener);
}
MATCHER_P(IsDataCloseTo, other, "") {
  return internal::explain(internal::tensor_data_is_close(arg, other), result_listener);
}
MATCHER_P3(IsDataCloseTo, other, rtol, atol, "") {
  return internal::explain(tensor_data_is_close(arg, other, rtol, atol), result_listener);
}
MATCHER_P(IsListEqualTo, other, "") {
  return internal::explain(tensor_lists_are_close(arg, other, 0, 0), result_listener);
}
MATCHER_P(IsListCloseTo, other, "") {
  return internal::explain(internal::tensor_lists_are_close(arg, other), result_listener);
}
MATCHER_P3(IsListCloseTo, other, rtol, atol, "") {
  return internal::explain(tensor_lists_are_close(arg, other, rtol, atol), result_listener);
}

}  // namespace executorch::runtime::testing

namespace executorch::runtime::etensor {
/// Name of the type.
std::ostream& operator<<(std::ostream& os, ScalarType type);
/// Type, shape, strides and elements.
std::ostream& operator<<(std::ostream& os, const Tensor& tensor);
}  // namespace executorch::runtime::etensor

#define ET_TESTING_CALL(function, ...) ::executorch::runtime::testing::function(__VA_ARGS__)

// <EXPECT|ASSERT>_TENSOR[_DATA|_LISTS]_<EQ|NE|CLOSE|NOT_CLOSE>(a, b) and, with tolerances,
// ..._CLOSE_WITH_TOL(a, b, rtol, atol).

#define EXPECT_TENSOR_EQ(t1, t2) EXPECT_TRUE(ET_TESTING_CALL(tensors_are_close, t1, t2, 0, 0))
#define EXPECT_TENSOR_NE(t1, t2) EXPECT_FALSE(ET_TESTING_CALL(tensors_are_close, t1, t2, 0, 0))
#define EXPECT_TENSOR_CLOSE(t1, t2) \
  EXPECT_TRUE(ET_TESTING_CALL(internal::tensors_are_close, t1, t2))
#define EXPECT_TENSOR_NOT_CLOSE(t1, t2) \
  EXPECT_FALSE(ET_TESTING_CALL(internal::tensors_are_close, t1, t2))
#define EXPECT_TENSOR_CLOSE_WITH_TOL(t1, t2, rtol, atol) \
  EXPECT_TRUE(ET_TESTING_CALL(tensors_are_close, t1, t2, rtol, atol))
#define EXPECT_TENSOR_NOT_CLOSE_WITH_TOL(t1, t2, rtol, atol) \
  EXPECT_FALSE(ET_TESTING_CALL(tensors_are_close, t1, t2, rtol, atol))
#define EXPECT_TENSOR_DATA_EQ(t1, t2) \
  EXPECT_TRUE(ET_TESTING_CALL(tensor_data_is_close, t1, t2, 0, 0))
#define EXPECT_TENSOR_DATA_NE(t1, t2) \
  EXPECT_FALSE(ET_TESTING_CALL(tensor_data_is_close, t1, t2, 0, 0))
#define EXPECT_TENSOR_DATA_CLOSE(t1, t2) \
  EXPECT_TRUE(ET_TESTING_CALL(internal::tensor_data_is_close, t1, t2))
#define EXPECT_TENSOR_DATA_NOT_CLOSE(t1, t2) \
  EXPECT_FALSE(ET_TESTING_CALL(internal::tensor_data_is_close, t1, t2))
#define EXPECT_TENSOR_DATA_CLOSE_WITH_TOL(t1, t2, rtol, atol) \
  EXPECT_TRUE(ET_TESTING_CALL(tensor_data_is_close, t1, t2, rtol, atol))
#define EXPECT_TENSOR_DATA_NOT_CLOSE_WITH_TOL(t1, t2, rtol, atol) \
  EXPECT_FALSE(ET_TESTING_CALL(tensor_data_is_close, t1, t2, rtol, atol))
#define EXPECT_TENSOR_LISTS_EQ(t1, t2) \
  EXPECT_TRUE(ET_TESTING_CALL(tensor_lists_are_close, t1, t2, 0, 0))
#define EXPECT_TENSOR_LISTS_NE(t1, t2) \
  EXPECT_FALSE(ET_TESTING_CALL(tensor_lists_are_close, t1, t2, 0, 0))
#define EXPECT_TENSOR_LISTS_CLOSE(t1, t2) \
  EXPECT_TRUE(ET_TESTING_CALL(internal::tensor_lists_are_close, t1, t2))
#define EXPECT_TENSOR_LISTS_NOT_CLOSE(t1, t2) \
  EXPECT_FALSE(ET_TESTING_CALL(internal::tensor_lists_are_close, t1, t2))
#define EXPECT_TENSOR_LISTS_CLOSE_WITH_TOL(t1, t2, rtol, atol) \
  EXPECT_TRUE(ET_TESTING_CALL(tensor_lists_are_close, t1, t2, rtol, atol))
#define EXPECT_TENSOR_LISTS_NOT_CLOSE_WITH_TOL(t1, t2, rtol, atol) \
  EXPECT_FALSE(ET_TESTING_CALL(tensor_lists_are_close, t1, t2, rtol, atol))

#define ASSERT_TENSOR_EQ(t1, t2) ASSERT_TRUE(ET_TESTING_CALL(tensors_are_close, t1, t2, 0, 0))
#define ASSERT_TENSOR_NE(t1, t2) ASSERT_FALSE(ET_TESTING_CALL(tensors_are_close, t1, t2, 0, 0))
#define ASSERT_TENSOR_CLOSE(t1, t2) \
  ASSERT_TRUE(ET_TESTING_CALL(internal::tensors_are_close, t1, t2))
#define ASSERT_TENSOR_NOT_CLOSE(t1, t2) \
  ASSERT_FALSE(ET_TESTING_CALL(internal::tensors_are_close, t1, t2))
#define ASSERT_TENSOR_CLOSE_WITH_TOL(t1, t2, rtol, atol) \
  ASSERT_TRUE(ET_TESTING_CALL(tensors_are_close, t1, t2, rtol, atol))
#define ASSERT_TENSOR_NOT_CLOSE_WITH_TOL(t1, t2, rtol, atol) \
  ASSERT_FALSE(ET_TESTING_CALL(tensors_are_close, t1, t2, rtol, atol))
#define ASSERT_TENSOR_DATA_EQ(t1, t2) \
  ASSERT_TRUE(ET_TESTING_CALL(tensor_data_is_close, t1, t2, 0, 0))
#define ASSERT_TENSOR_DATA_NE(t1, t2) \
  ASSERT_FALSE(ET_TESTING_CALL(tensor_data_is_close, t1, t2, 0, 0))
#define ASSERT_TENSOR_DATA_CLOSE(t1, t2) \
  ASSERT_TRUE(ET_TESTING_CALL(internal::tensor_data_is_close, t1, t2))
#define ASSERT_TENSOR_DATA_NOT_CLOSE(t1, t2) \
  ASSERT_FALSE(ET_TESTING_CALL(internal::tensor_data_is_close, t1, t2))
#define ASSERT_TENSOR_DATA_CLOSE_WITH_TOL(t1, t2, rtol, atol) \
  ASSERT_TRUE(ET_TESTING_CALL(tensor_data_is_close, t1, t2, rtol, atol))
#define ASSERT_TENSOR_DATA_NOT_CLOSE_WITH_TOL(t1, t2, rtol, atol) \
  ASSERT_FALSE(ET_TESTING_CALL(tensor_data_is_close, t1, t2, rtol, atol))
#define ASSERT_TENSOR_LISTS_EQ(t1, t2) \
  ASSERT_TRUE(ET_TESTING_CALL(tensor_lists_are_close, t1, t2, 0, 0))
#define ASSERT_TENSOR_LISTS_NE(t1, t2) \
  ASSERT_FALSE(ET_TESTING_CALL(tensor_lists_are_close, t1, t2, 0, 0))
#define ASSERT_TENSOR_LISTS_CLOSE(t1, t2) \
  ASSERT_TRUE(ET_TESTING_CALL(internal::tensor_lists_are_close, t1, t2))
#define ASSERT_TENSOR_LISTS_NOT_CLOSE(t1, t2) \
  ASSERT_FALSE(ET_TESTING_CALL(internal::tensor_lists_are_close, t1, t2))
#define ASSERT_TENSOR_LISTS_CLOSE_WITH_TOL(t1, t2, rtol, atol) \
  ASSERT_TRUE(ET_TESTING_CALL(tensor_lists_are_close, t1, t2, rtol, atol))
#define ASSERT_TENSOR_LISTS_NOT_CLOSE_WITH_TOL(t1, t2, rtol, atol) \
  ASSERT_FALSE(ET_TESTING_CALL(tensor_lists_are_close, t1, t2, rtol, atol))

namespace torch {
namespace executor {
namespace testing {
using ::executorch::runtime::testing::IsCloseTo;
using ::executorch::runtime::testing::IsDataCloseTo;
using ::executorch::runtime::testing::IsDataEqualTo;
using ::executorch::runtime::testing::IsEqualTo;
using ::executorch::runtime::testing::IsListCloseTo;
using ::executorch::runtime::testing::IsListEqualTo;
using ::executorch::runtime::testing::tensor_data_is_close;
using ::executorch::runtime::testing::tensor_lists_are_close;
using ::executorch::runtime::testing::tensors_are_close;
}  // namespace testing
}  // namespace executor
}  // namespace torch
