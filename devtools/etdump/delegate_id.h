// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/runtime/core/event_tracer.h>

namespace executorch {
namespace etdump {
namespace internal {

/// InvalidArgument unless either a name or a number identifies an operation of a backend.
inline runtime::Error check_delegate_id(const char* name, runtime::DelegateDebugIntId index) {
  ET_CHECK_OR_RETURN_ERROR(
      (name == nullptr) != (index == runtime::kUnsetDelegateDebugIntId), InvalidArgument,
      "An operation of a backend has either a name or a number: got name %s, number %d",
      name == nullptr ? "null" : name, static_cast<int>(index));
  return runtime::Error::Ok;
}

}  // namespace internal
}  // namespace etdump
}  // namespace executorch
