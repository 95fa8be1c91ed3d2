// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <pthreadpool.h>

namespace executorch::extension::threadpool {

inline pthreadpool_t get_pthreadpool() {
  static const pthreadpool_t pool = pthreadpool_create(0);
  return pool;
}

}  // namespace executorch::extension::threadpool
