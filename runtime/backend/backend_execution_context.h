// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cstddef>

#include <executorch/runtime/core/event_tracer_hooks.h>
#include <executorch/runtime/core/memory_allocator.h>

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {

/// What a backend is given in execute(). Nothing in it is owned.
class BackendExecutionContext final {
 public:
  explicit BackendExecutionContext(EventTracer* event_tracer = nullptr,
                                   MemoryAllocator* temp_allocator = nullptr,
                                   const char* method_name = nullptr,
                                   AllocatorID temp_allocator_id = 0)
      : event_tracer_(event_tracer),
        temp_allocator_(temp_allocator),
        method_name_(method_name),
        temp_allocator_id_(temp_allocator_id) {}

  /// Null unless the caller traces events.
  EventTracer* event_tracer() { return event_tracer_; }

  /// Memory until the end of the call; nullptr if there is none.
  void* allocate(size_t size, size_t alignment = MemoryAllocator::kDefaultAlignment) {
    void* memory =
        temp_allocator_ == nullptr ? nullptr : temp_allocator_->allocate(size, alignment);
    if (memory != nullptr) {
      internal::event_tracer_track_allocation(event_tracer_, temp_allocator_id_, size);
    }
    return memory;
  }

  /// The source of allocate(); null if the caller gave none.
  MemoryAllocator* get_temp_allocator() { return temp_allocator_; }

  /// The method that is being executed. May be null.
  const char* get_method_name() const { return method_name_; }

 private:
  EventTracer* event_tracer_;
  MemoryAllocator* temp_allocator_;
  const char* method_name_;
  /// What the tracer calls the allocator.
  AllocatorID temp_allocator_id_;
};

}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::ET_RUNTIME_NAMESPACE::BackendExecutionContext;
}  // namespace executor
}  // namespace torch
