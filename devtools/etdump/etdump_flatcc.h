// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * ETDumpGen records an execution into an ETDump, the file that the Inspector reads:
 *
 *   ETDumpGen tracer;
 *   Result<Method> method = program->load_method("forward", &memory_manager, &tracer);
 *   method->execute();
 *   ETDumpResult dump = tracer.get_etdump_data();
 *   fwrite(dump.buf, 1, dump.size, file);
 *   free(dump.buf);
 */
#pragma once

#include <cstdint>
#include <memory>

#include <executorch/devtools/etdump/data_sinks/buffer_data_sink.h>
#include <executorch/runtime/core/event_tracer.h>
#include <executorch/runtime/core/span.h>

namespace executorch {
namespace etdump {

/// The bytes of an ETDump (a size-prefixed flatbuffer), or null and 0.
struct ETDumpResult {
  void* buf;
  size_t size;
};

/// Not safe to use from several threads at once.
class ETDumpGen : public runtime::EventTracer {
 public:
  /**
   * @param buffer where the dump is built; it has to outlive this object. No event is then
   * allocated for, lists of tensors aside. What does not fit is dropped, with a message in the log.
   * Without a buffer, memory comes from the heap as needed.
   */
  ETDumpGen(runtime::Span<uint8_t> buffer = {nullptr, static_cast<size_t>(0)});
  ~ETDumpGen() override;

  ETDumpGen(const ETDumpGen&) = delete;
  ETDumpGen& operator=(const ETDumpGen&) = delete;

  /// Begins a block, to which the following events belong. After get_etdump_data(), begins a new
  /// dump. Events without a block go into one called "Default".
  void create_event_block(const char* name) override;

  runtime::EventTracerEntry start_profiling(
      const char* name, runtime::ChainID chain_id = runtime::kUnsetChainId,
      runtime::DebugHandle debug_handle = runtime::kUnsetDebugHandle) override;
  void end_profiling(runtime::EventTracerEntry prof_entry) override;

  runtime::EventTracerEntry start_profiling_delegate(
      const char* name, runtime::DelegateDebugIntId delegate_debug_index) override;
  void end_profiling_delegate(runtime::EventTracerEntry event_tracer_entry,
                              const void* metadata = nullptr, size_t metadata_len = 0) override;
  void log_profiling_delegate(const char* name, runtime::DelegateDebugIntId delegate_debug_index,
                              et_timestamp_t start_time, et_timestamp_t end_time,
                              const void* metadata = nullptr, size_t metadata_len = 0) override;

  void track_allocation(runtime::AllocatorID id, size_t size) override;
  /// @returns the number of the allocator in its block, from 1.
  runtime::AllocatorID track_allocator(const char* name) override;

  /// Tensors need a data sink, else InvalidState. Strings and lists other than of tensors are not
  /// logged: false.
  runtime::Result<bool> log_evalue(const runtime::EValue& evalue,
                                   runtime::LoggedEValueType evalue_type =
                                       runtime::LoggedEValueType::kIntermediateOutput) override;

  runtime::Result<bool> log_intermediate_output_delegate(
      const char* name, runtime::DelegateDebugIntId delegate_debug_index,
      const executorch::aten::Tensor& output) override;
  runtime::Result<bool> log_intermediate_output_delegate(
      const char* name, runtime::DelegateDebugIntId delegate_debug_index,
      const runtime::ArrayRef<executorch::aten::Tensor> output) override;
  runtime::Result<bool> log_intermediate_output_delegate(
      const char* name, runtime::DelegateDebugIntId delegate_debug_index,
      const int& output) override;
  runtime::Result<bool> log_intermediate_output_delegate(
      const char* name, runtime::DelegateDebugIntId delegate_debug_index,
      const bool& output) override;
  runtime::Result<bool> log_intermediate_output_delegate(
      const char* name, runtime::DelegateDebugIntId delegate_debug_index,
      const double& output) override;

  void set_delegation_intermediate_output_filter(runtime::EventTracerFilterBase* filter) override;

  /// Logged tensors go to `buffer`, which has to outlive their logging.
  runtime::Result<bool> set_debug_buffer(runtime::Span<uint8_t> buffer);
  /// Logged tensors go to `data_sink`, which is not owned.
  void set_data_sink(DataSinkBase* data_sink);

  /**
   * Ends the dump. `buf` is null if there is no block. With a buffer of the caller's `buf` lies in
   * it; else the caller releases it with free(), and it is null also when there is no memory.
   */
  ETDumpResult get_etdump_data();

  size_t get_num_blocks();
  /// Whether the caller brought the memory.
  bool is_static_etdump();

  /// Drops everything recorded. The data sink and the filter stay.
  void reset();
  void clear_builder() { reset(); }

 private:
  class Builder;

  bool ready_for_event();
  runtime::Result<bool> log_delegate_value(const char* name, runtime::DelegateDebugIntId index,
                                           const runtime::EValue& output);
  void add_delegate_event(const runtime::EventTracerEntry& entry, et_timestamp_t end_time,
                          const void* metadata, size_t metadata_len);
  runtime::EventTracerEntry delegate_entry(const char* name, runtime::DelegateDebugIntId index,
                                           et_timestamp_t start_time);

  std::unique_ptr<Builder> builder_;
  BufferDataSink debug_buffer_;
  DataSinkBase* data_sink_ = nullptr;
  runtime::EventTracerFilterBase* filter_ = nullptr;
  bool done_ = false;
};

}  // namespace etdump
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::etdump::ETDumpGen;
using ::executorch::etdump::ETDumpResult;
}  // namespace executor
}  // namespace torch
