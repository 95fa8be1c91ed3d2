// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include <executorch/devtools/etdump/data_sinks/data_sink_base.h>
#include <executorch/runtime/core/span.h>

namespace executorch {
namespace etdump {

/// Collects tensors in memory of the caller's. Each begins at an address that is a multiple of the
/// alignment.
class BufferDataSink : public DataSinkBase {
 public:
  /**
   * @param ptr of a buffer of `size` bytes, which has to outlive the sink. Offsets count from it.
   * @param alignment a power of two, else InvalidArgument.
   */
  static runtime::Result<BufferDataSink> create(void* ptr, size_t size, size_t alignment = 64);

  static runtime::Result<BufferDataSink> create(runtime::Span<uint8_t> buffer,
                                                size_t alignment = 64) {
    return create(buffer.data(), buffer.size(), alignment);
  }

  BufferDataSink(const BufferDataSink&) = delete;
  BufferDataSink& operator=(const BufferDataSink&) = delete;
  BufferDataSink(BufferDataSink&&) = default;
  BufferDataSink& operator=(BufferDataSink&&) = default;

  /// OutOfResources if the rest of the buffer is too small.
  runtime::Result<size_t> write(const void* ptr, size_t length) override;
  size_t get_used_bytes() const override { return used_; }

 private:
  BufferDataSink(uint8_t* data, size_t size, size_t alignment)
      : data_(data), size_(size), alignment_(alignment) {}

  uint8_t* data_;
  size_t size_;
  size_t alignment_;
  size_t used_ = 0;
};

}  // namespace etdump
}  // namespace executorch
