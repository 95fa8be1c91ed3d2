// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <executorch/runtime/core/hierarchical_allocator.h>
#include <executorch/runtime/core/memory_allocator.h>
#include <executorch/runtime/core/portable_type/device.h>
#include <executorch/runtime/core/span.h>
#include <executorch/runtime/platform/compiler.h>

namespace executorch {
namespace runtime {

/// All the memory that a method uses. Owns nothing; everything must outlive the method.
class MemoryManager final {
 public:
  /**
   * @param method_allocator for the structures of a loaded method; used only while loading.
   * @param planned_memory the buffers of MethodMeta::memory_planned_buffer_size(); may be null for
   * a method without any.
   * @param temp_allocator scratch memory of kernels and backends, reset after every instruction.
   * Null: taken from the platform (et_pal_allocate()). Must not be the method allocator.
   */
  explicit MemoryManager(MemoryAllocator* method_allocator,
                         HierarchicalAllocator* planned_memory = nullptr,
                         MemoryAllocator* temp_allocator = nullptr)
      : method_allocator_(method_allocator),
        planned_memory_(planned_memory),
        temp_allocator_(temp_allocator) {
    ET_CHECK_MSG(method_allocator == nullptr || method_allocator != temp_allocator,
                 "method_allocator cannot be used as temp_allocator, which is reset");
  }

  /// Older form; `constant_allocator` is ignored.
  ET_DEPRECATED MemoryManager(MemoryAllocator* constant_allocator,
                              HierarchicalAllocator* non_constant_allocator,
                              MemoryAllocator* runtime_allocator,
                              MemoryAllocator* temporary_allocator)
      : MemoryManager(runtime_allocator, non_constant_allocator, temporary_allocator) {
    (void)constant_allocator;
  }

  MemoryAllocator* method_allocator() const { return method_allocator_; }
  HierarchicalAllocator* planned_memory() const { return planned_memory_; }
  MemoryAllocator* temp_allocator() const { return temp_allocator_; }

  /// Where each planned buffer lives; empty if all are in the CPU's memory.
  Span<const etensor::Device> planned_buffer_devices() const {
    return planned_memory_ == nullptr ? Span<const etensor::Device>()
                                      : planned_memory_->planned_buffer_devices();
  }

  /// Whether a planned buffer lives outside the CPU's memory.
  bool has_device_memory() const {
    for (const etensor::Device& device : planned_buffer_devices()) {
      if (!device.is_cpu()) {
        return true;
      }
    }
    return false;
  }

 private:
  MemoryAllocator* method_allocator_;
  HierarchicalAllocator* planned_memory_;
  MemoryAllocator* temp_allocator_;
};

}  // namespace runtime
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::runtime::MemoryManager;
}  // namespace executor
}  // namespace torch
