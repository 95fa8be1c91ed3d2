// SPDX-License-Identifier: BSD-3-Clause

#include "recorder.h"

#include "flags.h"

using executorch::runtime::EventTracer;

#ifdef ET_RUNNER_DEVTOOLS

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <executorch/devtools/etdump/data_sinks/file_data_sink.h>
#include <executorch/devtools/etdump/etdump_flatcc.h>
#include <executorch/runtime/core/last_error.h>
#include <executorch/runtime/platform/clock.h>

#include "operator_times.h"

using executorch::etdump::ETDumpGen;
using executorch::etdump::ETDumpResult;
using executorch::etdump::FileDataSink;
using executorch::runtime::AllocatorID;
using executorch::runtime::ChainID;
using executorch::runtime::DebugHandle;
using executorch::runtime::DelegateDebugIntId;
using executorch::runtime::EventTracerDebugLogLevel;
using executorch::runtime::EventTracerEntry;
using executorch::runtime::Result;

// An ETDump, and the times of operators. Without a dump, events are not kept: there may be many.
class Recorder::Tracer final : public ETDumpGen {
 public:
  explicit Tracer(bool keeps_events) : keeps_events_(keeps_events) {}

  void create_event_block(const char* name) override {
    if (keeps_events_) {
      ETDumpGen::create_event_block(name);
    }
  }

  EventTracerEntry start_profiling(const char* name, ChainID chain_id,
                                   DebugHandle debug_handle) override {
    open_.push_back({name, next_++, executorch::runtime::pal_current_ticks()});
    return keeps_events_ ? ETDumpGen::start_profiling(name, chain_id, debug_handle)
                         : EventTracerEntry{};
  }

  void end_profiling(EventTracerEntry entry) override {
    if (keeps_events_) {
      ETDumpGen::end_profiling(entry);
    }
    const Event event = open_.back();
    open_.pop_back();
    static constexpr char kKernel[] = "native_call_";
    if (std::strncmp(event.name, kKernel, sizeof(kKernel) - 1) == 0) {
      add(event.name + sizeof(kKernel) - 1, event.start);
    } else if (current_chain_id() >= 0 && event.number + 1 == next_) {
      // A call without any event inside.
      add(event.name, event.start);
    }
  }

  EventTracerEntry start_profiling_delegate(const char* name, DelegateDebugIntId index) override {
    open_.push_back({name, next_++, executorch::runtime::pal_current_ticks()});
    delegate_indices_.push_back(index);
    return keeps_events_ ? ETDumpGen::start_profiling_delegate(name, index) : EventTracerEntry{};
  }

  void end_profiling_delegate(EventTracerEntry entry, const void* metadata,
                              size_t metadata_len) override {
    if (keeps_events_) {
      ETDumpGen::end_profiling_delegate(entry, metadata, metadata_len);
    }
    const Event event = open_.back();
    open_.pop_back();
    add(delegate_name(event.name, delegate_indices_.back()), event.start);
    delegate_indices_.pop_back();
  }

  void log_profiling_delegate(const char* name, DelegateDebugIntId index, et_timestamp_t start,
                              et_timestamp_t end, const void* metadata,
                              size_t metadata_len) override {
    if (keeps_events_) {
      ETDumpGen::log_profiling_delegate(name, index, start, end, metadata, metadata_len);
    }
    ++next_;
    times_.add(current_debug_handle(), delegate_name(name, index), milliseconds(end - start));
  }

  void track_allocation(AllocatorID id, size_t size) override {
    if (keeps_events_) {
      ETDumpGen::track_allocation(id, size);
    }
  }

  AllocatorID track_allocator(const char* name) override {
    return keeps_events_ ? ETDumpGen::track_allocator(name) : 0;
  }

  OperatorTimes& times() { return times_; }

  std::optional<FileDataSink> sink;

 private:
  struct Event {
    const char* name;
    /// Counted from the start.
    size_t number;
    et_timestamp_t start;
  };

  static double milliseconds(et_timestamp_t ticks) {
    return static_cast<double>(executorch::runtime::ticks_to_ns(ticks)) / 1e6;
  }

  static std::string delegate_name(const char* name, DelegateDebugIntId index) {
    return name != nullptr ? name : "operation " + std::to_string(index) + " of the backend";
  }

  void add(const std::string& name, et_timestamp_t start) {
    times_.add(current_debug_handle(), name,
               milliseconds(executorch::runtime::pal_current_ticks() - start));
  }

  const bool keeps_events_;
  size_t next_ = 0;
  std::vector<Event> open_;
  std::vector<DelegateDebugIntId> delegate_indices_;
  OperatorTimes times_;
};

Recorder::Recorder() {
  const std::string& etdump = flag("etdump_path");
  const std::string& values = flag("debug_output_path");
  if (!values.empty() && etdump.empty()) {
    fail("--debug_output_path needs --etdump_path, which says where in the file each value is");
  }
  if (etdump.empty() && flag("profiling_output").empty()) {
    return;
  }
#ifndef ET_EVENT_TRACER_ENABLED
  fail("this build records nothing: it takes EXECUTORCH_ENABLE_EVENT_TRACER");
#endif
  tracer_ = std::make_unique<Tracer>(!etdump.empty());
  if (!values.empty()) {
    Result<FileDataSink> sink = FileDataSink::create(values.c_str());
    if (!sink.ok()) {
      fail("cannot write '" + values + "': " + executorch::runtime::last_error_message());
    }
    tracer_->sink.emplace(std::move(*sink));
    tracer_->set_data_sink(&*tracer_->sink);
    tracer_->set_event_tracer_debug_level(EventTracerDebugLogLevel::kIntermediateOutputs);
  }
}

Recorder::~Recorder() = default;

EventTracer* Recorder::tracer() {
  return tracer_.get();
}

void Recorder::start() {
  if (tracer_ != nullptr) {
    tracer_->times() = OperatorTimes();
  }
}

void Recorder::write() {
  if (tracer_ == nullptr) {
    return;
  }
  if (const std::string& path = flag("etdump_path"); !path.empty()) {
    const ETDumpResult dump = tracer_->get_etdump_data();
    std::ofstream file(path, std::ios::binary);
    file.write(static_cast<const char*>(dump.buf), static_cast<std::streamsize>(dump.size));
    file.close();
    std::free(dump.buf);
    if (!file) {
      fail("cannot write '" + path + "': " + std::strerror(errno));
    }
  }
  if (const std::string& path = flag("profiling_output"); !path.empty()) {
    tracer_->times().write(path, flag("format"));
  }
}

#else

class Recorder::Tracer {};

Recorder::Recorder() {
  for (const char* name : {"etdump_path", "debug_output_path", "profiling_output"}) {
    if (!flag(name).empty()) {
      fail("--" + std::string(name) +
           ": this build records nothing: it takes EXECUTORCH_BUILD_DEVTOOLS");
    }
  }
}

Recorder::~Recorder() = default;
EventTracer* Recorder::tracer() {
  return nullptr;
}
void Recorder::start() {}
void Recorder::write() {}

#endif
