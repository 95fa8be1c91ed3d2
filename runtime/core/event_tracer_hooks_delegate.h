// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * What a backend calls to report its own operations to the event tracer. Every hook accepts a null
 * tracer, and is empty unless ET_EVENT_TRACER_ENABLED is defined. An operation is identified either
 * by `name` or by `delegate_debug_id`; the other one is nullptr or kUnsetDelegateDebugIntId.
 */
#pragma once

#include <type_traits>

#include <executorch/runtime/core/event_tracer.h>

namespace executorch {
namespace runtime {

inline EventTracerEntry event_tracer_start_profiling_delegate(
    ET_UNUSED EventTracer* event_tracer, ET_UNUSED const char* name,
    ET_UNUSED DelegateDebugIntId delegate_debug_id) {
#ifdef ET_EVENT_TRACER_ENABLED
  if (event_tracer != nullptr) {
    return event_tracer->start_profiling_delegate(name, delegate_debug_id);
  }
#endif
  return EventTracerEntry();
}

/// @param metadata bytes in a format of the backend's own; copied.
inline void event_tracer_end_profiling_delegate(ET_UNUSED EventTracer* event_tracer,
                                                ET_UNUSED EventTracerEntry event_tracer_entry,
                                                ET_UNUSED const void* metadata = nullptr,
                                                ET_UNUSED size_t metadata_len = 0) {
#ifdef ET_EVENT_TRACER_ENABLED
  if (event_tracer != nullptr) {
    event_tracer->end_profiling_delegate(event_tracer_entry, metadata, metadata_len);
  }
#endif
}

/// Reports an operation that is over, with times in ticks of any clock.
inline void event_tracer_log_profiling_delegate(ET_UNUSED EventTracer* event_tracer,
                                                ET_UNUSED const char* name,
                                                ET_UNUSED DelegateDebugIntId delegate_debug_id,
                                                ET_UNUSED et_timestamp_t start_time,
                                                ET_UNUSED et_timestamp_t end_time,
                                                ET_UNUSED const void* metadata = nullptr,
                                                ET_UNUSED size_t metadata_len = 0) {
#ifdef ET_EVENT_TRACER_ENABLED
  if (event_tracer != nullptr) {
    event_tracer->log_profiling_delegate(name, delegate_debug_id, start_time, end_time, metadata,
                                         metadata_len);
  }
#endif
}

/// Logs an output; T is Tensor, ArrayRef<Tensor>, int, bool or double.
template <typename T>
inline void event_tracer_log_output_delegate(ET_UNUSED EventTracer* event_tracer,
                                             ET_UNUSED const char* name,
                                             ET_UNUSED DelegateDebugIntId delegate_debug_id,
                                             ET_UNUSED const T& output) {
  static_assert(std::is_same<T, int>::value || std::is_same<T, bool>::value ||
                    std::is_same<T, double>::value ||
                    std::is_same<T, executorch::aten::Tensor>::value ||
                    std::is_same<T, ArrayRef<executorch::aten::Tensor>>::value,
                "not a type of output that can be logged");
#ifdef ET_EVENT_TRACER_ENABLED
  if (event_tracer != nullptr) {
    (void)event_tracer->log_intermediate_output_delegate(name, delegate_debug_id, output);
  }
#endif
}

}  // namespace runtime
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::runtime::event_tracer_end_profiling_delegate;
using ::executorch::runtime::event_tracer_log_output_delegate;
using ::executorch::runtime::event_tracer_log_profiling_delegate;
using ::executorch::runtime::event_tracer_start_profiling_delegate;
}  // namespace executor
}  // namespace torch
