// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/executor/method.h>

#include <algorithm>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <new>
#include <optional>

#include <executorch/runtime/backend/backend_options_map.h>
#include <executorch/runtime/backend/interface.h>
#include <executorch/runtime/core/device_allocator.h>
#include <executorch/runtime/core/event_tracer_hooks.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/core/exec_aten/util/tensor_util.h>
#include <executorch/runtime/executor/merged_data_map.h>
#include <executorch/runtime/executor/operator_name.h>
#include <executorch/runtime/executor/platform_memory_allocator.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/executor/tensor_parser.h>
#include <executorch/schema/program_generated.h>

/// A run ends with an error after so many instructions, in case its jumps never end.
#ifndef ET_MAX_INSTRUCTIONS
#define ET_MAX_INSTRUCTIONS 10000000
#endif

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {

using deserialization::NamedData;
using executorch::aten::ScalarType;
using executorch::aten::string_view;
using executorch::aten::Tensor;
namespace fb = executorch_flatbuffer;

/// An instruction, resolved: nothing is left to look up when it runs.
struct Method::Instruction {
  enum class Kind : uint8_t { Kernel, Delegate, Move, JumpFalse, Free };

  union {
    OpFunction kernel;
    Method::Delegate* delegate;
    /// May lie beyond the end of the chain.
    uint32_t jump_target;
  };
  /// Kernel and Delegate: the arguments. Move: from, to. JumpFalse: the condition. Free: the
  /// tensor.
  EValue** args;
  uint32_t num_args;
  Kind kind;
  /// Whether every tensor among the arguments must have data.
  bool needs_data;
};

/// A kernel of the plan, looked up when the first instruction calls it.
struct Method::Operator {
  bool is_known = false;
  /// Whether there are kernels for certain types and layouts, so that each call has to choose.
  bool has_specialized = false;
  /// As in Instruction.
  bool needs_data = false;
  bool is_in_place = false;
  /// The kernel for all other types and layouts, or null.
  OpFunction kernel = nullptr;
};

/// A part of the method that a backend runs.
struct Method::Delegate {
  Delegate(const BackendInterface* backend_in, FreeableBuffer&& payload_in)
      : backend(backend_in), handle(nullptr), payload(std::move(payload_in)) {}

  const BackendInterface* backend;
  DelegateHandle* handle;
  FreeableBuffer payload;
};

namespace internal {

/// Whether a sentence reaches anybody.
constexpr bool kHasMessages = ET_ERROR_MESSAGES_ENABLED || ET_LOG_ENABLED;

/// The operators without a kernel, as text for one sentence.
struct MissingOperators {
  void add(const char* name, Span<const TensorMeta> tensors) {
    if constexpr (!kHasMessages) {
      ++count;
      return;
    }
    char entry[160];
    size_t length = 0;
    append(entry, sizeof(entry), &length, name);
    append(entry, sizeof(entry), &length, "(");
    for (size_t i = 0; i < tensors.size(); ++i) {
      append(entry, sizeof(entry), &length, i == 0 ? "" : ", ");
      append(entry, sizeof(entry), &length, toString(tensors[i].dtype_));
    }
    append(entry, sizeof(entry), &length, ")");
    if (strstr(text, entry) == nullptr) {
      append(text, sizeof(text), &size, count == 0 ? "" : ", ");
      append(text, sizeof(text), &size, entry);
      ++count;
    }
  }

  uint32_t count = 0;
  char text[224] = {};
  size_t size = 0;

 private:
  static void append(char* buffer, size_t capacity, size_t* size, const char* suffix) {
    const int length = snprintf(buffer + *size, capacity - *size, "%s", suffix);
    *size += length < 0 ? 0 : static_cast<size_t>(length);
    if (*size >= capacity) {
      *size = capacity - 1;
    }
  }
};

}  // namespace internal

namespace {

/// Flags of an input.
constexpr uint8_t kIsSet = 1;
/// A run of the method changes it.
constexpr uint8_t kIsOverwritten = 2;
/// It was set before the last run, which changed it.
constexpr uint8_t kIsLost = 4;
#ifndef __OPTIMIZE_SIZE__
/// It is a tensor, and one like it has passed all checks.
constexpr uint8_t kIsChecked = 8;
/// It has memory of its own, to which the caller's elements are copied.
constexpr uint8_t kIsPlanned = 16;
#endif

/// An element of a list before it is first read.
template <typename T>
T blank() {
  return T();
}
template <>
Tensor blank<Tensor>() {
  return Tensor(nullptr);
}

bool lacks_data(const EValue* value) {
  if (value == nullptr) {
    return false;
  }
  if (value->isTensor()) {
    const Tensor& tensor = value->toTensor();
    return tensor.const_data_ptr() == nullptr && tensor.numel() > 0;
  }
  if (value->isTensorList()) {
    const auto* list = value->payload.copyable_union.as_tensor_list_ptr;
    for (size_t i = 0; i < list->size(); ++i) {
      if (list->wrapped(i)->isTensor() && lacks_data(list->wrapped(i))) {
        return true;
      }
    }
  }
  return false;
}

/// Whether the sizes and strides are those of a dense tensor in this dim_order. The stride of a
/// dimension of size 1 is never used.
bool is_dense(const Tensor& tensor, const uint8_t* dim_order) {
  const auto sizes = tensor.sizes();
  const auto strides = tensor.strides();
  if (strides.data() == nullptr || tensor.numel() == 0) {
    return true;
  }
  int64_t expected = 1;
  for (size_t i = sizes.size(); i-- > 0;) {
    const uint8_t d = dim_order[i];
    if (sizes[d] != 1 && strides[d] != expected) {
      return false;
    }
    expected *= sizes[d];
  }
  return true;
}

#ifndef __OPTIMIZE_SIZE__
/// Whether two tensors in the memory of the CPU have the same type, sizes and strides.
bool look_alike(const Tensor& a, const Tensor& b) {
  const size_t bytes = sizeof(executorch::aten::SizesType) * a.sizes().size();
  return a.scalar_type() == b.scalar_type() && a.sizes().size() == b.sizes().size() &&
         a.strides().data() != nullptr && b.strides().data() != nullptr &&
         (bytes == 0 || (memcmp(a.sizes().data(), b.sizes().data(), bytes) == 0 &&
                         memcmp(a.strides().data(), b.strides().data(), bytes) == 0)) &&
         a.device_type() == etensor::DeviceType::CPU && b.device_type() == etensor::DeviceType::CPU;
}
#endif

/// Whether two tensors have a byte in common, at the sizes that they have now.
bool overlap(const Tensor& a, const Tensor& b) {
  const uintptr_t begin_a = reinterpret_cast<uintptr_t>(a.const_data_ptr());
  const uintptr_t begin_b = reinterpret_cast<uintptr_t>(b.const_data_ptr());
  return begin_a != 0 && begin_b != 0 && begin_a < begin_b + b.nbytes() &&
         begin_b < begin_a + a.nbytes();
}

/// Copies the bytes of a tensor from or to the CPU's memory.
Error copy_between_devices(const Tensor& to, const Tensor& from) {
  const bool is_to_device = from.device_type() == etensor::DeviceType::CPU;
  const Tensor& on_device = is_to_device ? to : from;
  DeviceAllocator* device = get_device_allocator(on_device.device_type());
  ET_CHECK_OR_RETURN_ERROR(
      device != nullptr && (is_to_device || to.device_type() == etensor::DeviceType::CPU),
      NotSupported, "a tensor cannot be copied from a device of type %d to one of type %d",
      static_cast<int>(from.device_type()), static_cast<int>(to.device_type()));
  const etensor::DeviceIndex index = on_device.device_index();
  return is_to_device ? device->copy_host_to_device(to.mutable_data_ptr(), from.const_data_ptr(),
                                                    from.nbytes(), index)
                      : device->copy_device_to_host(to.mutable_data_ptr(), from.const_data_ptr(),
                                                    from.nbytes(), index);
}

/// Reads the condition of a jump.
Result<bool> is_true(const EValue& condition) {
  if (condition.isBool()) {
    return condition.toBool();
  }
  ET_CHECK_OR_RETURN_ERROR(condition.isTensor(), InvalidProgram,
                           "the condition is neither a bool nor a tensor");
  const Tensor& tensor = condition.toTensor();
  ET_CHECK_OR_RETURN_ERROR(tensor.scalar_type() == ScalarType::Bool, InvalidProgram,
                           "the condition is a tensor of %s, expected Bool",
                           toString(tensor.scalar_type()));
  const uint8_t* data = tensor.const_data_ptr<uint8_t>();
  ET_CHECK_OR_RETURN_ERROR(data != nullptr || tensor.numel() == 0, InvalidState,
                           "the condition is a tensor without data");
  for (ssize_t i = 0; i < tensor.numel(); ++i) {
    if (data[i] == 0) {
      return false;
    }
  }
  return true;
}

}  // namespace

// ---- Loading ------------------------------------------------------------------------------------

Result<Method> Method::load(const fb::ExecutionPlan* plan, const Program* program,
                            MemoryManager* memory_manager, EventTracer* event_tracer,
                            const NamedDataMap* named_data_map,
                            const LoadBackendOptionsMap* backend_options,
                            Span<const Kernel> kernels) {
  ET_CHECK_OR_RETURN_ERROR(
      memory_manager != nullptr && memory_manager->method_allocator() != nullptr, InvalidArgument,
      "a method needs a memory manager with an allocator");
  clear_last_error();
  Method method(plan, program, memory_manager, event_tracer);
  const Error error = method.init(named_data_map, backend_options, kernels);
  if (error != Error::Ok) {
    if (last_error_message()[0] == '\0') {
      ET_REPORT_ERROR("loading method '%s' failed with %s", plan->name()->c_str(),
                      to_string(error));
    }
    return error;
  }
  return method;
}

Error Method::init(const NamedDataMap* named_data_map, const LoadBackendOptionsMap* backend_options,
                   Span<const Kernel> kernels) {
  internal::EventTracerProfileMethodScope scope(event_tracer_, "Method::init");
  MemoryAllocator* allocator = memory_manager_->method_allocator();
  temp_allocator_ = memory_manager_->temp_allocator();
  if (temp_allocator_ == nullptr) {
    void* memory =
        ET_ALLOCATE_INSTANCE_OR_RETURN_ERROR(allocator, internal::PlatformMemoryAllocator);
    platform_allocator_ = new (memory) internal::PlatformMemoryAllocator();
    temp_allocator_ = platform_allocator_;
  }
  const size_t num_inputs = inputs_size();
  if (num_inputs > 0) {
    input_flags_ = ET_ALLOCATE_LIST_OR_RETURN_ERROR(allocator, uint8_t, num_inputs);
    memset(input_flags_, 0, num_inputs);
  }
  ET_CHECK_OK_OR_RETURN_ERROR(init_external_constants(named_data_map));
  ET_CHECK_OK_OR_RETURN_ERROR(init_values(named_data_map));
  ET_CHECK_OK_OR_RETURN_ERROR(init_delegates(named_data_map, backend_options));
  ET_CHECK_OK_OR_RETURN_ERROR(init_chains(kernels));
  const AllocatorID allocator_id =
      internal::event_tracer_track_allocator(event_tracer_, "method_allocator");
  if (allocator->used_size() > 0) {  // which not every allocator counts
    internal::event_tracer_track_allocation(event_tracer_, allocator_id, allocator->used_size());
  }
  temp_allocator_id_ = internal::event_tracer_track_allocator(event_tracer_, "temp_allocator");
  return Error::Ok;
}

Error Method::init_external_constants(const NamedDataMap* named_data_map) {
  size_t count = 0;
  for (const fb::EValue* value : *plan_->values()) {
    const fb::Tensor* tensor = value->val_as_Tensor();
    count += tensor != nullptr && deserialization::is_external_constant(tensor) ? 1 : 0;
  }
  if (count == 0) {
    return Error::Ok;
  }
  ET_CHECK_OR_RETURN_ERROR(named_data_map != nullptr, InvalidState,
                           "method '%s' needs external data, but none was given",
                           plan_->name()->c_str());
  NamedData* entries =
      ET_ALLOCATE_LIST_OR_RETURN_ERROR(memory_manager_->method_allocator(), NamedData, count);
  for (const fb::EValue* value : *plan_->values()) {
    const fb::Tensor* tensor = value->val_as_Tensor();
    if (tensor == nullptr || !deserialization::is_external_constant(tensor)) {
      continue;
    }
    ET_ASSIGN_OR_RETURN(key, deserialization::external_key(tensor));
    const Result<const TensorLayout> layout = named_data_map->get_tensor_layout(key);
    if (!layout.ok()) {
      return layout.error();
    }
    ET_CHECK_OK_OR_RETURN_ERROR(deserialization::validateTensorLayout(tensor, *layout));
    if (deserialization::get_data_by_key(key, external_constants_) == nullptr) {
      ET_ASSIGN_OR_RETURN(data, named_data_map->get_data(key));
      const size_t size = external_constants_.size();
      new (&entries[size]) NamedData{key, std::move(data)};
      external_constants_ = {entries, size + 1};
    }
  }
  return Error::Ok;
}

template <typename T, typename Items>
Error Method::init_boxed_list(const Items& items, EValue* value) {
  MemoryAllocator* allocator = memory_manager_->method_allocator();
  const size_t size = items.size();
  EValue** elements = nullptr;
  T* scratch = nullptr;
  if (size > 0) {
    elements = ET_ALLOCATE_LIST_OR_RETURN_ERROR(allocator, EValue*, size);
    scratch = ET_ALLOCATE_LIST_OR_RETURN_ERROR(allocator, T, size);
  }
  for (uint32_t i = 0; i < size; ++i) {
    const auto item = items.Get(i);
    // Only lists of optional tensors have -1; a value of kind Null reads as none, too.
    elements[i] = item < 0 ? nullptr : &values_[static_cast<size_t>(item)];
    new (&scratch[i]) T(blank<T>());
  }
  void* list = ET_ALLOCATE_INSTANCE_OR_RETURN_ERROR(allocator, BoxedEvalueList<T>);
  new (value) EValue(new (list) BoxedEvalueList<T>(elements, scratch, static_cast<int>(size)));
  return Error::Ok;
}

Error Method::init_values(const NamedDataMap* named_data_map) {
  MemoryAllocator* allocator = memory_manager_->method_allocator();
  const auto* file_values = plan_->values();
  if (file_values->size() == 0) {
    return Error::Ok;
  }
  EValue* values = ET_ALLOCATE_LIST_OR_RETURN_ERROR(allocator, EValue, file_values->size());
  for (uint32_t i = 0; i < file_values->size(); ++i) {
    new (&values[i]) EValue();
  }
  values_ = {values, file_values->size()};

  for (uint32_t i = 0; i < file_values->size(); ++i) {
    const fb::EValue* file_value = file_values->Get(i);
    EValue* value = &values[i];
    switch (file_value->val_type()) {
      case fb::KernelTypes::Null:
        break;
      case fb::KernelTypes::Int:
        *value = EValue(file_value->val_as_Int()->int_val());
        break;
      case fb::KernelTypes::Bool:
        *value = EValue(file_value->val_as_Bool()->bool_val());
        break;
      case fb::KernelTypes::Double:
        *value = EValue(file_value->val_as_Double()->double_val());
        break;
      case fb::KernelTypes::Tensor: {
        ET_CHECK_OR_RETURN_ERROR(
            file_value->val_as_Tensor()->shape_dynamism() !=
                    fb::TensorShapeDynamism::DYNAMIC_UNBOUND ||
                is_output(value),
            NotSupported,
            "the shape of a tensor has no upper bound, which only that of an output may lack");
        const Result<Tensor> tensor =
            deserialization::parseTensor(program_, memory_manager_, file_value->val_as_Tensor(),
                                         named_data_map, external_constants_);
        if (!tensor.ok()) {
          return tensor.error();
        }
        *value = EValue(*tensor);
        may_lack_memory_ = may_lack_memory_ || lacks_data(value);
        break;
      }
      case fb::KernelTypes::String: {
        const flatbuffers::String* text = file_value->val_as_String()->string_val();
        void* memory = ET_ALLOCATE_INSTANCE_OR_RETURN_ERROR(allocator, ArrayRef<char>);
        *value = EValue(new (memory) ArrayRef<char>(text->c_str(), text->size()));
        break;
      }
      case fb::KernelTypes::DoubleList: {
        const auto* items = file_value->val_as_DoubleList()->items();
        void* memory = ET_ALLOCATE_INSTANCE_OR_RETURN_ERROR(allocator, ArrayRef<double>);
        *value = EValue(new (memory) ArrayRef<double>(items->data(), items->size()));
        break;
      }
      case fb::KernelTypes::BoolList: {
        // validate_plan() made sure that each byte is 0 or 1.
        const auto* items = file_value->val_as_BoolList()->items();
        void* memory = ET_ALLOCATE_INSTANCE_OR_RETURN_ERROR(allocator, ArrayRef<bool>);
        *value = EValue(new (memory) ArrayRef<bool>(reinterpret_cast<const bool*>(items->data()),
                                                    items->size()));
        break;
      }
      case fb::KernelTypes::IntList:
        ET_CHECK_OK_OR_RETURN_ERROR(
            init_boxed_list<int64_t>(*file_value->val_as_IntList()->items(), value));
        break;
      case fb::KernelTypes::TensorList:
        ET_CHECK_OK_OR_RETURN_ERROR(
            init_boxed_list<Tensor>(*file_value->val_as_TensorList()->items(), value));
        break;
      case fb::KernelTypes::OptionalTensorList:
        ET_CHECK_OK_OR_RETURN_ERROR(init_boxed_list<std::optional<Tensor>>(
            *file_value->val_as_OptionalTensorList()->items(), value));
        break;
      default:
        ET_ASSERT_UNREACHABLE();  // validate_plan() knows all kinds.
    }
  }
  return Error::Ok;
}

Error Method::init_delegates(const NamedDataMap* named_data_map,
                             const LoadBackendOptionsMap* backend_options) {
  const size_t count = plan_->delegates()->size();
  if (count == 0) {
    return Error::Ok;
  }
  MemoryAllocator* allocator = memory_manager_->method_allocator();
  const Result<const NamedDataMap*> program_data = program_->get_named_data_map();
  if (program_data.ok()) {
    if (named_data_map == nullptr) {
      named_data_map = *program_data;
    } else {
      ET_ASSIGN_OR_RETURN(merged, internal::MergedDataMap::load(named_data_map, *program_data));
      void* memory = ET_ALLOCATE_INSTANCE_OR_RETURN_ERROR(allocator, internal::MergedDataMap);
      merged_data_map_ = new (memory) internal::MergedDataMap(std::move(merged));
      named_data_map = merged_data_map_;
    }
  }
  Delegate* delegates = ET_ALLOCATE_LIST_OR_RETURN_ERROR(allocator, Delegate, count);
  delegates_ = {delegates, size_t(0)};
  for (uint32_t i = 0; i < count; ++i) {
    ET_CHECK_OK_OR_RETURN_ERROR(init_delegate(i, named_data_map, backend_options));
  }
  return Error::Ok;
}

Error Method::init_delegate(uint32_t index, const NamedDataMap* named_data_map,
                            const LoadBackendOptionsMap* backend_options) {
  const fb::BackendDelegate* file_delegate = plan_->delegates()->Get(index);
  const char* id = file_delegate->id()->c_str();
  const BackendInterface* backend = get_backend_class(id);
  ET_CHECK_OR_RETURN_ERROR(backend != nullptr, NotFound,
                           "method '%s' needs backend '%s', which is not linked",
                           plan_->name()->c_str(), id);
  ET_CHECK_OR_RETURN_ERROR(backend->is_available(), NotFound,
                           "method '%s' needs backend '%s', which cannot run on this device",
                           plan_->name()->c_str(), id);

  MemoryAllocator* allocator = memory_manager_->method_allocator();
  CompileSpec* specs = nullptr;
  const size_t num_specs =
      file_delegate->compile_specs() == nullptr ? 0 : file_delegate->compile_specs()->size();
  if (num_specs > 0) {
    specs = ET_ALLOCATE_LIST_OR_RETURN_ERROR(allocator, CompileSpec, num_specs);
    for (uint32_t i = 0; i < num_specs; ++i) {
      const fb::CompileSpec* spec = file_delegate->compile_specs()->Get(i);
      // Backends only read the value, but their interface has always had a plain pointer.
      new (&specs[i])
          CompileSpec{spec->key()->c_str(),
                      {const_cast<uint8_t*>(spec->value()->data()), spec->value()->size()}};
    }
  }

  const fb::BackendDelegateDataReference* reference = file_delegate->processed();
  Delegate* delegate = delegates_.data() + index;
  if (reference->location() == fb::DataLocation::INLINE) {
    const void* data = nullptr;
    size_t size = 0;
    ET_CHECK_OK_OR_RETURN_ERROR(
        program_->get_backend_delegate_data(reference->index(), &data, &size));
    new (delegate) Delegate(backend, FreeableBuffer(data, size, nullptr));
  } else {
    ET_CHECK_OR_RETURN_ERROR(reference->location() == fb::DataLocation::SEGMENT, Internal,
                             "the data of delegate %" PRIu32 " is in the unknown place %d", index,
                             static_cast<int>(reference->location()));
    ET_ASSIGN_OR_RETURN(segment,
                        program_->LoadSegment(DataLoader::SegmentInfo(
                            DataLoader::SegmentInfo::Type::Backend, reference->index(), id)));
    new (delegate) Delegate(backend, std::move(segment));
  }

  BackendInitContext context(
      allocator, event_tracer_, plan_->name()->c_str(), named_data_map,
      backend_options == nullptr ? Span<const BackendOption>() : backend_options->get_options(id));
  const Result<DelegateHandle*> handle =
      backend->init(context, &delegate->payload, ArrayRef<CompileSpec>(specs, num_specs));
  if (!handle.ok()) {
    delegate->~Delegate();
    ET_REPORT_ERROR(
        "backend '%s' could not prepare delegate %" PRIu32 " of method '%s': %s", id, index,
        plan_->name()->c_str(),
        last_error_message()[0] == '\0' ? to_string(handle.error()) : last_error_message());
    return handle.error();
  }
  delegate->handle = *handle;
  delegates_ = {delegates_.data(), size_t(index) + 1};
  return Error::Ok;
}

Error Method::init_chains(Span<const Kernel> kernels) {
  MemoryAllocator* allocator = memory_manager_->method_allocator();
  const uint32_t num_chains = plan_->chains()->size();
  auto* chains = ET_ALLOCATE_LIST_OR_RETURN_ERROR(allocator, Span<Instruction>, num_chains);
  Span<Operator> operators;
  if (plan_->operators() != nullptr && plan_->operators()->size() > 0) {
    const uint32_t count = plan_->operators()->size();
    operators = {ET_ALLOCATE_LIST_OR_RETURN_ERROR(allocator, Operator, count), size_t(count)};
    for (Operator& op : operators) {
      new (&op) Operator();
    }
  }
  internal::MissingOperators missing;
  for (uint32_t chain = 0; chain < num_chains; ++chain) {
    const auto* file_instructions = plan_->chains()->Get(chain)->instructions();
    const uint32_t count = file_instructions->size();
    Instruction* instructions = nullptr;
    if (count > 0) {
      instructions = ET_ALLOCATE_LIST_OR_RETURN_ERROR(allocator, Instruction, count);
    }
    for (uint32_t i = 0; i < count; ++i) {
      new (&instructions[i]) Instruction();
      ET_CHECK_OK_OR_RETURN_ERROR(init_instruction(file_instructions->Get(i), kernels, operators,
                                                   &instructions[i], &missing));
    }
    new (&chains[chain]) Span<Instruction>(instructions, count);
  }
  ET_CHECK_OR_RETURN_ERROR(missing.count == 0, OperatorMissing,
                           "%" PRIu32 " operator%s without a kernel: %s", missing.count,
                           missing.count == 1 ? "" : "s", missing.text);
  chains_ = {chains, num_chains};
  return Error::Ok;
}

Error Method::init_instruction(const fb::Instruction* file_instruction, Span<const Kernel> kernels,
                               Span<Operator> operators, Instruction* instruction,
                               internal::MissingOperators* missing) {
  switch (file_instruction->instr_args_type()) {
    case fb::InstructionArguments::KernelCall: {
      const fb::KernelCall* call = file_instruction->instr_args_as_KernelCall();
      instruction->kind = Instruction::Kind::Kernel;
      ET_CHECK_OK_OR_RETURN_ERROR(
          init_arguments(call->args()->data(), call->args()->size(), instruction));
      return init_kernel(static_cast<uint32_t>(call->op_index()), kernels, operators, instruction,
                         missing);
    }
    case fb::InstructionArguments::DelegateCall: {
      const fb::DelegateCall* call = file_instruction->instr_args_as_DelegateCall();
      instruction->kind = Instruction::Kind::Delegate;
      instruction->delegate = &delegates_[static_cast<size_t>(call->delegate_index())];
      instruction->needs_data = true;
      ET_CHECK_OK_OR_RETURN_ERROR(
          init_arguments(call->args()->data(), call->args()->size(), instruction));
      note_overwritten_inputs(*instruction, false);
      return Error::Ok;
    }
    case fb::InstructionArguments::MoveCall: {
      const fb::MoveCall* call = file_instruction->instr_args_as_MoveCall();
      instruction->kind = Instruction::Kind::Move;
      const int32_t args[] = {call->move_from(), call->move_to()};
      ET_CHECK_OK_OR_RETURN_ERROR(init_arguments(args, 2, instruction));
      note_written(instruction->args[1]);
      return Error::Ok;
    }
    case fb::InstructionArguments::JumpFalseCall: {
      const fb::JumpFalseCall* call = file_instruction->instr_args_as_JumpFalseCall();
      instruction->kind = Instruction::Kind::JumpFalse;
      // A negative target is beyond the end as well.
      instruction->jump_target = static_cast<uint32_t>(call->destination_instruction());
      const int32_t args[] = {call->cond_value_index()};
      return init_arguments(args, 1, instruction);
    }
    case fb::InstructionArguments::FreeCall: {
      const fb::FreeCall* call = file_instruction->instr_args_as_FreeCall();
      instruction->kind = Instruction::Kind::Free;
      may_lack_memory_ = true;
      const int32_t args[] = {call->value_index()};
      ET_CHECK_OK_OR_RETURN_ERROR(init_arguments(args, 1, instruction));
      note_written(instruction->args[0]);
      return Error::Ok;
    }
    default:
      ET_ASSERT_UNREACHABLE();  // validate_plan() knows all kinds.
  }
}

Error Method::init_arguments(const int32_t* indices, size_t size, Instruction* instruction) {
  if (size > 0) {
    instruction->args =
        ET_ALLOCATE_LIST_OR_RETURN_ERROR(memory_manager_->method_allocator(), EValue*, size);
  }
  for (size_t i = 0; i < size; ++i) {
    instruction->args[i] = &values_[static_cast<size_t>(indices[i])];
  }
  instruction->num_args = static_cast<uint32_t>(size);
  return Error::Ok;
}

void Method::note_overwritten_inputs(const Instruction& instruction, bool is_in_place) {
  const uint32_t num_args = instruction.num_args;
  if (num_args == 0) {
    return;
  }
  if (is_in_place) {
    note_written(instruction.args[0]);
  }
  if (instruction.kind == Instruction::Kind::Kernel) {
    const EValue* out = instruction.args[num_args - 1];
    note_written(out);
    if (out->isTensorList()) {
      const auto* list = out->payload.copyable_union.as_tensor_list_ptr;
      for (size_t i = 0; i < list->size(); ++i) {
        note_written(list->wrapped(i));
      }
    }
    return;
  }
  // A delegate's arguments are its inputs and then its outputs; how many of each, the file does not
  // say. What comes before a method's input or a constant cannot be an output.
  for (uint32_t i = num_args; i-- > 0;) {
    const EValue* arg = instruction.args[i];
    const int32_t index = static_cast<int32_t>(arg - values_.data());
    const fb::Tensor* tensor = plan_->values()->Get(static_cast<uint32_t>(index))->val_as_Tensor();
    const auto* inputs = plan_->inputs();
    if (std::find(inputs->begin(), inputs->end(), index) != inputs->end() ||
        (tensor != nullptr && tensor->data_buffer_idx() != 0)) {
      return;
    }
    note_written(arg);
  }
}

void Method::note_written(const EValue* value) {
  for (size_t i = 0; i < inputs_size(); ++i) {
    const EValue& input = input_value(i);
    if (value == &input ||
        (value->isTensor() && input.isTensor() && overlap(value->toTensor(), input.toTensor()))) {
      input_flags_[i] |= kIsOverwritten;
    }
  }
}

Error Method::init_kernel(uint32_t index, Span<const Kernel> kernels, Span<Operator> operators,
                          Instruction* instruction, internal::MissingOperators* missing) {
  Operator& op = operators[index];
  if (!op.is_known) {
    char name[internal::kOperatorNameSize];
    ET_CHECK_OK_OR_RETURN_ERROR(internal::get_operator_name(plan_->operators()->Get(index), name));
    const internal::KernelChoice choice = internal::find_kernels(name, kernels);
    op.is_known = true;
    op.has_specialized = choice.has_specialized;
    op.needs_data = !internal::is_view(name);  // A result that is a view needs no memory before.
    op.is_in_place = internal::is_in_place(name);
    op.kernel = choice.fallback;
  }
  instruction->needs_data = op.needs_data;
  instruction->kernel = op.kernel;
  if (op.needs_data) {  // A view writes nothing.
    note_overwritten_inputs(*instruction, op.is_in_place);
  }
  return op.kernel != nullptr && !op.has_specialized
             ? Error::Ok
             : init_specialized_kernel(index, kernels, instruction, missing);
}

// Not inlined: few calls come here.
ET_NOINLINE Error Method::init_specialized_kernel(uint32_t index, Span<const Kernel> kernels,
                                                  Instruction* instruction,
                                                  internal::MissingOperators* missing) {
  char name[internal::kOperatorNameSize];
  ET_CHECK_OK_OR_RETURN_ERROR(internal::get_operator_name(plan_->operators()->Get(index), name));

  // No kernel is specialised for more tensors than this; such a call gets the general kernel.
  TensorMeta tensors[16];
  size_t num_tensors = 0;
  for (uint32_t i = 0; i < instruction->num_args; ++i) {
    if (!instruction->args[i]->isTensor()) {
      continue;
    }
    if (num_tensors == sizeof(tensors) / sizeof(tensors[0])) {
      num_tensors = 0;
      break;
    }
    const Tensor& tensor = instruction->args[i]->toTensor();
    const auto dim_order = tensor.dim_order();
    tensors[num_tensors++] = TensorMeta(
        tensor.scalar_type(),
        {const_cast<executorch::aten::DimOrderType*>(dim_order.data()), dim_order.size()});
  }
  const Span<const TensorMeta> metas(tensors, num_tensors);
  const Result<OpFunction> kernel = get_op_function_from_registry(name, metas, kernels);
  if (kernel.error() == Error::OperatorMissing) {
    missing->add(name, metas);
    return Error::Ok;
  }
  if (!kernel.ok()) {
    return kernel.error();
  }
  instruction->kernel = *kernel;
  return Error::Ok;
}

Method::Method(Method&& other) noexcept
    : plan_(other.plan_),
      program_(other.program_),
      memory_manager_(other.memory_manager_),
      event_tracer_(other.event_tracer_),
      temp_allocator_(other.temp_allocator_),
      temp_allocator_id_(other.temp_allocator_id_),
      platform_allocator_(other.platform_allocator_),
      merged_data_map_(other.merged_data_map_),
      values_(other.values_),
      input_flags_(other.input_flags_),
      delegates_(other.delegates_),
      external_constants_(other.external_constants_),
      chains_(other.chains_),
      may_lack_memory_(other.may_lack_memory_),
      chain_(other.chain_),
      instruction_(other.instruction_) {
  // The moved-from method owns nothing any more.
  other.platform_allocator_ = nullptr;
  other.merged_data_map_ = nullptr;
  other.delegates_ = {};
  other.external_constants_ = {};
}

Method::~Method() {
  for (Delegate& delegate : delegates_) {
    delegate.backend->destroy(delegate.handle);
    delegate.~Delegate();
  }
  for (NamedData& constant : external_constants_) {
    constant.~NamedData();
  }
  if (merged_data_map_ != nullptr) {
    merged_data_map_->~MergedDataMap();
  }
  if (platform_allocator_ != nullptr) {
    platform_allocator_->~PlatformMemoryAllocator();
  }
}

// ---- Inputs and outputs -------------------------------------------------------------------------

size_t Method::inputs_size() const {
  return plan_->inputs()->size();
}

size_t Method::outputs_size() const {
  return plan_->outputs()->size();
}

MethodMeta Method::method_meta() const {
  return MethodMeta(plan_);
}

EValue& Method::input_value(size_t i) const {
  return values_[static_cast<size_t>(plan_->inputs()->Get(static_cast<uint32_t>(i)))];
}

EValue& Method::output_value(size_t i) const {
  return values_[static_cast<size_t>(plan_->outputs()->Get(static_cast<uint32_t>(i)))];
}

bool Method::is_output(const EValue* value) const {
  for (size_t i = 0; i < outputs_size(); ++i) {
    if (&output_value(i) == value) {
      return true;
    }
  }
  return false;
}

// Checks of an input, with a sentence that says which one.
#define CHECK_INPUT(_cond, _error, _format, ...)                                              \
  ET_CHECK_OR_RETURN_ERROR(_cond, _error, "input %" ET_PRIsize_t " of method '%s': " _format, \
                           input_idx, plan_->name()->c_str(), ##__VA_ARGS__)

Error Method::set_input(const EValue& input_evalue, size_t input_idx) {
  CHECK_INPUT(input_idx < inputs_size(), InvalidArgument, "there are only %" ET_PRIsize_t " inputs",
              inputs_size());
#ifndef __OPTIMIZE_SIZE__
  uint8_t& flags = input_flags_[input_idx];
  if ((flags & kIsChecked) != 0 && input_evalue.isTensor() && input_value(input_idx).isTensor()) {
    // Most calls bring tensors like those of the call before.
    const Tensor& input = input_evalue.toTensor();
    const Tensor& tensor = input_value(input_idx).toTensor();
    if (input.const_data_ptr() != nullptr && look_alike(input, tensor)) {
      flags |= kIsSet;
      if ((flags & kIsPlanned) != 0) {
        return internal::copy_tensor_data(tensor, input);
      }
      internal::TensorResizerFriend::set_numel_bound(tensor.unsafeGetTensorImpl(),
                                                     static_cast<size_t>(input.numel()));
      return internal::share_tensor_data(tensor, input);
    }
  }
#endif
  const fb::EValue* expected = plan_->values()->Get(
      static_cast<uint32_t>(plan_->inputs()->Get(static_cast<uint32_t>(input_idx))));
  ET_ASSIGN_OR_RETURN(expected_tag, method_meta().input_tag(input_idx),
                      "input %" ET_PRIsize_t " of method '%s' is a list, which is not supported",
                      input_idx, plan_->name()->c_str());
  CHECK_INPUT(input_evalue.tag == expected_tag, InvalidArgument, "got kind %s, expected %s",
              tag_to_string(input_evalue.tag), tag_to_string(expected_tag));
  switch (expected_tag) {
    case Tag::Tensor:
      ET_CHECK_OK_OR_RETURN_ERROR(set_tensor_input(input_evalue.toTensor(), input_idx));
#ifndef __OPTIMIZE_SIZE__
      flags |= kIsChecked;
      if (method_meta().input_tensor_meta(input_idx)->is_memory_planned()) {
        flags |= kIsPlanned;
      }
#endif
      break;
    case Tag::Int: {
      const int64_t value = expected->val_as_Int()->int_val();
      CHECK_INPUT(input_evalue.toInt() == value, InvalidArgument,
                  "got %" PRId64 ", but the program was exported for %" PRId64,
                  input_evalue.toInt(), value);
      break;
    }
    case Tag::Bool: {
      const bool value = expected->val_as_Bool()->bool_val();
      CHECK_INPUT(input_evalue.toBool() == value, InvalidArgument,
                  "got the bool %d, but the program was exported for %d", input_evalue.toBool(),
                  value);
      break;
    }
    case Tag::Double: {
      const double got = input_evalue.toDouble();
      const double value = expected->val_as_Double()->double_val();
      const bool equal = got == value || (std::isnan(got) && std::isnan(value)) ||
                         std::fabs(got - value) <= 1e-4 + 1e-5 * std::fabs(value);
      CHECK_INPUT(equal && std::isinf(got) == std::isinf(value), InvalidArgument,
                  "got %g, but the program was exported for %g", got, value);
      break;
    }
    case Tag::String: {
      const flatbuffers::String* text = expected->val_as_String()->string_val();
      CHECK_INPUT(input_evalue.toString() == string_view(text->c_str(), text->size()),
                  InvalidArgument, "got another text than '%s', which the program was exported for",
                  text->c_str());
      break;
    }
    default:  // None.
      break;
  }
  input_flags_[input_idx] |= kIsSet;
  return Error::Ok;
}

Error Method::set_tensor_input(const Tensor& input, size_t input_idx) {
  ET_ASSIGN_OR_RETURN(expected, method_meta().input_tensor_meta(input_idx));
  EValue& value = input_value(input_idx);
  CHECK_INPUT(value.isTensor(), InvalidState, "an instruction replaced it by another kind");
  const Tensor& tensor = value.toTensor();

  CHECK_INPUT(input.scalar_type() == expected.scalar_type(), InvalidArgument,
              "got a tensor of %s, expected %s", toString(input.scalar_type()),
              toString(expected.scalar_type()));
  const size_t rank = expected.sizes().size();
  CHECK_INPUT(input.sizes().size() == rank, NotSupported,
              "got a tensor of rank %" ET_PRIsize_t ", expected %" ET_PRIsize_t,
              input.sizes().size(), rank);
  const bool is_static = tensor.shape_dynamism() == executorch::aten::TensorShapeDynamism::STATIC;
  for (size_t d = 0; d < rank; ++d) {
    const int32_t size = input.sizes()[d];
    const int32_t bound = expected.sizes()[d];
    CHECK_INPUT(size == bound || (!is_static && size < bound), NotSupported,
                "dimension %" ET_PRIsize_t " is %" PRId32 ", expected %s%" PRId32, d, size,
                is_static ? "" : "at most ", bound);
  }
  CHECK_INPUT(is_dense(input, expected.dim_order().data()), InvalidArgument,
              "its strides are not those of a dense tensor in the program's dim_order");
  CHECK_INPUT(input.const_data_ptr() != nullptr || input.numel() == 0, InvalidArgument,
              "the tensor has no data");
  const bool is_same_device =
      input.device_type() == tensor.device_type() && input.device_index() == tensor.device_index();
  if (expected.is_memory_planned()) {
    ET_CHECK_OK_OR_RETURN_ERROR(resize_tensor(tensor, input.sizes()));
    return is_same_device && tensor.device_type() == etensor::DeviceType::CPU
               ? internal::copy_tensor_data(tensor, input)
               : copy_between_devices(tensor, input);
  }
  CHECK_INPUT(is_same_device, NotSupported, "it must be in the memory of another device");
  // An instruction may resize it, but not beyond the caller's memory.
  internal::TensorResizerFriend::set_numel_bound(tensor.unsafeGetTensorImpl(),
                                                 static_cast<size_t>(input.numel()));
  ET_CHECK_OK_OR_RETURN_ERROR(resize_tensor(tensor, input.sizes()));
  return internal::share_tensor_data(tensor, input);
}

#undef CHECK_INPUT

Error Method::set_inputs(const executorch::aten::ArrayRef<EValue>& input_evalues) {
  ET_CHECK_OR_RETURN_ERROR(input_evalues.size() == inputs_size(), InvalidArgument,
                           "method '%s' has %" ET_PRIsize_t " inputs, got %" ET_PRIsize_t,
                           plan_->name()->c_str(), inputs_size(), input_evalues.size());
  for (size_t i = 0; i < input_evalues.size(); ++i) {
    ET_CHECK_OK_OR_RETURN_ERROR(set_input(input_evalues[i], i));
  }
  return Error::Ok;
}

Error Method::set_output_data_ptr(void* buffer, size_t size, size_t output_idx) {
  ET_ASSIGN_OR_RETURN(expected, method_meta().output_tensor_meta(output_idx));
  ET_CHECK_OR_RETURN_ERROR(!expected.is_memory_planned(), InvalidState,
                           "output %" ET_PRIsize_t
                           " of method '%s' already has memory, which is planned",
                           output_idx, plan_->name()->c_str());
  const bool is_unbound =
      expected.shape_dynamism() == executorch::aten::TensorShapeDynamism::DYNAMIC_UNBOUND;
  ET_CHECK_OR_RETURN_ERROR(
      buffer != nullptr && (is_unbound || size >= expected.nbytes()), InvalidArgument,
      "output %" ET_PRIsize_t " of method '%s' needs %" ET_PRIsize_t " bytes, got %" ET_PRIsize_t,
      output_idx, plan_->name()->c_str(), expected.nbytes(), buffer == nullptr ? 0 : size);
  EValue& value = output_value(output_idx);
  ET_CHECK_OR_RETURN_ERROR(value.isTensor(), InvalidState,
                           "output %" ET_PRIsize_t " of method '%s' is not a tensor any more",
                           output_idx, plan_->name()->c_str());
  return internal::set_tensor_data(value.toTensor(), buffer, size);
}

Error Method::get_outputs(EValue* output_evalues, size_t length) {
  ET_CHECK_OR_RETURN_ERROR(
      output_evalues != nullptr && length >= outputs_size(), InvalidArgument,
      "method '%s' has %" ET_PRIsize_t " outputs, the array holds %" ET_PRIsize_t,
      plan_->name()->c_str(), outputs_size(), output_evalues == nullptr ? 0 : length);
  for (size_t i = 0; i < length; ++i) {
    output_evalues[i] = i < outputs_size() ? output_value(i) : EValue();
  }
  return Error::Ok;
}

Error Method::get_inputs(EValue* input_evalues, size_t length) {
  ET_CHECK_OR_RETURN_ERROR(
      input_evalues != nullptr && length >= inputs_size(), InvalidArgument,
      "method '%s' has %" ET_PRIsize_t " inputs, the array holds %" ET_PRIsize_t,
      plan_->name()->c_str(), inputs_size(), input_evalues == nullptr ? 0 : length);
  for (size_t i = 0; i < length; ++i) {
    input_evalues[i] = i < inputs_size() ? input_value(i) : EValue();
  }
  return Error::Ok;
}

const EValue& Method::get_output(size_t i) const {
  ET_CHECK_MSG(i < outputs_size(), "output %" ET_PRIsize_t " of %" ET_PRIsize_t, i, outputs_size());
  return output_value(i);
}

EValue& Method::mutable_output(size_t i) {
  ET_CHECK_MSG(i < outputs_size(), "output %" ET_PRIsize_t " of %" ET_PRIsize_t, i, outputs_size());
  return output_value(i);
}

const EValue& Method::get_input(size_t i) const {
  ET_CHECK_MSG(i < inputs_size(), "input %" ET_PRIsize_t " of %" ET_PRIsize_t, i, inputs_size());
  return input_value(i);
}

EValue& Method::mutable_input(size_t i) {
  ET_CHECK_MSG(i < inputs_size(), "input %" ET_PRIsize_t " of %" ET_PRIsize_t, i, inputs_size());
  input_flags_[i] |= kIsSet;  // The caller writes to it directly.
  return input_value(i);
}

Result<Tensor> Method::get_attribute(string_view name) {
  for (uint32_t i = 0; i < plan_->values()->size(); ++i) {
    const fb::Tensor* tensor = plan_->values()->Get(i)->val_as_Tensor();
    if (tensor == nullptr || tensor->extra_tensor_info() == nullptr ||
        tensor->extra_tensor_info()->fully_qualified_name() == nullptr) {
      continue;
    }
    const flatbuffers::String* found = tensor->extra_tensor_info()->fully_qualified_name();
    if (string_view(found->data(), found->size()) == name) {
      return values_[i].tryToTensor();
    }
  }
  ET_REPORT_ERROR("method '%s' has no attribute '%.*s'", plan_->name()->c_str(),
                  static_cast<int>(name.size()), name.data());
  return Error::NotFound;
}

// ---- Execution ----------------------------------------------------------------------------------

Error Method::take_inputs() {
  for (size_t i = 0; i < inputs_size(); ++i) {
    ET_CHECK_OR_RETURN_ERROR((input_flags_[i] & kIsSet) != 0, InvalidArgument,
                             "input %" ET_PRIsize_t " of method '%s' %s", i, plan_->name()->c_str(),
                             (input_flags_[i] & kIsLost) != 0
                                 ? "must be set again: the last execution has overwritten it"
                                 : "has not been set");
  }
  for (size_t i = 0; i < inputs_size(); ++i) {
    if ((input_flags_[i] & kIsOverwritten) != 0) {
      input_flags_[i] = kIsOverwritten | kIsLost;
    }
  }
  return Error::Ok;
}

bool Method::skip_to_instruction() {
  while (chain_ < chains_.size() && instruction_ >= chains_[chain_].size()) {
    ++chain_;
    instruction_ = 0;
  }
  return chain_ < chains_.size();
}

Error Method::run_instruction(const Instruction& instruction) {
  internal::EventTracerProfileInstructionScope instruction_scope(
      event_tracer_, static_cast<ChainID>(chain_), static_cast<DebugHandle>(instruction_));
  uint32_t next = instruction_ + 1;
  Error error = Error::Ok;
  if (may_lack_memory_ && instruction.needs_data) {
    error = check_data(instruction);
  }
  if (ET_LIKELY(error == Error::Ok)) {
    if (ET_LIKELY(instruction.kind == Instruction::Kind::Kernel)) {
      internal::EventTracerProfileOpScope scope(event_tracer_, "OPERATOR_CALL");
      KernelRuntimeContext context(event_tracer_, temp_allocator_, temp_allocator_id_);
      instruction.kernel(context, {instruction.args, instruction.num_args});
      error = context.failure_state();
      if (context.internal_has_allocated()) {
        temp_allocator_->reset();
      }
#ifdef ET_EVENT_TRACER_ENABLED
      if (ET_UNLIKELY(event_tracer_ != nullptr) && error == Error::Ok) {
        log_results(instruction);
      }
#endif
    } else {
      error = run_other_than_kernel(instruction, &next);
    }
  }
  if (ET_UNLIKELY(error != Error::Ok)) {
    report_failure(error);
    restart();
    return error;
  }
  instruction_ = next;
  return Error::Ok;
}

// Not inlined: it would cost each call of a kernel the registers that it saves.
ET_NOINLINE Error Method::run_other_than_kernel(const Instruction& instruction, uint32_t* next) {
  const Span<EValue*> args(instruction.args, instruction.num_args);
  switch (instruction.kind) {
    case Instruction::Kind::Delegate: {
      internal::EventTracerProfileOpScope scope(event_tracer_, "DELEGATE_CALL");
      BackendExecutionContext context(event_tracer_, temp_allocator_, plan_->name()->c_str(),
                                      temp_allocator_id_);
      const Delegate& delegate = *instruction.delegate;
      const Error error = delegate.backend->execute(context, delegate.handle, args);
      temp_allocator_->reset();
      for (const EValue* arg : args) {
        internal::event_tracer_log_evalue(event_tracer_, *arg);
      }
      return error;
    }
    case Instruction::Kind::Move: {
      internal::EventTracerProfileOpScope scope(event_tracer_, "MOVE_CALL");
      *args[1] = *args[0];
      return Error::Ok;
    }
    case Instruction::Kind::JumpFalse: {
      internal::EventTracerProfileOpScope scope(event_tracer_, "JF_CALL");
      const Result<bool> condition = is_true(*args[0]);
      if (condition.ok() && !*condition) {
        *next = instruction.jump_target;
      }
      return condition.error();
    }
    case Instruction::Kind::Free: {
      internal::EventTracerProfileOpScope scope(event_tracer_, "FREE_CALL");
      if (args[0]->isTensor()) {
        internal::reset_data_ptr(args[0]->toTensor());
        return Error::Ok;
      }
      set_last_error("the value to free is not a tensor");
      return Error::InvalidType;
    }
    default:
      ET_ASSERT_UNREACHABLE();  // Kernels are run by the caller.
  }
}

Error Method::check_data(const Instruction& instruction) const {
  for (uint32_t i = 0; i < instruction.num_args; ++i) {
    if (lacks_data(instruction.args[i])) {
      set_last_error("argument %" PRIu32
                     " has no memory; is it an input or output whose memory was not supplied?",
                     i);
      return Error::InvalidState;
    }
  }
  return Error::Ok;
}

void Method::report_failure(Error error) const {
  if constexpr (!internal::kHasMessages) {
    return;
  }
  const fb::Instruction* instruction =
      plan_->chains()->Get(chain_)->instructions()->Get(instruction_);
  char operator_name[internal::kOperatorNameSize];
  const char* what = "a jump or a move";
  if (const fb::KernelCall* call = instruction->instr_args_as_KernelCall()) {
    const fb::Operator* op = plan_->operators()->Get(static_cast<uint32_t>(call->op_index()));
    what = internal::get_operator_name(op, operator_name) == Error::Ok ? operator_name
                                                                       : op->name()->c_str();
  } else if (const fb::DelegateCall* call = instruction->instr_args_as_DelegateCall()) {
    what = plan_->delegates()->Get(static_cast<uint32_t>(call->delegate_index()))->id()->c_str();
  }
  const char* text = last_error_message();
  ET_REPORT_ERROR("%s in instruction %" PRIu32 " of method '%s': %s", what, instruction_,
                  plan_->name()->c_str(), text[0] == '\0' ? to_string(error) : text);
}

bool Method::at_start() const {
  return chain_ == 0 && instruction_ == 0;
}

void Method::restart() {
  chain_ = 0;
  instruction_ = 0;
}

#ifdef ET_EVENT_TRACER_ENABLED
// The last argument is the result. That of a kernel with several is the list of them; they also are
// arguments themselves, which a list of tensors that is one result is not.
void Method::log_results(const Instruction& instruction) const {
  if (instruction.num_args == 0 || internal::event_tracer_get_debug_level(event_tracer_) <
                                       EventTracerDebugLogLevel::kIntermediateOutputs) {
    return;
  }
  const EValue& last = *instruction.args[instruction.num_args - 1];
  if (last.isTensorList() && instruction.num_args > 1 &&
      instruction.args[instruction.num_args - 2]->isTensor()) {
    const Result<ArrayRef<executorch::aten::Tensor>> results = last.tryToTensorList();
    for (size_t i = 0; results.ok() && i < results->size(); ++i) {
      internal::event_tracer_log_evalue(event_tracer_, EValue((*results)[i]));
    }
    return;
  }
  internal::event_tracer_log_evalue(event_tracer_, last);
}
#endif

void Method::log_outputs() const {
#ifdef ET_EVENT_TRACER_ENABLED
  if (event_tracer_ == nullptr) {
    return;
  }
  for (size_t i = 0; i < outputs_size(); ++i) {
    internal::event_tracer_log_evalue_output(event_tracer_, output_value(i));
  }
#endif
}

Error Method::execute() {
  internal::event_tracer_create_event_block(event_tracer_, "Execute");
  internal::EventTracerProfileMethodScope scope(event_tracer_, "Method::execute");
  ET_CHECK_OR_RETURN_ERROR(at_start(), InvalidState, "method '%s' is being executed step by step",
                           plan_->name()->c_str());
  ET_CHECK_OK_OR_RETURN_ERROR(take_inputs());
  clear_last_error();
  uint64_t count = 0;
  while (skip_to_instruction()) {
    const Span<Instruction> instructions = chains_[chain_];
    while (instruction_ < instructions.size()) {
      if (count++ == ET_MAX_INSTRUCTIONS) {
        restart();
        ET_REPORT_ERROR("method '%s' has run %d instructions without coming to an end",
                        plan_->name()->c_str(), ET_MAX_INSTRUCTIONS);
        return Error::InvalidProgram;
      }
      ET_CHECK_OK_OR_RETURN_ERROR(run_instruction(instructions[instruction_]));
    }
  }
  restart();
  log_outputs();
  return Error::Ok;
}

Error Method::run_step() {
  if (at_start()) {
    ET_CHECK_OK_OR_RETURN_ERROR(take_inputs());
    clear_last_error();
  }
  if (!skip_to_instruction()) {
    return Error::EndOfMethod;
  }
  ET_CHECK_OK_OR_RETURN_ERROR(run_instruction(chains_[chain_][instruction_]));
  if (!skip_to_instruction()) {
    log_outputs();
  }
  return Error::Ok;
}

Error Method::end_steps() {
  ET_CHECK_OR_RETURN_ERROR(chain_ == chains_.size(), InvalidState,
                           "method '%s' has not come to its end", plan_->name()->c_str());
  restart();
  return Error::Ok;
}

Error Method::step() {
  return run_step();
}

Error Method::experimental_step() {
  return run_step();
}

bool Method::in_progress() const {
  return !at_start();
}

Error Method::reset_execution() {
  return end_steps();
}

Error Method::experimental_reset_execution() {
  return end_steps();
}

}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch
