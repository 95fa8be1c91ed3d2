// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/function_ref.h>
#include <executorch/runtime/platform/assert.h>

#ifdef ET_USE_THREADPOOL

namespace executorch::extension {

/// Calls f(chunk_begin, chunk_end) for disjoint chunks that cover [begin, end), on the process's
/// thread pool. A chunk has at least `grain_size` indices, but for the last. Blocks until all are
/// done. False for an invalid range or grain.
bool parallel_for(int64_t begin, int64_t end, int64_t grain_size,
                  runtime::FunctionRef<void(int64_t, int64_t)> f);
/// The number of the calling thread within a parallel_for; 0 outside.
int64_t get_thread_num();
void set_thread_num(int64_t thread_num);
/// Threads that a parallel_for may use.
int64_t get_thread_count();

}  // namespace executorch::extension

#else

namespace executorch::extension {

namespace internal {
/// Whether begin <= end and grain_size > 0; otherwise reports it.
inline bool parallel_for_args_ok(int64_t begin, int64_t end, int64_t grain_size) {
  ET_CHECK_OR_RETURN_FALSE(begin <= end && grain_size > 0, "invalid range or grain size %lld",
                           static_cast<long long>(grain_size));
  return true;
}
}  // namespace internal

/// Without a thread pool: runs the whole range on the calling thread. Debug builds go through the
/// indices one by one and backwards, so that a function that depends on the order is found out.
template <typename Func>
bool parallel_for(int64_t begin, int64_t end, int64_t grain_size, const Func& f) {
  if (!internal::parallel_for_args_ok(begin, end, grain_size)) {
    return false;
  }
#ifdef NDEBUG
  if (begin < end) {
    f(begin, end);
  }
#else
  for (int64_t i = end; i > begin; --i) {
    f(i - 1, i);
  }
#endif
  return true;
}

inline int64_t get_thread_num() {
  return 0;
}
inline void set_thread_num(int64_t) {}
inline int64_t get_thread_count() {
  return 1;
}

}  // namespace executorch::extension

#endif

namespace torch {
namespace executor {
using ::executorch::extension::get_thread_num;
using ::executorch::extension::parallel_for;
using ::executorch::extension::set_thread_num;
}  // namespace executor
}  // namespace torch
