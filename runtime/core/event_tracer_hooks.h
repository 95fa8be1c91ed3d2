// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * What the runtime calls at the places that an event tracer observes. Every hook accepts a null
 * tracer, and is empty unless ET_EVENT_TRACER_ENABLED is defined, so that callers need no #ifdef.
 */
#pragma once

#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/event_tracer.h>

namespace executorch {
namespace runtime {
namespace internal {

/// Times the enclosing scope.
class EventTracerProfileScope final {
 public:
  EventTracerProfileScope(ET_UNUSED EventTracer* event_tracer, ET_UNUSED const char* name,
                          ET_UNUSED EventTracerProfilingLevel level) {
#ifdef ET_EVENT_TRACER_ENABLED
    if (event_tracer != nullptr &&
        static_cast<int>(level) <= static_cast<int>(event_tracer->event_tracer_profiling_level())) {
      event_tracer_ = event_tracer;
      entry_ = event_tracer->start_profiling(name);
    }
#endif
  }

  ~EventTracerProfileScope() {
#ifdef ET_EVENT_TRACER_ENABLED
    if (event_tracer_ != nullptr) {
      event_tracer_->end_profiling(entry_);
    }
#endif
  }

  EventTracerProfileScope(const EventTracerProfileScope&) = delete;
  EventTracerProfileScope& operator=(const EventTracerProfileScope&) = delete;

#ifdef ET_EVENT_TRACER_ENABLED
 private:
  EventTracer* event_tracer_ = nullptr;
  EventTracerEntry entry_ = {};
#endif
};

/// Times a call of a method.
class EventTracerProfileMethodScope final {
 public:
  EventTracerProfileMethodScope(EventTracer* event_tracer, const char* name)
      : scope_(event_tracer, name, EventTracerProfilingLevel::kProfileMethodOnly) {}

 private:
  EventTracerProfileScope scope_;
};

/// Times an instruction or an operator.
class EventTracerProfileOpScope final {
 public:
  EventTracerProfileOpScope(EventTracer* event_tracer, const char* name)
      : scope_(event_tracer, name, EventTracerProfilingLevel::kProfileAllEvents) {}

 private:
  EventTracerProfileScope scope_;
};

/// Sets the instruction that the events of the enclosing scope belong to.
class EventTracerProfileInstructionScope final {
 public:
  EventTracerProfileInstructionScope(ET_UNUSED EventTracer* event_tracer,
                                     ET_UNUSED ChainID chain_idx,
                                     ET_UNUSED DebugHandle debug_handle) {
#ifdef ET_EVENT_TRACER_ENABLED
    event_tracer_ = event_tracer;
    if (event_tracer_ != nullptr) {
      event_tracer_->set_chain_debug_handle(chain_idx, debug_handle);
    }
#endif
  }

  ~EventTracerProfileInstructionScope() {
#ifdef ET_EVENT_TRACER_ENABLED
    if (event_tracer_ != nullptr) {
      event_tracer_->set_chain_debug_handle(kUnsetChainId, kUnsetDebugHandle);
    }
#endif
  }

  EventTracerProfileInstructionScope(const EventTracerProfileInstructionScope&) = delete;
  EventTracerProfileInstructionScope& operator=(const EventTracerProfileInstructionScope&) = delete;

#ifdef ET_EVENT_TRACER_ENABLED
 private:
  EventTracer* event_tracer_;
#endif
};

/// Whether outputs of instructions are to be logged.
inline EventTracerDebugLogLevel event_tracer_get_debug_level(ET_UNUSED EventTracer* event_tracer) {
#ifdef ET_EVENT_TRACER_ENABLED
  if (event_tracer != nullptr) {
    return event_tracer->event_tracer_debug_level();
  }
#endif
  return EventTracerDebugLogLevel::kNoLogging;
}

/// Logs a value that an instruction wrote.
inline void event_tracer_log_evalue(ET_UNUSED EventTracer* event_tracer,
                                    ET_UNUSED const EValue& evalue) {
#ifdef ET_EVENT_TRACER_ENABLED
  if (event_tracer_get_debug_level(event_tracer) >=
      EventTracerDebugLogLevel::kIntermediateOutputs) {
    (void)event_tracer->log_evalue(evalue, LoggedEValueType::kIntermediateOutput);
  }
#endif
}

/// Logs an output of the method.
inline void event_tracer_log_evalue_output(ET_UNUSED EventTracer* event_tracer,
                                           ET_UNUSED const EValue& evalue) {
#ifdef ET_EVENT_TRACER_ENABLED
  if (event_tracer_get_debug_level(event_tracer) >= EventTracerDebugLogLevel::kProgramOutputs) {
    (void)event_tracer->log_evalue(evalue, LoggedEValueType::kProgramOutput);
  }
#endif
}

inline void event_tracer_create_event_block(ET_UNUSED EventTracer* event_tracer,
                                            ET_UNUSED const char* name) {
#ifdef ET_EVENT_TRACER_ENABLED
  if (event_tracer != nullptr) {
    event_tracer->create_event_block(name);
  }
#endif
}

inline EventTracerEntry event_tracer_begin_profiling_event(ET_UNUSED EventTracer* event_tracer,
                                                           ET_UNUSED const char* name) {
#ifdef ET_EVENT_TRACER_ENABLED
  if (event_tracer != nullptr) {
    return event_tracer->start_profiling(name);
  }
#endif
  return EventTracerEntry();
}

inline void event_tracer_end_profiling_event(ET_UNUSED EventTracer* event_tracer,
                                             ET_UNUSED EventTracerEntry event) {
#ifdef ET_EVENT_TRACER_ENABLED
  if (event_tracer != nullptr) {
    event_tracer->end_profiling(event);
  }
#endif
}

inline AllocatorID event_tracer_track_allocator(ET_UNUSED EventTracer* event_tracer,
                                                ET_UNUSED const char* name) {
#ifdef ET_EVENT_TRACER_ENABLED
  if (event_tracer != nullptr) {
    return event_tracer->track_allocator(name);
  }
#endif
  return 0;
}

inline void event_tracer_track_allocation(ET_UNUSED EventTracer* event_tracer,
                                          ET_UNUSED AllocatorID id, ET_UNUSED size_t size) {
#ifdef ET_EVENT_TRACER_ENABLED
  if (event_tracer != nullptr) {
    event_tracer->track_allocation(id, size);
  }
#endif
}

inline void event_tracer_set_bundled_input_index(ET_UNUSED EventTracer* event_tracer,
                                                 ET_UNUSED int bundled_input_index) {
#ifdef ET_EVENT_TRACER_ENABLED
  if (event_tracer != nullptr) {
    event_tracer->set_bundled_input_index(bundled_input_index);
  }
#endif
}

}  // namespace internal
}  // namespace runtime
}  // namespace executorch

namespace torch {
namespace executor {
namespace internal {
using namespace ::executorch::runtime::internal;  // NOLINT: the legacy name of the same hooks.
}  // namespace internal
}  // namespace executor
}  // namespace torch
