// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/threadpool/threadpool.h>

#include <algorithm>

#include <executorch/extension/threadpool/cpuinfo_utils.h>
#include <executorch/runtime/core/error.h>

namespace executorch {
namespace extension {
namespace threadpool {

namespace {

// More threads than any machine has cores are a mistake, and would exhaust the address space.
constexpr size_t kMaxThreads = 1024;

size_t default_thread_count() {
  return std::max<size_t>(1, cpuinfo::get_num_performant_cores());
}

thread_local bool works_alone = false;

}  // namespace

bool NoThreadPoolGuard::is_enabled() {
  return works_alone;
}

void NoThreadPoolGuard::set_enabled(bool enabled) {
  works_alone = enabled;
}

ThreadPool::ThreadPool(size_t thread_count)
    : thread_count_(thread_count == 0 ? default_thread_count()
                                      : std::min(thread_count, kMaxThreads)) {}

ThreadPool::~ThreadPool() = default;

size_t ThreadPool::get_thread_count() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return thread_count_;
}

bool ThreadPool::set_num_threads(size_t thread_count) {
  if (thread_count == 0) {
    thread_count = default_thread_count();
  }
  ET_CHECK_OR_RETURN_FALSE(thread_count <= kMaxThreads, "%zu threads; at most %zu are possible",
                           thread_count, kMaxThreads);
  const std::lock_guard<std::mutex> lock(mutex_);
  thread_count_ = thread_count;
  const auto pool = pools_.find(thread_count);
  // If there is none, the next use makes it.
  current_.store(pool == pools_.end() ? nullptr : pool->second.get(), std::memory_order_release);
  return true;
}

void ThreadPool::_unsafe_destroy_threadpool() {
  const std::lock_guard<std::mutex> lock(mutex_);
  current_.store(nullptr, std::memory_order_release);
  pools_.clear();
}

pthreadpool_t ThreadPool::current() {
  if (pthreadpool_t pool = current_.load(std::memory_order_acquire)) {
    return pool;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  if (thread_count_ == 1) {
    return nullptr;
  }
  auto& pool = pools_[thread_count_];
  if (pool == nullptr) {
    pool.reset(pthreadpool_create(thread_count_));
    if (pool == nullptr) {
      ET_LOG(Error, "No pool of %zu threads", thread_count_);
    }
  }
  current_.store(pool.get(), std::memory_order_release);
  return pool.get();
}

void ThreadPool::run(runtime::FunctionRef<void(size_t)> fn, size_t range) {
  pthreadpool_t pool = range <= 1 || works_alone ? nullptr : current();
  if (pool == nullptr) {
    for (size_t i = 0; i < range; ++i) {
      fn(i);
    }
    return;
  }
  pthreadpool_parallelize_1d(
      pool,
      [](void* context, size_t i) {
        // A task that waited for its own pool would wait for ever.
        const NoThreadPoolGuard guard;
        (*static_cast<runtime::FunctionRef<void(size_t)>*>(context))(i);
      },
      &fn, range, /*flags=*/0);
}

ThreadPool* get_threadpool() {
  // Never destroyed: threads that outlive main() may use it.
  static ThreadPool* const pool = new ThreadPool();
  return pool;
}

pthreadpool_t get_pthreadpool() {
  return works_alone ? nullptr : get_threadpool()->current();
}

}  // namespace threadpool
}  // namespace extension
}  // namespace executorch
