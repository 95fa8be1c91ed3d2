// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cinttypes>
#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/checked_math.h>
#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/memory_allocator.h>
#include <executorch/runtime/core/portable_type/device.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/core/span.h>

namespace executorch {
namespace runtime {

/// The caller's buffers (arenas) that a program's memory plan refers to by number and offset.
class HierarchicalAllocator final {
 public:
  /// @param buffers one per planned buffer, in the order of MethodMeta; must outlive the allocator.
  explicit HierarchicalAllocator(Span<Span<uint8_t>> buffers) : buffers_(buffers) {}

  /// @param planned_buffer_devices where each buffer lives; as many as buffers, or none for
  /// all-CPU.
  HierarchicalAllocator(Span<Span<uint8_t>> buffers,
                        Span<const etensor::Device> planned_buffer_devices)
      : buffers_(buffers), planned_buffer_devices_(planned_buffer_devices) {
    ET_CHECK_MSG(planned_buffer_devices.empty() || planned_buffer_devices.size() == buffers.size(),
                 "%" ET_PRIsize_t " buffers, but %" ET_PRIsize_t " devices", buffers.size(),
                 planned_buffer_devices.size());
  }

  /// Older form: the buffers of at most 16 allocators. Use the constructor that takes spans.
  ET_DEPRECATED HierarchicalAllocator(uint32_t n_allocators, MemoryAllocator* allocators) {
    ET_CHECK_MSG(n_allocators <= kSpanArraySize, "%" PRIu32 " allocators; at most %" ET_PRIsize_t,
                 n_allocators, kSpanArraySize);
    for (uint32_t i = 0; i < n_allocators; ++i) {
      span_array_[i] = {allocators[i].base_address(), allocators[i].size()};
    }
    buffers_ = {span_array_, n_allocators};
  }

  HierarchicalAllocator(const HierarchicalAllocator&) = delete;
  HierarchicalAllocator& operator=(const HierarchicalAllocator&) = delete;

  /**
   * The address of `size_bytes` bytes at `offset_bytes` in buffer `memory_id` (from 0).
   * InvalidArgument if there is no such buffer or the sum overflows; MemoryAllocationFailed if the
   * buffer is too small.
   */
  ET_NODISCARD Result<void*> get_offset_address(uint32_t memory_id, size_t offset_bytes,
                                                size_t size_bytes) const {
    ET_CHECK_OR_RETURN_ERROR(memory_id < buffers_.size(), InvalidArgument,
                             "planned buffer %" PRIu32 " does not exist: %" ET_PRIsize_t
                             " were given",
                             memory_id, buffers_.size());
    size_t end = 0;
    ET_CHECK_OR_RETURN_ERROR(!add_overflows(offset_bytes, size_bytes, &end), InvalidArgument,
                             "offset %" ET_PRIsize_t " plus size %" ET_PRIsize_t " overflows",
                             offset_bytes, size_bytes);
    const Span<uint8_t>& buffer = buffers_[memory_id];
    ET_CHECK_OR_RETURN_ERROR(end <= buffer.size(), MemoryAllocationFailed,
                             "planned buffer %" PRIu32 " has %" ET_PRIsize_t
                             " bytes, but %" ET_PRIsize_t " are needed",
                             memory_id, buffer.size(), end);
    return static_cast<void*>(buffer.data() + offset_bytes);
  }

  /// Where each buffer lives; empty if all are in the CPU's memory.
  Span<const etensor::Device> planned_buffer_devices() const { return planned_buffer_devices_; }

 private:
  static constexpr size_t kSpanArraySize = 16;

  // Backing store of buffers_ for the deprecated constructor only.
  Span<uint8_t> span_array_[kSpanArraySize];
  Span<Span<uint8_t>> buffers_;
  Span<const etensor::Device> planned_buffer_devices_;
};

}  // namespace runtime
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::runtime::HierarchicalAllocator;
}  // namespace executor
}  // namespace torch
