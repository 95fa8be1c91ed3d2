// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>

#include <executorch/runtime/core/result.h>

namespace executorch {
namespace etdump {

/// Where the elements of logged tensors go.
class DataSinkBase {
 public:
  virtual ~DataSinkBase() = default;

  /**
   * Appends `length` bytes.
   * @returns the offset at which they begin in the sink; OutOfResources or AccessFailed if they
   * cannot be stored, with nothing written that a reader would take for data.
   */
  virtual runtime::Result<size_t> write(const void* ptr, size_t length) = 0;

  /// Bytes used so far, padding included.
  virtual size_t get_used_bytes() const = 0;
};

}  // namespace etdump
}  // namespace executorch
