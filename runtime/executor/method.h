// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/array_ref.h>
#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/event_tracer.h>
#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/named_data_map.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/core/span.h>
#include <executorch/runtime/executor/memory_manager.h>
#include <executorch/runtime/executor/method_meta.h>
#include <executorch/runtime/kernel/operator_registry.h>
#include <executorch/runtime/platform/compiler.h>

namespace executorch_flatbuffer {
struct ExecutionPlan;
struct Instruction;
struct Operator;
}  // namespace executorch_flatbuffer

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {

class LoadBackendOptionsMap;
class Program;

namespace deserialization {
struct NamedData;
}  // namespace deserialization

namespace internal {
class MergedDataMap;
struct MissingOperators;
class PlatformMemoryAllocator;
}  // namespace internal

/**
 * A loaded method: values in their memory, operators and backends resolved. One thread at a time
 * may use it.
 *
 *   method.set_input(tensor, 0);
 *   method.execute();
 *   const EValue& output = method.get_output(0);
 *
 * Outputs are valid until the next execution. The program and all memory must outlive the method.
 */
class Method final {
 public:
  Method(Method&& other) noexcept;
  Method(const Method&) = delete;
  Method& operator=(const Method&) = delete;
  Method& operator=(Method&&) = delete;
  ~Method();

  /**
   * Sets an input. The bytes of a tensor are copied if the input is memory planned; otherwise they
   * are used in place, and must stay until the execution is over. A number, bool or string must
   * equal the one that the program was exported with.
   * @returns InvalidArgument if the index, the kind, the type or the layout in memory is wrong;
   * NotSupported if the shape is not one that the program was exported for.
   */
  ET_NODISCARD Error set_input(const EValue& input_evalue, size_t input_idx);

  /// Sets all inputs. InvalidArgument if their number is wrong.
  ET_NODISCARD Error set_inputs(const executorch::aten::ArrayRef<EValue>& input_evalues);

  /**
   * Supplies the memory of an output tensor that is not memory planned.
   * @param size bytes of `buffer`, enough for the tensor's upper bound. A tensor without an upper
   * bound takes any size; an execution that needs more fails.
   * @returns InvalidState if the output is memory planned; InvalidArgument if the index is wrong,
   * the output is not a tensor or the buffer is null or too small.
   */
  ET_NODISCARD Error set_output_data_ptr(void* buffer, size_t size, size_t output_idx);

  /// Copies the outputs to the first elements of an array and None to the others. InvalidArgument
  /// if `length` is less than outputs_size().
  ET_NODISCARD Error get_outputs(EValue* output_evalues, size_t length);

  /// Copies the inputs, likewise.
  ET_DEPRECATED ET_NODISCARD Error get_inputs(EValue* input_evalues, size_t length);

  /// A named tensor of the method: a parameter or buffer. NotFound if there is none.
  ET_NODISCARD Result<executorch::aten::Tensor> get_attribute(executorch::aten::string_view name);

  /**
   * Runs the method. It may run again with the same inputs, except for those whose memory the
   * memory plan gives to other tensors or which instructions change: set these anew.
   * @returns InvalidArgument if an input has not been set, InvalidState in the middle of a run by
   * step(), or the first error of a kernel or backend, with a sentence in last_error_message().
   */
  ET_NODISCARD Error execute();

  /// Runs one instruction. EndOfMethod if there are no more; then reset_execution() starts again.
  ET_EXPERIMENTAL ET_NODISCARD Error step();
  ET_DEPRECATED ET_NODISCARD Error experimental_step();

  /// Whether step() has run some instructions and reset_execution() has not been called.
  ET_EXPERIMENTAL bool in_progress() const;

  /// Starts again after step() returned EndOfMethod. InvalidState before that.
  ET_EXPERIMENTAL ET_NODISCARD Error reset_execution();
  ET_DEPRECATED ET_NODISCARD Error experimental_reset_execution();

  MethodMeta method_meta() const;

  size_t inputs_size() const;
  size_t outputs_size() const;

  /// Output `i`. Ends the process if out of range.
  const EValue& get_output(size_t i) const;

  /// Input `i`. Ends the process if out of range.
  ET_DEPRECATED const EValue& get_input(size_t i) const;
  ET_DEPRECATED EValue& mutable_input(size_t i);
  ET_DEPRECATED EValue& mutable_output(size_t i);

  /// The tracer that was given to Program::load_method(). May be null.
  EventTracer* get_event_tracer() const { return event_tracer_; }

 private:
  friend class Program;

  struct Instruction;
  struct Operator;
  struct Delegate;

  /// @param plan one that validate_plan() accepted.
  static Result<Method> load(const executorch_flatbuffer::ExecutionPlan* plan,
                             const Program* program, MemoryManager* memory_manager,
                             EventTracer* event_tracer, const NamedDataMap* named_data_map,
                             const LoadBackendOptionsMap* backend_options,
                             Span<const Kernel> kernels);

  Method(const executorch_flatbuffer::ExecutionPlan* plan, const Program* program,
         MemoryManager* memory_manager, EventTracer* event_tracer)
      : plan_(plan),
        program_(program),
        memory_manager_(memory_manager),
        event_tracer_(event_tracer) {}

  Error init(const NamedDataMap* named_data_map, const LoadBackendOptionsMap* backend_options,
             Span<const Kernel> kernels);
  Error init_external_constants(const NamedDataMap* named_data_map);
  Error init_values(const NamedDataMap* named_data_map);
  template <typename T, typename Items>
  Error init_boxed_list(const Items& items, EValue* value);
  Error init_delegates(const NamedDataMap* named_data_map,
                       const LoadBackendOptionsMap* backend_options);
  Error init_delegate(uint32_t index, const NamedDataMap* named_data_map,
                      const LoadBackendOptionsMap* backend_options);
  Error init_chains(Span<const Kernel> kernels);
  Error init_instruction(const executorch_flatbuffer::Instruction* file_instruction,
                         Span<const Kernel> kernels, Span<Operator> operators,
                         Instruction* instruction, internal::MissingOperators* missing);
  Error init_arguments(const int32_t* indices, size_t size, Instruction* instruction);
  /// Marks the inputs that the instruction changes or whose memory it writes to.
  void note_overwritten_inputs(const Instruction& instruction, bool is_in_place);
  void note_written(const EValue* value);
  Error init_kernel(uint32_t index, Span<const Kernel> kernels, Span<Operator> operators,
                    Instruction* instruction, internal::MissingOperators* missing);
  /// Of a call whose kernel depends on its tensors, or that has none.
  Error init_specialized_kernel(uint32_t index, Span<const Kernel> kernels,
                                Instruction* instruction, internal::MissingOperators* missing);

  EValue& input_value(size_t i) const;
  EValue& output_value(size_t i) const;
  Error set_tensor_input(const executorch::aten::Tensor& input, size_t input_idx);

  bool is_output(const EValue* value) const;
  /// Whether all inputs are set; then notes which of them the run will overwrite.
  Error take_inputs();
  /// Goes on to the next chain where one has ended. False if that was the last.
  bool skip_to_instruction();
  /// The next one.
  Error run_instruction(const Instruction& instruction);
  Error run_other_than_kernel(const Instruction& instruction, uint32_t* next);
  Error check_data(const Instruction& instruction) const;
  /// Puts the place of the failure around the sentence.
  void report_failure(Error error) const;
  bool at_start() const;
  void restart();
  Error run_step();
  Error end_steps();
#ifdef ET_EVENT_TRACER_ENABLED
  void log_results(const Instruction& instruction) const;
#endif
  void log_outputs() const;

  const executorch_flatbuffer::ExecutionPlan* plan_;
  const Program* program_;
  MemoryManager* memory_manager_;
  EventTracer* event_tracer_;
  MemoryAllocator* temp_allocator_ = nullptr;
  /// What the tracer calls it.
  AllocatorID temp_allocator_id_ = 0;
  /// Owned; null if the caller gave a temp allocator.
  internal::PlatformMemoryAllocator* platform_allocator_ = nullptr;
  /// Owned; null unless there is named data both in the program and beside it.
  internal::MergedDataMap* merged_data_map_ = nullptr;

  /// The value table.
  Span<EValue> values_;
  /// Flags of each input.
  uint8_t* input_flags_ = nullptr;
  Span<Delegate> delegates_;
  Span<deserialization::NamedData> external_constants_;
  /// The instructions of each chain.
  Span<Span<Instruction>> chains_;
  /// Whether some tensor may have no memory when an instruction needs it.
  bool may_lack_memory_ = false;

  /// The next instruction.
  uint32_t chain_ = 0;
  uint32_t instruction_ = 0;
};

}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::ET_RUNTIME_NAMESPACE::Method;
}  // namespace executor
}  // namespace torch
