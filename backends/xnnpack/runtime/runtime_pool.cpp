// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/backends/xnnpack/runtime/runtime_pool.h>

// The library's public interface has no call for it: the pool is a field of its own structure.
#include <xnnpack/subgraph.h>

namespace executorch::backends::xnnpack {

void set_runtime_pool(xnn_runtime_t runtime, pthreadpool_t pool) {
  runtime->threadpool = pool;
}

}  // namespace executorch::backends::xnnpack
