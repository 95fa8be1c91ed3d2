// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/core/event_tracer.h>

#include <string>
#include <vector>

#include <executorch/runtime/backend/interface.h>
#include <executorch/runtime/core/event_tracer_hooks_delegate.h>
#include <executorch/runtime/executor/test/test_kernels.h>
#include <executorch/runtime/executor/test/test_program.h>
#include <gtest/gtest.h>

using executorch::aten::Tensor;
using namespace executorch::runtime;
using namespace executorch::runtime::testing;

namespace {

/// Writes down what it is told.
class RecordingTracer final : public EventTracer {
 public:
  void create_event_block(const char* name) override {
    log.push_back(std::string("block ") + name);
  }
  EventTracerEntry start_profiling(const char* name, ChainID, DebugHandle) override {
    log.push_back(std::string(name) + " " + std::to_string(current_chain_id()) + "/" +
                  std::to_string(current_debug_handle()));
    ++open;
    return {};
  }
  void end_profiling(EventTracerEntry) override { --open; }
  EventTracerEntry start_profiling_delegate(const char*, DelegateDebugIntId) override {
    ++delegate_events;
    return {};
  }
  void end_profiling_delegate(EventTracerEntry, const void*, size_t) override {}
  void log_profiling_delegate(const char*, DelegateDebugIntId, et_timestamp_t, et_timestamp_t,
                              const void*, size_t) override {
    ++delegate_events;
  }
  void track_allocation(AllocatorID id, size_t size) override {
    allocations.emplace_back(allocators.at(id), size);
  }
  AllocatorID track_allocator(const char* name) override {
    allocators.push_back(name);
    return static_cast<AllocatorID>(allocators.size() - 1);
  }
  Result<bool> log_evalue(const EValue& value, LoggedEValueType type) override {
    outputs += type == LoggedEValueType::kProgramOutput && value.isInt() ? 1 : 0;
    intermediate_outputs += type == LoggedEValueType::kIntermediateOutput ? 1 : 0;
    return true;
  }
  Result<bool> log_intermediate_output_delegate(const char*, DelegateDebugIntId,
                                                const Tensor&) override {
    return log_output();
  }
  Result<bool> log_intermediate_output_delegate(const char*, DelegateDebugIntId,
                                                const ArrayRef<Tensor>) override {
    return log_output();
  }
  Result<bool> log_intermediate_output_delegate(const char*, DelegateDebugIntId,
                                                const int&) override {
    return log_output();
  }
  Result<bool> log_intermediate_output_delegate(const char*, DelegateDebugIntId,
                                                const bool&) override {
    return log_output();
  }
  Result<bool> log_intermediate_output_delegate(const char*, DelegateDebugIntId,
                                                const double&) override {
    return log_output();
  }
  void set_delegation_intermediate_output_filter(EventTracerFilterBase*) override {}

  std::vector<std::string> log, allocators;
  std::vector<std::pair<std::string, size_t>> allocations;
  int open = 0, outputs = 0, intermediate_outputs = 0, delegate_events = 0;

 private:
  Result<bool> log_output() {
    ++outputs;
    return true;
  }
};

std::vector<uint8_t> counting_program() {
  ProgramWriter writer;
  const int i = writer.add_int(0);
  const int yes = writer.add_bool(true);
  writer.call("test::increment", "", {i, i});
  writer.jump_false(yes, 0);
  writer.move(i, i);
  writer.end_method("forward", {}, {i});
  return writer.finish();
}

TEST(EventTracerTest, MethodReportsItsEvents) {
  MemoryLoader loader(counting_program());
  Result<Program> program = Program::load(&loader);
  ASSERT_TRUE(program.ok());
  MethodMemory memory(*program->method_meta("forward"));
  RecordingTracer tracer;
  tracer.set_event_tracer_debug_level(EventTracerDebugLogLevel::kProgramOutputs);
  Result<Method> method =
      program->load_method("forward", memory.manager(), &tracer, nullptr, nullptr, test_kernels());
  ASSERT_TRUE(method.ok()) << last_error_message();
  EXPECT_EQ(method->get_event_tracer(), &tracer);
  ASSERT_EQ(method->execute(), Error::Ok);
  EXPECT_EQ(tracer.open, 0);
#ifdef ET_EVENT_TRACER_ENABLED
  EXPECT_EQ(tracer.log,
            (std::vector<std::string>{"block Default", "Program::load_method -1/0",
                                      "Method::init -1/0", "block Execute", "Method::execute -1/0",
                                      "OPERATOR_CALL 0/0", "JF_CALL 0/1", "MOVE_CALL 0/2"}));
  EXPECT_EQ(tracer.outputs, 1);

  tracer.log.clear();
  tracer.set_event_tracer_profiling_level(EventTracerProfilingLevel::kProfileMethodOnly);
  ASSERT_EQ(method->execute(), Error::Ok);
  EXPECT_EQ(tracer.log, (std::vector<std::string>{"block Execute", "Method::execute -1/0"}));
#else
  EXPECT_TRUE(tracer.log.empty());
  EXPECT_EQ(tracer.outputs, 0);
#endif
}

/// Asks for memory and passes its events on.
class TracedBackend final : public BackendInterface {
 public:
  bool is_available() const override { return true; }
  Result<DelegateHandle*> init(BackendInitContext& context, FreeableBuffer*,
                               ArrayRef<CompileSpec>) const override {
    return static_cast<DelegateHandle*>(context.event_tracer());
  }
  Error execute(BackendExecutionContext& context, DelegateHandle*, Span<EValue*>) const override {
    event_tracer_end_profiling_delegate(
        context.event_tracer(), event_tracer_start_profiling_delegate(
                                    context.event_tracer(), "gemm", kUnsetDelegateDebugIntId));
    return context.allocate(40) == nullptr ? Error::Internal : Error::Ok;
  }
};

TEST(EventTracerTest, AllocationsAndDelegates) {
  static TracedBackend backend;
  ASSERT_EQ(register_backend({"TracedBackend", &backend}), Error::Ok);
  ProgramWriter writer;
  const int bytes = writer.add_int(24);
  writer.call("test::scratch", "", {bytes});
  writer.add_delegate("TracedBackend", "payload", false);
  writer.call_delegate(0, {bytes});
  writer.end_method("forward", {}, {bytes});
  MemoryLoader loader(writer.finish());
  Result<Program> program = Program::load(&loader);
  MethodMemory memory(*program->method_meta("forward"));
  RecordingTracer tracer;
  tracer.set_event_tracer_debug_level(EventTracerDebugLogLevel::kIntermediateOutputs);
  Result<Method> method =
      program->load_method("forward", memory.manager(), &tracer, nullptr, nullptr, test_kernels());
  ASSERT_TRUE(method.ok()) << last_error_message();
  ASSERT_EQ(method->execute(), Error::Ok) << last_error_message();
#ifdef ET_EVENT_TRACER_ENABLED
  ASSERT_EQ(tracer.allocations.size(), 3u);
  EXPECT_EQ(tracer.allocations[0].first, "method_allocator");
  EXPECT_EQ(tracer.allocations[0].second, memory.method_allocator().used_size());
  EXPECT_EQ(tracer.allocations[1], std::pair(std::string("temp_allocator"), size_t(24)));
  EXPECT_EQ(tracer.allocations[2], std::pair(std::string("temp_allocator"), size_t(40)));
  EXPECT_EQ(tracer.delegate_events, 1);
  EXPECT_EQ(tracer.intermediate_outputs, 2);  // of the kernel, of the backend
#else
  EXPECT_TRUE(tracer.allocations.empty());
#endif
}

TEST(EventTracerTest, DelegateHooks) {
  RecordingTracer tracer;
  for (EventTracer* target :
       {static_cast<EventTracer*>(&tracer), static_cast<EventTracer*>(nullptr)}) {
    const EventTracerEntry entry =
        event_tracer_start_profiling_delegate(target, "gemm", kUnsetDelegateDebugIntId);
    event_tracer_end_profiling_delegate(target, entry);
    event_tracer_log_profiling_delegate(target, nullptr, 3, 1, 2);
    event_tracer_log_output_delegate(target, "gemm", kUnsetDelegateDebugIntId, 0.5);
    event_tracer_log_output_delegate(target, "gemm", kUnsetDelegateDebugIntId, true);
    event_tracer_log_output_delegate(target, "gemm", kUnsetDelegateDebugIntId, 1);
  }
#ifdef ET_EVENT_TRACER_ENABLED
  EXPECT_EQ(tracer.delegate_events, 2);
  EXPECT_EQ(tracer.outputs, 3);
#else
  EXPECT_EQ(tracer.delegate_events, 0);
  EXPECT_EQ(tracer.outputs, 0);
#endif
}

}  // namespace
