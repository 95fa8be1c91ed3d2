// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Memory of other devices than the CPU: the interface that a device's library implements, and the
 * registry that finds it by device type.
 */
#pragma once

#include <cstddef>

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/portable_type/device.h>
#include <executorch/runtime/core/result.h>

namespace executorch {
namespace runtime {

/// Allocates and fills memory of one type of device. Calls may come from several threads.
class DeviceAllocator {
 public:
  /// At least that of any element type.
  static constexpr size_t kDefaultAlignment = 16;

  virtual ~DeviceAllocator() = default;

  /// Returns `nbytes` bytes of device memory. The CPU may not be able to address them.
  ET_NODISCARD virtual Result<void*> allocate(size_t nbytes, etensor::DeviceIndex index,
                                              size_t alignment = kDefaultAlignment) = 0;

  /// Gives back what allocate() returned for the same index.
  virtual void deallocate(void* ptr, etensor::DeviceIndex index) = 0;

  /// Copies from the CPU's memory, and returns when that is done.
  ET_NODISCARD virtual Error copy_host_to_device(void* dst, const void* src, size_t nbytes,
                                                 etensor::DeviceIndex index) = 0;

  /// Copies to the CPU's memory, and returns when that is done.
  ET_NODISCARD virtual Error copy_device_to_host(void* dst, const void* src, size_t nbytes,
                                                 etensor::DeviceIndex index) = 0;

  virtual etensor::DeviceType device_type() const = 0;
};

/// At most one allocator per type of device. Not thread safe: meant for start-up.
class DeviceAllocatorRegistry {
 public:
  static DeviceAllocatorRegistry& instance();

  /// The allocator must live for ever. A second one for the same type replaces the first.
  void register_allocator(DeviceAllocator* allocator);

  /// nullptr if there is none.
  DeviceAllocator* get_allocator(etensor::DeviceType type) const;

 private:
  DeviceAllocator* allocators_[etensor::kNumDeviceTypes] = {};
};

inline void register_device_allocator(DeviceAllocator* allocator) {
  DeviceAllocatorRegistry::instance().register_allocator(allocator);
}

inline DeviceAllocator* get_device_allocator(etensor::DeviceType type) {
  return DeviceAllocatorRegistry::instance().get_allocator(type);
}

}  // namespace runtime
}  // namespace executorch
