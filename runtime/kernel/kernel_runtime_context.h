// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/event_tracer.h>
#include <executorch/runtime/core/memory_allocator.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/platform/compiler.h>

namespace executorch::runtime {

/// What a kernel gets from its caller: a place to report failure, scratch memory, the tracer.
class KernelRuntimeContext {
 public:
  /// Either may be null: no tracing; no scratch memory. Both outlive the context.
  /// @param temp_allocator_id what the tracer calls the allocator.
  explicit KernelRuntimeContext(EventTracer* event_tracer = nullptr,
                                MemoryAllocator* temp_allocator = nullptr,
                                ET_UNUSED AllocatorID temp_allocator_id = 0)
      : event_tracer_(event_tracer), temp_allocator_(temp_allocator) {
#ifdef ET_EVENT_TRACER_ENABLED
    temp_allocator_id_ = temp_allocator_id;
#endif
  }

  /// Reports that the kernel failed; execution stops with this error once the kernel returns.
  void fail(Error error) {
    failure_state_ = error;
  }
  ET_NODISCARD Error failure_state() const {
    return failure_state_;
  }

  /// Scratch memory that lives until the kernel returns. NotFound when the caller gave none,
  /// MemoryAllocationFailed when there is too little.
  Result<void*> allocate_temp(size_t size, size_t alignment = MemoryAllocator::kDefaultAlignment) {
    ET_CHECK_OR_RETURN_ERROR(temp_allocator_ != nullptr, NotFound,
                             "%zu bytes of scratch memory are needed and no temporary allocator "
                             "was given",
                             size);
    has_allocated_ = true;
    void* memory = temp_allocator_->allocate(size, alignment);
    ET_CHECK_OR_RETURN_ERROR(memory != nullptr, MemoryAllocationFailed,
                             "%zu bytes of scratch memory could not be allocated", size);
#ifdef ET_EVENT_TRACER_ENABLED
    if (event_tracer_ != nullptr) {
      event_tracer_->track_allocation(temp_allocator_id_, size);
    }
#endif
    return memory;
  }

  /// For the generated wrappers of kernels.
  EventTracer* internal_event_tracer() {
    return event_tracer_;
  }

  /// Whether the temporary allocator has been asked for memory, for the executor to reset it.
  bool internal_has_allocated() const {
    return has_allocated_;
  }

 private:
  EventTracer* event_tracer_ = nullptr;
  MemoryAllocator* temp_allocator_ = nullptr;
  Error failure_state_ = Error::Ok;
  bool has_allocated_ = false;
#ifdef ET_EVENT_TRACER_ENABLED
  AllocatorID temp_allocator_id_;
#endif
};

}  // namespace executorch::runtime

namespace executorch::aten {
using RuntimeContext = ::executorch::runtime::KernelRuntimeContext;
}  // namespace executorch::aten

namespace torch {
namespace executor {
using ::executorch::runtime::KernelRuntimeContext;
using RuntimeContext = ::executorch::runtime::KernelRuntimeContext;
}  // namespace executor
}  // namespace torch
