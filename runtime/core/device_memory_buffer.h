// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include <executorch/runtime/core/device_allocator.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/core/span.h>

namespace executorch {
namespace runtime {

/// Owns a piece of device memory, e.g. a planned buffer of a method.
class DeviceMemoryBuffer final {
 public:
  /// NotFound if no allocator is registered for the type of device; else what the allocator says.
  static Result<DeviceMemoryBuffer> create(size_t size, etensor::DeviceType type,
                                           etensor::DeviceIndex index = 0,
                                           size_t alignment = DeviceAllocator::kDefaultAlignment) {
    DeviceAllocator* allocator = get_device_allocator(type);
    ET_CHECK_OR_RETURN_ERROR(allocator != nullptr, NotFound,
                             "no allocator is registered for device type %d",
                             static_cast<int>(type));
    ET_ASSIGN_OR_RETURN(memory, allocator->allocate(size, index, alignment));
    return DeviceMemoryBuffer(memory, size, allocator, index);
  }

  /// No memory.
  DeviceMemoryBuffer() = default;

  DeviceMemoryBuffer(DeviceMemoryBuffer&& other) noexcept { swap(other); }
  DeviceMemoryBuffer& operator=(DeviceMemoryBuffer&& other) noexcept {
    DeviceMemoryBuffer(std::move(other)).swap(*this);
    return *this;
  }
  DeviceMemoryBuffer(const DeviceMemoryBuffer&) = delete;
  DeviceMemoryBuffer& operator=(const DeviceMemoryBuffer&) = delete;

  ~DeviceMemoryBuffer() {
    if (memory_ != nullptr) {
      allocator_->deallocate(memory_, index_);
    }
  }

  /// The device's address, which the CPU may not be able to use.
  void* data() const { return memory_; }
  size_t size() const { return size_; }
  /// The same for HierarchicalAllocator.
  Span<uint8_t> as_span() const { return {static_cast<uint8_t*>(memory_), size_}; }

 private:
  DeviceMemoryBuffer(void* memory, size_t size, DeviceAllocator* allocator,
                     etensor::DeviceIndex index)
      : memory_(memory), size_(size), allocator_(allocator), index_(index) {}

  void swap(DeviceMemoryBuffer& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(size_, other.size_);
    std::swap(allocator_, other.allocator_);
    std::swap(index_, other.index_);
  }

  void* memory_ = nullptr;
  size_t size_ = 0;
  DeviceAllocator* allocator_ = nullptr;
  etensor::DeviceIndex index_ = 0;
};

}  // namespace runtime
}  // namespace executorch
