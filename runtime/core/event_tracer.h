// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * The interface through which an execution is observed: times, allocations, intermediate values.
 */
#pragma once

#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/array_ref.h>
#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/platform/platform.h>

namespace executorch {
namespace runtime {

struct EValue;

/// An allocator that track_allocator() announced.
using AllocatorID = uint32_t;
/// Position of a chain in its method.
using ChainID = int32_t;
/// Position of an instruction in its chain.
using DebugHandle = uint32_t;
/// A backend's own number of an operation.
using DelegateDebugIntId = int32_t;

constexpr ChainID kUnsetChainId = -1;
constexpr DebugHandle kUnsetDebugHandle = 0;
constexpr DelegateDebugIntId kUnsetDelegateDebugIntId = -1;
constexpr int kUnsetBundledInputIndex = -1;

/// How a backend names the operation of an event.
enum class DelegateDebugIdType {
  /// Not an event of a backend.
  kNone,
  kInt,
  kStr,
};

/// Why a value is logged.
enum class LoggedEValueType {
  kIntermediateOutput,
  kProgramOutput,
};

/// Which values are logged.
enum class EventTracerDebugLogLevel {
  kNoLogging,
  kProgramOutputs,
  kIntermediateOutputs,
};

/// Which events are timed.
enum class EventTracerProfilingLevel {
  /// Only whole calls of a method.
  kProfileMethodOnly,
  kProfileAllEvents,
};

/// An event that has begun; what start_profiling() returns and end_profiling() needs.
struct EventTracerEntry {
  int64_t event_id;
  ChainID chain_id;
  DebugHandle debug_handle;
  et_timestamp_t start_time;
  DelegateDebugIdType delegate_event_id_type;
};

/// Chooses which operations of a backend have their outputs logged.
class EventTracerFilterBase {
 public:
  virtual ~EventTracerFilterBase() = default;

  /**
   * Exactly one of the two identifies the operation.
   * @param name or nullptr.
   * @param delegate_debug_index or kUnsetDelegateDebugIntId.
   * @returns whether it is to be logged.
   */
  virtual Result<bool> filter(char* name, DelegateDebugIntId delegate_debug_index) = 0;
};

/**
 * Receives what happens during loading and execution. The runtime calls it only if it was built
 * with ET_EVENT_TRACER_ENABLED; otherwise the calls do not exist.
 */
class EventTracer {
 public:
  virtual ~EventTracer() = default;

  /// Begins a group of events, e.g. one execution.
  virtual void create_event_block(const char* name) = 0;

  /// Begins an event. Without explicit ids, those of set_chain_debug_handle() apply.
  virtual EventTracerEntry start_profiling(const char* name, ChainID chain_id = kUnsetChainId,
                                           DebugHandle debug_handle = kUnsetDebugHandle) = 0;

  /// Begins an event in a backend: either `name` or `delegate_debug_index` is set.
  virtual EventTracerEntry start_profiling_delegate(const char* name,
                                                    DelegateDebugIntId delegate_debug_index) = 0;

  /// Ends an event in a backend. `metadata` is copied.
  virtual void end_profiling_delegate(EventTracerEntry event_tracer_entry,
                                      const void* metadata = nullptr, size_t metadata_len = 0) = 0;

  /// Records an event in a backend that is over. Times are in ticks of any clock.
  virtual void log_profiling_delegate(const char* name, DelegateDebugIntId delegate_debug_index,
                                      et_timestamp_t start_time, et_timestamp_t end_time,
                                      const void* metadata = nullptr, size_t metadata_len = 0) = 0;

  /// Ends an event.
  virtual void end_profiling(EventTracerEntry prof_entry) = 0;

  /// Records that an allocator handed out `size` bytes.
  virtual void track_allocation(AllocatorID id, size_t size) = 0;

  /// Announces an allocator.
  virtual AllocatorID track_allocator(const char* name) = 0;

  /// Logs a value. True if it was logged.
  virtual Result<bool> log_evalue(const EValue& evalue, LoggedEValueType evalue_type) = 0;

  // Log an output of an operation of a backend: either `name` or `delegate_debug_index` is set.
  // True if it was logged.
  virtual Result<bool> log_intermediate_output_delegate(const char* name,
                                                        DelegateDebugIntId delegate_debug_index,
                                                        const executorch::aten::Tensor& output) = 0;
  virtual Result<bool> log_intermediate_output_delegate(
      const char* name, DelegateDebugIntId delegate_debug_index,
      const ArrayRef<executorch::aten::Tensor> output) = 0;
  virtual Result<bool> log_intermediate_output_delegate(const char* name,
                                                        DelegateDebugIntId delegate_debug_index,
                                                        const int& output) = 0;
  virtual Result<bool> log_intermediate_output_delegate(const char* name,
                                                        DelegateDebugIntId delegate_debug_index,
                                                        const bool& output) = 0;
  virtual Result<bool> log_intermediate_output_delegate(const char* name,
                                                        DelegateDebugIntId delegate_debug_index,
                                                        const double& output) = 0;

  /// Restricts which operations of backends are logged; nullptr for all. Not owned.
  virtual void set_delegation_intermediate_output_filter(
      EventTracerFilterBase* event_tracer_filter) = 0;

  /// Sets the place in the method that following events belong to.
  void set_chain_debug_handle(ChainID chain_id, DebugHandle debug_handle) {
    chain_id_ = chain_id;
    debug_handle_ = debug_handle;
  }

  ChainID current_chain_id() const { return chain_id_; }
  DebugHandle current_debug_handle() const { return debug_handle_; }

  /// Sets the position of the input in its bundled program.
  void set_bundled_input_index(int bundled_input_index) {
    bundled_input_index_ = bundled_input_index;
  }
  int bundled_input_index() const { return bundled_input_index_; }

  void set_event_tracer_debug_level(EventTracerDebugLogLevel log_level) {
    event_tracer_debug_level_ = log_level;
  }
  EventTracerDebugLogLevel event_tracer_debug_level() const { return event_tracer_debug_level_; }

  void set_event_tracer_profiling_level(EventTracerProfilingLevel profiling_level) {
    event_tracer_profiling_level_ = profiling_level;
  }
  EventTracerProfilingLevel event_tracer_profiling_level() const {
    return event_tracer_profiling_level_;
  }

 protected:
  ChainID chain_id_ = kUnsetChainId;
  DebugHandle debug_handle_ = kUnsetDebugHandle;
  int bundled_input_index_ = kUnsetBundledInputIndex;
  EventTracerDebugLogLevel event_tracer_debug_level_ = EventTracerDebugLogLevel::kNoLogging;
  EventTracerProfilingLevel event_tracer_profiling_level_ =
      EventTracerProfilingLevel::kProfileAllEvents;
};

}  // namespace runtime
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::runtime::AllocatorID;
using ::executorch::runtime::ChainID;
using ::executorch::runtime::DebugHandle;
using ::executorch::runtime::DelegateDebugIdType;
using ::executorch::runtime::DelegateDebugIntId;
using ::executorch::runtime::EventTracer;
using ::executorch::runtime::EventTracerDebugLogLevel;
using ::executorch::runtime::EventTracerEntry;
using ::executorch::runtime::EventTracerFilterBase;
using ::executorch::runtime::EventTracerProfilingLevel;
using ::executorch::runtime::kUnsetBundledInputIndex;
using ::executorch::runtime::kUnsetChainId;
using ::executorch::runtime::kUnsetDebugHandle;
using ::executorch::runtime::kUnsetDelegateDebugIntId;
using ::executorch::runtime::LoggedEValueType;
}  // namespace executor
}  // namespace torch
