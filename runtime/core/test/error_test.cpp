// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/core/error.h>

#include <string>
#include <thread>

#include <executorch/runtime/core/last_error.h>
#include <executorch/runtime/core/result.h>
#include <gtest/gtest.h>

using namespace executorch::runtime;

namespace {

TEST(ErrorTest, NumbersAndNames) {
  EXPECT_EQ(static_cast<error_code_t>(Error::OperatorMissing), 0x14u);
  EXPECT_EQ(static_cast<error_code_t>(Error::DelegateInvalidHandle), 0x32u);
  EXPECT_STREQ(to_string(Error::Ok), "Error::Ok");
  EXPECT_STREQ(to_string(Error::InvalidExternalData), "Error::InvalidExternalData");
  EXPECT_STREQ(to_string(static_cast<Error>(77)), "Error::Unknown");
}

Error refuse(int n) {
  ET_CHECK_OR_RETURN_ERROR(n < 3, InvalidArgument, "n is %d, expected less than %d", n, 3);
  return Error::Ok;
}

Error pass_on(int n) {
  ET_CHECK_OK_OR_RETURN_ERROR(refuse(n));
  return Error::Ok;
}

Error explain(int n) {
  ET_CHECK_OK_OR_RETURN_ERROR(refuse(n), "cannot explain %d: %s", n, last_error_message());
  return Error::Ok;
}

bool is_small(int n) {
  ET_CHECK_OR_RETURN_FALSE(n < 3, "n is %d", n);
  return true;
}

TEST(ErrorTest, ChecksRecordASentence) {
  clear_last_error();
  EXPECT_STREQ(last_error_message(), "");
  EXPECT_EQ(refuse(1), Error::Ok);
  EXPECT_STREQ(last_error_message(), "");
  EXPECT_EQ(refuse(5), Error::InvalidArgument);
  EXPECT_STREQ(last_error_message(), "n is 5, expected less than 3");
  EXPECT_EQ(pass_on(6), Error::InvalidArgument);
  EXPECT_STREQ(last_error_message(), "n is 6, expected less than 3");
  EXPECT_FALSE(is_small(7));
  EXPECT_STREQ(last_error_message(), "Check failed (n < 3): n is 7");
  EXPECT_TRUE(is_small(2));
}

TEST(ErrorTest, ASentenceMayContainTheOneBefore) {
  EXPECT_EQ(explain(5), Error::InvalidArgument);
  EXPECT_STREQ(last_error_message(), "cannot explain 5: n is 5, expected less than 3");
}

TEST(ErrorTest, LongSentencesAreCut) {
  const std::string text(1000, 'x');
  set_last_error("%s", text.c_str());
  EXPECT_EQ(std::string(last_error_message()), text.substr(0, 255));
}

TEST(ErrorTest, EachThreadHasItsOwnSentence) {
  set_last_error("mine");
  std::thread([] {
    EXPECT_STREQ(last_error_message(), "");
    set_last_error("yours");
  }).join();
  EXPECT_STREQ(last_error_message(), "mine");
}

// ---- Result ----

struct MoveOnly {
  explicit MoveOnly(int* deaths) : deaths(deaths) {}
  MoveOnly(MoveOnly&& other) noexcept : deaths(other.deaths) { other.deaths = nullptr; }
  ~MoveOnly() {
    if (deaths != nullptr) {
      ++*deaths;
    }
  }
  int* deaths;
};

Result<int> half(int n) {
  ET_CHECK_OR_RETURN_ERROR(n % 2 == 0, InvalidArgument, "%d is odd", n);
  return n / 2;
}

Result<int> quarter(int n) {
  ET_ASSIGN_OR_RETURN(h, half(n));
  const int q = ET_UNWRAP(half(h), "%d is not a multiple of 4", n);
  return q;
}

Result<int> eighth(int n) {
  return ET_UNWRAP(half(ET_UNWRAP(quarter(n))));
}

TEST(ResultTest, HoldsAValueOrAnError) {
  const Result<int> good = half(4);
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(good.error(), Error::Ok);
  EXPECT_EQ(*good, 2);
  EXPECT_EQ(good.get(), 2);
  const Result<int> bad = half(3);
  EXPECT_FALSE(bad.ok());
  EXPECT_EQ(bad.error(), Error::InvalidArgument);
}

TEST(ResultTest, OkIsNoError) {
  const Result<int> result = Error::Ok;
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.error(), Error::Internal);
}

TEST(ResultTest, MacrosPassErrorsOn) {
  EXPECT_EQ(*quarter(12), 3);
  EXPECT_EQ(*eighth(16), 2);
  EXPECT_EQ(quarter(6).error(), Error::InvalidArgument);
  EXPECT_STREQ(last_error_message(), "6 is not a multiple of 4");
  EXPECT_EQ(quarter(5).error(), Error::InvalidArgument);
  EXPECT_STREQ(last_error_message(), "5 is odd");
}

TEST(ResultTest, DestroysItsValueOnce) {
  int deaths = 0;
  {
    Result<MoveOnly> first(MoveOnly{&deaths});
    Result<MoveOnly> second(std::move(first));
    MoveOnly value(std::move(*second));
    EXPECT_EQ(deaths, 0);
  }
  EXPECT_EQ(deaths, 1);
}

TEST(ResultTest, ConstValues) {
  const auto make = []() -> Result<const std::string> { return std::string("text"); };
  auto moved = make();
  EXPECT_EQ(moved->size(), 4u);
}

TEST(ResultDeathTest, ReadingAFailureEndsTheProcess) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  Result<int> bad = Error::NotFound;
  EXPECT_DEATH((void)*bad, "");
  EXPECT_DEATH((void)bad.get(), "");
}

}  // namespace
