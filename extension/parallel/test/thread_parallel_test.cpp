// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/parallel/thread_parallel.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include <executorch/extension/threadpool/threadpool.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using executorch::extension::get_thread_num;
using executorch::extension::parallel_for;
using executorch::extension::threadpool::get_threadpool;
using ::testing::Each;

class ThreadParallelTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(get_threadpool()->set_num_threads(4)); }
};

TEST_F(ThreadParallelTest, CoversTheRangeOnce) {
  for (const int64_t begin : {0, 3}) {
    for (const int64_t end : {3, 10, 1001}) {
      for (const int64_t grain : {1, 3, 1000, 5000}) {
        std::vector<std::atomic<int>> visits(static_cast<size_t>(end));
        EXPECT_TRUE(parallel_for(begin, end, grain, [&](int64_t from, int64_t to) {
          EXPECT_LT(from, to);
          for (int64_t i = from; i < to; ++i) {
            ++visits[static_cast<size_t>(i)];
          }
        }));
        for (int64_t i = 0; i < end; ++i) {
          EXPECT_EQ(visits[static_cast<size_t>(i)], i < begin ? 0 : 1);
        }
      }
    }
  }
}

TEST_F(ThreadParallelTest, NumbersChunks) {
  std::atomic<uint64_t> seen{0};
  EXPECT_TRUE(parallel_for(0, 4, 1, [&](int64_t from, int64_t) {
    EXPECT_EQ(get_thread_num(), from);
    seen |= uint64_t{1} << get_thread_num();
  }));
  EXPECT_EQ(seen, 0xfu);
  EXPECT_EQ(get_thread_num(), 0);
  int calls = 0;
  EXPECT_TRUE(parallel_for(0, 4, 4, [&](int64_t from, int64_t to) {
    EXPECT_EQ(from, 0);
    EXPECT_EQ(to, 4);
    ++calls;
  }));
  EXPECT_EQ(calls, 1);
}

TEST_F(ThreadParallelTest, Nests) {
  std::atomic<int64_t> sum{0};
  EXPECT_TRUE(parallel_for(0, 8, 1, [&](int64_t from, int64_t to) {
    for (int64_t i = from; i < to; ++i) {
      EXPECT_TRUE(parallel_for(0, 8, 1, [&](int64_t a, int64_t b) { sum += b - a; }));
    }
  }));
  EXPECT_EQ(sum, 64);
}

TEST_F(ThreadParallelTest, RefusesInvalidRanges) {
  const auto never = [](int64_t, int64_t) { ADD_FAILURE(); };
  EXPECT_FALSE(parallel_for(2, 1, 1, never));
  EXPECT_FALSE(parallel_for(-1, 1, 1, never));
  EXPECT_FALSE(parallel_for(0, 1, 0, never));
  EXPECT_FALSE(parallel_for(0, 1, -1, never));
  EXPECT_TRUE(parallel_for(1, 1, 1, never));
}

}  // namespace
