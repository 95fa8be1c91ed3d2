// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/core/device_allocator.h>

namespace executorch {
namespace runtime {
namespace {

// Constant-initialised, so that allocators can register from static constructors.
DeviceAllocatorRegistry registry;

size_t slot_of(etensor::DeviceType type) {
  return static_cast<size_t>(static_cast<int>(type));
}

}  // namespace

DeviceAllocatorRegistry& DeviceAllocatorRegistry::instance() {
  return registry;
}

void DeviceAllocatorRegistry::register_allocator(DeviceAllocator* allocator) {
  if (allocator == nullptr || slot_of(allocator->device_type()) >= etensor::kNumDeviceTypes) {
    ET_REPORT_ERROR("a device allocator is null or of an unknown type of device");
    return;
  }
  allocators_[slot_of(allocator->device_type())] = allocator;
}

DeviceAllocator* DeviceAllocatorRegistry::get_allocator(etensor::DeviceType type) const {
  return slot_of(type) < etensor::kNumDeviceTypes ? allocators_[slot_of(type)] : nullptr;
}

}  // namespace runtime
}  // namespace executorch
