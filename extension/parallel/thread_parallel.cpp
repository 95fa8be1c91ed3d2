// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/parallel/thread_parallel.h>

#include <algorithm>

#include <executorch/extension/threadpool/threadpool.h>

#ifndef ET_USE_THREADPOOL
#error "extension_threadpool is compiled with ET_USE_THREADPOOL"
#endif

namespace executorch {
namespace extension {

namespace {

thread_local int64_t thread_num = 0;

// The number of a chunk, while it runs.
class ThreadNumGuard final {
 public:
  explicit ThreadNumGuard(int64_t number) : before_(thread_num) { thread_num = number; }
  ~ThreadNumGuard() { thread_num = before_; }
  ThreadNumGuard(const ThreadNumGuard&) = delete;
  ThreadNumGuard& operator=(const ThreadNumGuard&) = delete;

 private:
  const int64_t before_;
};

}  // namespace

int64_t get_thread_num() {
  return thread_num;
}

void set_thread_num(int64_t number) {
  thread_num = number;
}

int64_t get_thread_count() {
  return static_cast<int64_t>(threadpool::get_threadpool()->get_thread_count());
}

bool parallel_for(int64_t begin, int64_t end, int64_t grain_size,
                  runtime::FunctionRef<void(int64_t, int64_t)> f) {
  ET_CHECK_OR_RETURN_FALSE(begin >= 0 && begin <= end && grain_size > 0,
                           "invalid range [%lld, %lld) or grain size %lld",
                           static_cast<long long>(begin), static_cast<long long>(end),
                           static_cast<long long>(grain_size));
  const int64_t count = end - begin;
  if (count == 0) {
    return true;
  }
  const int64_t most_chunks = (count - 1) / grain_size + 1;
  if (most_chunks == 1 || threadpool::NoThreadPoolGuard::is_enabled()) {
    const ThreadNumGuard guard(0);
    f(begin, end);
    return true;
  }
  const int64_t num_chunks = std::min(most_chunks, get_thread_count());
  const int64_t chunk_size = (count - 1) / num_chunks + 1;
  threadpool::get_threadpool()->run(
      [&](size_t chunk) {
        const int64_t offset = static_cast<int64_t>(chunk) * chunk_size;
        if (offset < count) {
          const ThreadNumGuard guard(static_cast<int64_t>(chunk));
          f(begin + offset, begin + std::min(offset + chunk_size, count));
        }
      },
      static_cast<size_t>(num_chunks));
  return true;
}

}  // namespace extension
}  // namespace executorch
