// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/threadpool/threadpool.h>

#include <sched.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <thread>
#include <vector>

#include <executorch/extension/threadpool/cpu_quota.h>
#include <executorch/extension/threadpool/cpuinfo_utils.h>
#include <gtest/gtest.h>

namespace executorch {
namespace extension {
namespace threadpool {
namespace {

std::vector<int> count_runs(ThreadPool& pool, size_t range) {
  std::vector<std::atomic<int>> runs(range);
  pool.run([&](size_t i) { ++runs[i]; }, range);
  return std::vector<int>(runs.begin(), runs.end());
}

TEST(ThreadPoolTest, RunsEveryTaskOnce) {
  for (const size_t threads : {1u, 2u, 5u}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.get_thread_count(), threads);
    for (const size_t range : {0u, 1u, 3u, 1000u}) {
      EXPECT_EQ(count_runs(pool, range), std::vector<int>(range, 1));
    }
  }
}

TEST(ThreadPoolTest, ProcessPoolHasOneThreadPerPerformanceCore) {
  EXPECT_EQ(get_threadpool(), get_threadpool());
  EXPECT_GE(cpuinfo::get_num_performant_cores(), 1u);
  EXPECT_LE(cpuinfo::get_num_performant_cores(), std::thread::hardware_concurrency());
  EXPECT_EQ(get_threadpool()->get_thread_count(), cpuinfo::get_num_performant_cores());
}

TEST(ThreadPoolTest, ChangesNumberOfThreads) {
  ThreadPool* pool = get_threadpool();
  ASSERT_TRUE(pool->set_num_threads(3));
  EXPECT_EQ(pool->get_thread_count(), 3u);
  const pthreadpool_t three = get_pthreadpool();
  ASSERT_NE(three, nullptr);
  EXPECT_EQ(pthreadpool_get_threads_count(three), 3u);
  ASSERT_TRUE(pool->set_num_threads(1));
  EXPECT_EQ(get_pthreadpool(), nullptr);
  EXPECT_EQ(count_runs(*pool, 10), std::vector<int>(10, 1));
  ASSERT_TRUE(pool->set_num_threads(3));
  EXPECT_EQ(get_pthreadpool(), three);
  EXPECT_FALSE(pool->set_num_threads(1u << 20));
  EXPECT_EQ(pool->get_thread_count(), 3u);
  EXPECT_TRUE(pool->set_num_threads(0));
  EXPECT_EQ(pool->get_thread_count(), cpuinfo::get_num_performant_cores());
}

TEST(ThreadPoolTest, OlderNamesOfTheSame) {
  ThreadPool pool(2);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  EXPECT_TRUE(pool._unsafe_reset_threadpool(4));
  EXPECT_EQ(pool.get_thread_count(), 4u);
  pool._unsafe_destroy_threadpool();
#pragma GCC diagnostic pop
  EXPECT_EQ(count_runs(pool, 10), std::vector<int>(10, 1));
  EXPECT_EQ(torch::executorch::threadpool::get_threadpool(), get_threadpool());
}

TEST(ThreadPoolTest, ChangesNumberOfThreadsWhileOthersRun) {
  ThreadPool pool(2);
  std::atomic<bool> is_done{false};
  std::vector<std::thread> callers;
  for (int t = 0; t < 3; ++t) {
    callers.emplace_back([&] {
      while (!is_done) {
        EXPECT_EQ(count_runs(pool, 100), std::vector<int>(100, 1));
      }
    });
  }
  for (size_t i = 0; i < 200; ++i) {
    EXPECT_TRUE(pool.set_num_threads(1 + i % 4));
    std::this_thread::yield();
  }
  is_done = true;
  for (std::thread& caller : callers) {
    caller.join();
  }
}

TEST(ThreadPoolTest, TasksMayUseThePool) {
  ThreadPool pool(3);
  std::atomic<int> runs{0};
  pool.run([&](size_t) { pool.run([&](size_t) { ++runs; }, 5); }, 6);
  EXPECT_EQ(runs, 30);
}

TEST(ThreadPoolTest, GuardKeepsWorkOnTheThread) {
  ThreadPool pool(4);
  ASSERT_TRUE(get_threadpool()->set_num_threads(2));
  EXPECT_FALSE(NoThreadPoolGuard::is_enabled());
  {
    const NoThreadPoolGuard guard;
    {
      const NoThreadPoolGuard nested;
      EXPECT_TRUE(NoThreadPoolGuard::is_enabled());
    }
    EXPECT_TRUE(NoThreadPoolGuard::is_enabled());
    EXPECT_EQ(get_pthreadpool(), nullptr);
    const auto self = std::this_thread::get_id();
    pool.run([&](size_t) { EXPECT_EQ(std::this_thread::get_id(), self); }, 100);
    std::thread([] { EXPECT_FALSE(NoThreadPoolGuard::is_enabled()); }).join();
  }
  EXPECT_FALSE(NoThreadPoolGuard::is_enabled());
  EXPECT_NE(get_pthreadpool(), nullptr);
}

#if defined(__linux__)
TEST(CpuinfoUtilsTest, CountsOnlyCoresThatTheProcessMayUse) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++i) {
    if (CPU_ISSET(i, &before)) {
      CPU_SET(i, &one);
    }
  }
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  EXPECT_EQ(cpuinfo::get_num_performant_cores(), 1u);
  ASSERT_EQ(sched_setaffinity(0, sizeof(before), &before), 0);
}
#endif

TEST(CpuQuotaTest, SmallestLimitOfTheGroups) {
  const auto root = std::filesystem::temp_directory_path() / "cpu_quota_test";
  std::filesystem::remove_all(root);
  const auto write = [&](const std::string& path, const std::string& text) {
    std::filesystem::create_directories((root / path).parent_path());
    std::ofstream(root / path) << text;
  };
  const auto quota = [&] {
    return cpuinfo::internal::cpu_quota((root / "cgroup").string(), (root / "fs").string());
  };
  EXPECT_EQ(quota(), 0u);
  write("cgroup", "0::/a/b\n");
  EXPECT_EQ(quota(), 0u);
  write("fs/cpu.max", "max 100000\n");
  EXPECT_EQ(quota(), 0u);
  write("fs/a/b/cpu.max", "350000 100000\n");
  EXPECT_EQ(quota(), 4u);
  write("fs/a/cpu.max", "200000 100000\n");
  EXPECT_EQ(quota(), 2u);
  write("fs/cpu.max", "50000 100000\n");
  EXPECT_EQ(quota(), 1u);
  write("fs/cpu.max", "nonsense");
  EXPECT_EQ(quota(), 2u);
  write("cgroup", "3:cpuset:/x\n2:cpu,cpuacct:/y\nnonsense\n");
  EXPECT_EQ(quota(), 0u);
  write("fs/cpu/cpu.cfs_quota_us", "-1");
  write("fs/cpu/cpu.cfs_period_us", "100000");
  EXPECT_EQ(quota(), 0u);
  write("fs/cpu/y/cpu.cfs_quota_us", "300000");
  write("fs/cpu/y/cpu.cfs_period_us", "100000");
  EXPECT_EQ(quota(), 3u);
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace threadpool
}  // namespace extension
}  // namespace executorch
