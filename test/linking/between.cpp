// SPDX-License-Identifier: BSD-3-Clause

// A library between the application and the runtime. It does not have to use it.

#include <executorch/runtime/core/error.h>

bool is_ok(executorch::runtime::Error error) {
  return error == executorch::runtime::Error::Ok;
}
