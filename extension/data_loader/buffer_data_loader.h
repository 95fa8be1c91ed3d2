// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <executorch/runtime/core/checked_math.h>
#include <executorch/runtime/core/data_loader.h>

namespace executorch {
namespace extension {

/// Serves bytes that are in memory already, without copying. What was loaded is valid as long as
/// the memory is.
class BufferDataLoader final : public runtime::DataLoader {
 public:
  /// @param data `size` bytes, aligned to alignof(std::max_align_t) if they are a program.
  BufferDataLoader(const void* data, size_t size)
      : data_(static_cast<const uint8_t*>(data)), size_(size) {}

  ET_NODISCARD runtime::Result<runtime::FreeableBuffer> load(size_t offset, size_t size,
                                                             const SegmentInfo&) const override {
    ET_CHECK_OK_OR_RETURN_ERROR(check_range(offset, size));
    return runtime::FreeableBuffer(data_ + offset, size, /*free_fn=*/nullptr);
  }

  ET_NODISCARD runtime::Error load_into(size_t offset, size_t size, const SegmentInfo&,
                                        void* buffer) const override {
    ET_CHECK_OK_OR_RETURN_ERROR(check_range(offset, size));
    ET_CHECK_OR_RETURN_ERROR(buffer != nullptr || size == 0, InvalidArgument,
                             "the buffer for %zu bytes is null", size);
    if (size > 0) {
      std::memcpy(buffer, data_ + offset, size);
    }
    return runtime::Error::Ok;
  }

  ET_NODISCARD runtime::Result<size_t> size() const override { return size_; }

 private:
  runtime::Error check_range(size_t offset, size_t size) const {
    ET_CHECK_OR_RETURN_ERROR(runtime::range_fits(offset, size, size_), InvalidArgument,
                             "cannot read %zu bytes at offset %zu: the data has %zu bytes", size,
                             offset, size_);
    return runtime::Error::Ok;
  }

  const uint8_t* data_;
  size_t size_;
};

}  // namespace extension
}  // namespace executorch

namespace torch {
namespace executor {
namespace util {
using ::executorch::extension::BufferDataLoader;
}  // namespace util
}  // namespace executor
}  // namespace torch
