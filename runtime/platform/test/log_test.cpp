// SPDX-License-Identifier: BSD-3-Clause

// Statements are compiled in for this file, whatever the library was built with.
#undef ET_LOG_ENABLED
#define ET_LOG_ENABLED 1
#undef ET_MIN_LOG_LEVEL
#define ET_MIN_LOG_LEVEL Info

#include <executorch/runtime/platform/log.h>

#include <cstring>
#include <string>
#include <vector>

#include <executorch/runtime/platform/assert.h>
#include <executorch/runtime/platform/clock.h>
#include <executorch/runtime/platform/platform.h>
#include <executorch/runtime/platform/profiler.h>
#include <executorch/runtime/platform/runtime.h>
#include <executorch/runtime/platform/system.h>
#include <gtest/gtest.h>

using namespace executorch::runtime;

namespace {

struct Line {
  et_pal_log_level_t level;
  std::string file, function, message;
  size_t line, length;
};
std::vector<Line> lines;

void record(et_timestamp_t, et_pal_log_level_t level, const char* filename, const char* function,
            size_t line, const char* message, size_t length) {
  lines.push_back({level, filename, function, message, line, length});
}

class LogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    runtime_init();
    ASSERT_TRUE(register_pal(PalImpl::create(record, __FILE__)));
    lines.clear();
  }
};

TEST_F(LogTest, TellsWhere) {
  ET_LOG(Error, "%s %d", "seven", 7);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].level, kError);
  EXPECT_EQ(lines[0].file, "log_test.cpp");
  EXPECT_EQ(lines[0].function, "TestBody");
  EXPECT_EQ(lines[0].line, static_cast<size_t>(__LINE__ - 5));
  EXPECT_EQ(lines[0].message, "seven 7");
  EXPECT_EQ(lines[0].length, 7u);
}

TEST_F(LogTest, LevelsBelowTheMinimumAreDropped) {
  ET_LOG(Debug, "debug");
  ET_LOG(Info, "info");
  ET_LOG(Fatal, "fatal");
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].level, kInfo);
  EXPECT_EQ(lines[1].level, kFatal);
}

TEST_F(LogTest, LongLinesAreCut) {
  const std::string text(1000, 'x');
  ET_LOG(Info, "%s", text.c_str());
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].message.size(), 255u);
  EXPECT_EQ(lines[0].length, 255u);
  EXPECT_EQ(lines[0].message.back(), '$');
}

TEST_F(LogTest, UsableInUnbracedIf) {
  if (lines.empty())
    ET_LOG(Info, "then");
  else
    ET_LOG(Info, "else");
  EXPECT_EQ(lines.size(), 1u);
}

TEST_F(LogTest, PalIsReplacedHookByHook) {
  PalImpl impl = PalImpl::create(nullptr, nullptr);
  impl.current_ticks = [] { return et_timestamp_t(50); };
  impl.ticks_to_ns_multiplier = [] { return et_tick_ratio_t{3, 2}; };
  ASSERT_TRUE(register_pal(impl));
  EXPECT_EQ(pal_current_ticks(), 50u);
  EXPECT_EQ(ticks_to_ns(50), 75u);
  // Logging is still the one of SetUp().
  EXPECT_EQ(get_pal_impl()->emit_log_message, record);
  impl.current_ticks = et_pal_current_ticks;
  impl.ticks_to_ns_multiplier = et_pal_ticks_to_ns_multiplier;
  ASSERT_TRUE(register_pal(impl));
  const et_timestamp_t before = pal_current_ticks();
  EXPECT_LE(before, pal_current_ticks());
}

TEST_F(LogTest, AllocatesAndFrees) {
  void* memory = pal_allocate(64);
  ASSERT_NE(memory, nullptr);
  memset(memory, 1, 64);
  pal_free(memory);
  pal_free(nullptr);
}

TEST_F(LogTest, ChecksPassSilently) {
  ET_CHECK(lines.empty());
  ET_CHECK_MSG(lines.empty(), "%d", 1);
  ET_DCHECK(lines.empty());
  ET_DCHECK_MSG(lines.empty(), "%d", 1);
  ET_CHECK_OR_LOG_ERROR(lines.empty());
  EXPECT_TRUE(lines.empty());
  ET_CHECK_OR_LOG_ERROR(!lines.empty());
  EXPECT_EQ(lines.size(), 1u);
}

TEST(AssertDeathTest, FailedChecksEndTheProcess) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(ET_CHECK(1 + 1 == 3), "");
  EXPECT_DEATH(ET_CHECK_MSG(1 + 1 == 3, "sum"), "");
  EXPECT_DEATH(ET_ASSERT_UNREACHABLE_MSG("here"), "");
  EXPECT_DEATH(runtime_abort(), "");
}

TEST_F(LogTest, NamesTheLibraryOfAnAddress) {
  EXPECT_STRNE(et_pal_get_shared_library_name(reinterpret_cast<const void*>(&register_pal)), "");
}

TEST_F(LogTest, ProfilerMacrosExpandToNothing) {
  EXECUTORCH_SCOPE_PROF("scope");
  const int token = EXECUTORCH_BEGIN_PROF("event");
  EXECUTORCH_END_PROF(token);
  EXPECT_EQ(EXECUTORCH_TRACK_ALLOCATOR("pool"), -1);
}

}  // namespace
