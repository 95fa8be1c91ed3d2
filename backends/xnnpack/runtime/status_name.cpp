// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/backends/xnnpack/runtime/status_name.h>

namespace executorch::backends::xnnpack {

const char* status_name(xnn_status status) {
  switch (status) {
    case xnn_status_success:
      return "success";
    case xnn_status_uninitialized:
      return "not initialized";
    case xnn_status_invalid_parameter:
      return "invalid parameter";
    case xnn_status_invalid_state:
      return "invalid state";
    case xnn_status_unsupported_parameter:
      return "unsupported parameter";
    case xnn_status_unsupported_hardware:
      return "unsupported hardware";
    case xnn_status_out_of_memory:
      return "out of memory";
    default:
      return "unexpected status";
  }
}

}  // namespace executorch::backends::xnnpack
