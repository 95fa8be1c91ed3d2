// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <executorch/runtime/backend/options.h>
#include <executorch/runtime/core/event_tracer.h>
#include <executorch/runtime/core/memory_allocator.h>
#include <executorch/runtime/core/named_data_map.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/core/span.h>

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {

/// What a backend is given in init(). Nothing in it is owned.
class BackendInitContext final {
 public:
  explicit BackendInitContext(MemoryAllocator* runtime_allocator,
                              EventTracer* event_tracer = nullptr,
                              const char* method_name = nullptr,
                              const NamedDataMap* named_data_map = nullptr,
                              Span<const BackendOption> runtime_specs = {})
      : runtime_allocator_(runtime_allocator),
        event_tracer_(event_tracer),
        method_name_(method_name),
        named_data_map_(named_data_map),
        runtime_specs_(runtime_specs) {}

  /// Memory that lives as long as the method.
  MemoryAllocator* get_runtime_allocator() { return runtime_allocator_; }

  /// Null unless the caller traces events.
  EventTracer* event_tracer() { return event_tracer_; }

  /// The method that is being loaded; valid during the call. May be null.
  const char* get_method_name() const { return method_name_; }

  /// Data from the program and from beside it. Null if there is none.
  const NamedDataMap* get_named_data_map() const { return named_data_map_; }

  /// Options that the caller of load_method() set for this backend.
  Span<const BackendOption> runtime_specs() const { return runtime_specs_; }

  /// One of those as bool, int or const char*. NotFound, or InvalidArgument if of another type.
  template <typename T>
  Result<T> get_runtime_spec(const char* key) const {
    ET_CHECK_OR_RETURN_ERROR(key != nullptr, InvalidArgument, "the option's key is null");
    const BackendOption* option =
        internal::find_option(runtime_specs_.data(), runtime_specs_.size(), key);
    if (option == nullptr) {
      return Error::NotFound;  // Not reported: most options are never set.
    }
    T value;
    ET_CHECK_OK_OR_RETURN_ERROR(internal::read_option(*option, &value));
    return value;
  }

 private:
  MemoryAllocator* runtime_allocator_;
  EventTracer* event_tracer_;
  const char* method_name_;
  const NamedDataMap* named_data_map_;
  Span<const BackendOption> runtime_specs_;
};

}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::ET_RUNTIME_NAMESPACE::BackendInitContext;
}  // namespace executor
}  // namespace torch
