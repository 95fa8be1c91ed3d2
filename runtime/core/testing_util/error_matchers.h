// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// gmock matchers for Error and Result:
///
///   EXPECT_THAT(method.execute(), IsOk());
///   EXPECT_THAT(program.method_meta("none"), ErrorIs(Error::InvalidArgument));
///   EXPECT_THAT(program.get_method_name(0), IsOkAndHolds(StrEq("forward")));
///   Method method = ASSERT_OK_AND_UNWRAP(program.load_method("forward", &memory));

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <type_traits>
#include <utility>

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/last_error.h>
#include <executorch/runtime/core/result.h>

namespace executorch::runtime {

/// How gtest prints an Error: its name.
inline void PrintTo(Error error, std::ostream* os) {
  *os << to_string(error);
}

namespace testing {

namespace internal {

inline Error error_of(Error error) {
  return error;
}
template <typename T>
Error error_of(const Result<T>& result) {
  return result.error();
}

inline void explain(Error error, ::testing::MatchResultListener* listener) {
  *listener << "which is " << to_string(error);
  if (error != Error::Ok && last_error_message()[0] != '\0') {
    *listener << ": " << last_error_message();
  }
}

/// Matches an Error or a Result<T> whose error is the given one.
class ErrorMatcher {
 public:
  using is_gtest_matcher = void;

  explicit ErrorMatcher(Error expected) : expected_(expected) {}

  template <typename T>
  bool MatchAndExplain(const T& value, ::testing::MatchResultListener* listener) const {
    explain(error_of(value), listener);
    return error_of(value) == expected_;
  }
  void DescribeTo(std::ostream* os) const { *os << "is " << to_string(expected_); }
  void DescribeNegationTo(std::ostream* os) const { *os << "is not " << to_string(expected_); }

 private:
  Error expected_;
};

/// Matches a Result<T> that is ok and whose value matches.
template <typename Inner>
class HoldsMatcher {
 public:
  using is_gtest_matcher = void;

  explicit HoldsMatcher(Inner inner) : inner_(std::move(inner)) {}

  template <typename T>
  bool MatchAndExplain(const Result<T>& value, ::testing::MatchResultListener* listener) const {
    if (!value.ok()) {
      explain(value.error(), listener);
      return false;
    }
    return ::testing::SafeMatcherCast<const T&>(inner_).MatchAndExplain(value.get(), listener);
  }
  void DescribeTo(std::ostream* os) const { *os << "is Ok and holds the value expected"; }
  void DescribeNegationTo(std::ostream* os) const {
    *os << "is not Ok or holds another value than expected";
  }

 private:
  Inner inner_;
};

}  // namespace internal

/// Matches Error::Ok and a Result that has a value.
inline internal::ErrorMatcher IsOk() {
  return internal::ErrorMatcher(Error::Ok);
}

/// Matches this error, or a Result that has it.
inline internal::ErrorMatcher ErrorIs(Error expected) {
  return internal::ErrorMatcher(expected);
}

/// Matches a Result whose value matches `inner`, which is a matcher or a value to equal.
template <typename Inner>
internal::HoldsMatcher<std::decay_t<Inner>> IsOkAndHolds(Inner&& inner) {
  return internal::HoldsMatcher<std::decay_t<Inner>>(std::forward<Inner>(inner));
}

}  // namespace testing
}  // namespace executorch::runtime

namespace torch {
namespace executor {
namespace testing {
using ::executorch::runtime::testing::ErrorIs;
using ::executorch::runtime::testing::IsOk;
using ::executorch::runtime::testing::IsOkAndHolds;
}  // namespace testing
}  // namespace executor
}  // namespace torch

#define EXPECT_OK(expression) EXPECT_THAT(expression, ::executorch::runtime::testing::IsOk())
#define ASSERT_OK(expression) ASSERT_THAT(expression, ::executorch::runtime::testing::IsOk())

/// The value of a Result, moved out of it; fails and leaves a test whose Result has none.
#define ASSERT_OK_AND_UNWRAP(result)       \
  ({                                       \
    auto&& et_unwrapped_result = (result); \
    ASSERT_OK(et_unwrapped_result);        \
    std::move(*et_unwrapped_result);       \
  })
