// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/devtools/etdump/data_sinks/buffer_data_sink.h>

#include <cstring>

namespace executorch {
namespace etdump {

using runtime::Error;
using runtime::Result;

Result<BufferDataSink> BufferDataSink::create(void* ptr, size_t size, size_t alignment) {
  ET_CHECK_OR_RETURN_ERROR(alignment > 0 && (alignment & (alignment - 1)) == 0, InvalidArgument,
                           "BufferDataSink: alignment %zu is not a power of two", alignment);
  ET_CHECK_OR_RETURN_ERROR(ptr != nullptr || size == 0, InvalidArgument,
                           "BufferDataSink: the buffer of %zu bytes is null", size);
  return BufferDataSink(static_cast<uint8_t*>(ptr), size, alignment);
}

Result<size_t> BufferDataSink::write(const void* ptr, size_t length) {
  if (length == 0) {
    return used_;
  }
  const uintptr_t end = reinterpret_cast<uintptr_t>(data_) + used_;
  const size_t padding = (alignment_ - end % alignment_) % alignment_;
  ET_CHECK_OR_RETURN_ERROR(
      padding <= size_ - used_ && length <= size_ - used_ - padding, OutOfResources,
      "BufferDataSink: %zu bytes do not fit, %zu of %zu are used", length, used_, size_);
  const size_t offset = used_ + padding;
  std::memcpy(data_ + offset, ptr, length);
  used_ = offset + length;
  return offset;
}

}  // namespace etdump
}  // namespace executorch
