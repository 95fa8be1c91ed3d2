// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdlib>
#include <utility>
#include <vector>

#include <executorch/runtime/core/result.h>
#include <executorch/runtime/core/span.h>
#include <executorch/runtime/executor/method.h>

namespace executorch {
namespace extension {

/// Owns what prepare_input_tensors() allocated: keep it until the method has run for the last time.
class BufferCleanup final {
 public:
  /// @param buffers an array from malloc() of pointers from malloc(); free() is called on each.
  explicit BufferCleanup(runtime::Span<void*> buffers) : buffers_(buffers) {}

  BufferCleanup(BufferCleanup&& other) noexcept : buffers_(std::exchange(other.buffers_, {})) {}
  BufferCleanup(const BufferCleanup&) = delete;
  BufferCleanup& operator=(const BufferCleanup&) = delete;
  BufferCleanup& operator=(BufferCleanup&&) = delete;

  ~BufferCleanup() {
    for (void* buffer : buffers_) {
      std::free(buffer);
    }
    std::free(buffers_.data());
  }

 private:
  runtime::Span<void*> buffers_;
};

/// Limits against programs that ask for absurd amounts.
struct PrepareInputTensorsOptions {
  /// Bytes for all inputs together.
  size_t max_total_allocation_size = 1024 * 1024 * 1024;
  size_t max_inputs = 1024;
};

/**
 * Sets every input of a method: tensors of the largest shape that the method takes, filled with
 * ones or with given data. Inputs of other kinds keep the value that the program was exported with.
 * @param input_buffers address and size in bytes of the data of each tensor input, in order; may
 * have fewer elements than there are tensors, which are then filled with ones. Copied.
 * @returns InvalidArgument if a size does not fit, there are more buffers than tensors, or a limit
 * is exceeded; MemoryAllocationFailed; or an error of Method::set_input().
 */
runtime::Result<BufferCleanup> prepare_input_tensors(
    runtime::Method& method, PrepareInputTensorsOptions options = {},
    const std::vector<std::pair<char*, size_t>>& input_buffers = {});

}  // namespace extension
}  // namespace executorch

namespace torch {
namespace executor {
namespace util {
using ::executorch::extension::BufferCleanup;
using ::executorch::extension::prepare_input_tensors;
using ::executorch::extension::PrepareInputTensorsOptions;
}  // namespace util
}  // namespace executor
}  // namespace torch
