// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <pthreadpool.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include <executorch/extension/threadpool/threadpool_guard.h>
#include <executorch/runtime/core/function_ref.h>
#include <executorch/runtime/platform/compiler.h>

namespace executorch {
namespace extension {
namespace threadpool {

/// Threads that share out the tasks of one call. Several threads may call it at once; their calls
/// run one after the other.
class ThreadPool final {
 public:
  /// @param thread_count threads that work on a call, the calling one included; 0: as many as there
  /// are cpuinfo::get_num_performant_cores().
  explicit ThreadPool(size_t thread_count = 0);
  ~ThreadPool();

  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ThreadPool(ThreadPool&&) = delete;
  ThreadPool& operator=(ThreadPool&&) = delete;

  /// Threads that work on a call, the calling one included.
  size_t get_thread_count() const;

  /**
   * Changes the number of threads, from 1 on; 0 as for the constructor. Safe at any time: calls
   * that are running end with the threads that they have. Threads of former numbers sleep until
   * they are wanted again.
   * @returns false, and changes nothing, if there cannot be so many threads.
   */
  bool set_num_threads(size_t thread_count);

  /// Calls fn(0) ... fn(range - 1), in any order and on any thread, and returns when all are done.
  /// A call from within a task runs its tasks on the thread that makes it.
  void run(runtime::FunctionRef<void(size_t)> fn, size_t range);

  /// Kept for existing callers: set_num_threads().
  ET_DEPRECATED bool _unsafe_reset_threadpool(uint32_t num_threads) {
    return set_num_threads(num_threads);
  }

  /// Ends all threads. Nothing may use the pool, or what get_pthreadpool() returned, meanwhile; the
  /// next use makes a new one.
  ET_EXPERIMENTAL void _unsafe_destroy_threadpool();

 private:
  friend pthreadpool_t get_pthreadpool();

  struct Destroy {
    void operator()(pthreadpool_t pool) const { pthreadpool_destroy(pool); }
  };

  /// The pool in use, made if there is none; null if it cannot be made.
  pthreadpool_t current();

  mutable std::mutex mutex_;
  /// One for each number of threads that was asked for: somebody may still be using it.
  std::map<size_t, std::unique_ptr<pthreadpool, Destroy>> pools_;
  std::atomic<pthreadpool_t> current_{nullptr};
  size_t thread_count_;
};

/// The pool of the process. Never null.
ThreadPool* get_threadpool();

/**
 * The same for libraries that take a pthreadpool_t, such as XNNPACK. Valid as long as the process,
 * also after set_num_threads(). Null, which these take for the calling thread alone, under a
 * NoThreadPoolGuard, within a task of the pool, and where there is one thread only.
 */
pthreadpool_t get_pthreadpool();

}  // namespace threadpool
}  // namespace extension
}  // namespace executorch

namespace torch {
namespace executorch {
namespace threadpool {
using ::executorch::extension::threadpool::get_pthreadpool;
using ::executorch::extension::threadpool::get_threadpool;
using ::executorch::extension::threadpool::NoThreadPoolGuard;
using ::executorch::extension::threadpool::ThreadPool;
}  // namespace threadpool
}  // namespace executorch
}  // namespace torch
