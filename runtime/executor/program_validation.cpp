// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/executor/program_validation.h>

#include <cinttypes>
#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/checked_math.h>
#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/exec_aten/util/dim_order_util.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/core/exec_aten/util/tensor_dimension_limit.h>
#include <executorch/runtime/executor/memory_overlap.h>
#include <executorch/runtime/executor/operator_name.h>
#include <executorch/runtime/kernel/operator_registry.h>
#include <executorch/schema/program_generated.h>

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {

using executorch::aten::ScalarType;
namespace fb = executorch_flatbuffer;

namespace {

template <typename T>
using Vector = flatbuffers::Vector<T>;

// Checks whose sentence names the method.
#define CHECK_PLAN(_cond, _format, ...) \
  ET_CHECK_OR_RETURN_ERROR(_cond, InvalidProgram, "method '%s': " _format, name, ##__VA_ARGS__)

// All but the number of bytes, which for an input only matters if a tensor of that size comes.
Error validate_tensor_fields(const fb::Tensor* tensor) {
  ET_CHECK_OR_RETURN_ERROR(tensor != nullptr, InvalidProgram, "a tensor is missing");
  const auto* sizes = tensor->sizes();
  const auto* dim_order = tensor->dim_order();
  ET_CHECK_OR_RETURN_ERROR(sizes != nullptr && dim_order != nullptr, InvalidProgram,
                           "a tensor has no sizes or no dim_order");
  ET_CHECK_OR_RETURN_ERROR(sizes->size() <= kTensorDimensionLimit, InvalidProgram,
                           "a tensor has rank %" PRIu32 ", the limit is %" ET_PRIsize_t,
                           sizes->size(), kTensorDimensionLimit);
  ET_CHECK_OR_RETURN_ERROR(dim_order->size() == sizes->size(), InvalidProgram,
                           "a tensor of rank %" PRIu32 " has a dim_order of length %" PRIu32,
                           sizes->size(), dim_order->size());
  for (uint32_t i = 0; i < sizes->size(); ++i) {
    ET_CHECK_OR_RETURN_ERROR(sizes->Get(i) >= 0, InvalidProgram,
                             "a tensor has size %" PRId32 " in dimension %" PRIu32, sizes->Get(i),
                             i);
  }
  ET_CHECK_OR_RETURN_ERROR(isValid(static_cast<ScalarType>(tensor->scalar_type())), InvalidProgram,
                           "a tensor has the unknown scalar type %d",
                           static_cast<int>(tensor->scalar_type()));
  return Error::Ok;
}

Error validate_nbytes(const fb::Tensor* tensor) {
  size_t nbytes = 0;
  ET_CHECK_OR_RETURN_ERROR(!internal::nbytes_overflow(tensor, &nbytes), InvalidProgram,
                           "the size of a tensor in bytes overflows");
  return Error::Ok;
}

bool in_range(int64_t index, uint32_t size) {
  return index >= 0 && index < size;
}

template <typename T>
Error validate_indices(const char* name, const char* what, const Vector<T>* indices,
                       uint32_t num_values) {
  CHECK_PLAN(indices != nullptr, "%s is missing", what);
  for (const T index : *indices) {
    CHECK_PLAN(in_range(index, num_values), "%s refers to value %" PRId64 " of %" PRIu32, what,
               static_cast<int64_t>(index), num_values);
  }
  return Error::Ok;
}

// A list of value indices whose elements must be of one kind, or, if `optional`, -1 or Null.
template <typename T>
Error validate_boxed_list(const char* name, const Vector<flatbuffers::Offset<fb::EValue>>* values,
                          const Vector<T>* items, fb::KernelTypes kind, bool optional) {
  CHECK_PLAN(items != nullptr, "a list has no items");
  for (const T item : *items) {
    if (optional && item == -1) {
      continue;
    }
    CHECK_PLAN(in_range(item, values->size()), "a list refers to value %" PRId64 " of %" PRIu32,
               static_cast<int64_t>(item), values->size());
    const fb::KernelTypes found = values->Get(static_cast<uint32_t>(item))->val_type();
    ET_CHECK_OR_RETURN_ERROR(
        found == kind || (optional && found == fb::KernelTypes::Null), InvalidType,
        "method '%s': value %" PRId64 " is of kind %d, but a list needs kind %d", name,
        static_cast<int64_t>(item), static_cast<int>(found), static_cast<int>(kind));
  }
  return Error::Ok;
}

Error validate_value(const char* name, const Vector<flatbuffers::Offset<fb::EValue>>* values,
                     uint32_t index) {
  const fb::EValue* value = values->Get(index);
  const fb::KernelTypes kind = value->val_type();
  CHECK_PLAN(value->val() != nullptr || kind == fb::KernelTypes::Null,
             "value %" PRIu32 " is missing", index);
  switch (kind) {
    case fb::KernelTypes::Null:
    case fb::KernelTypes::Int:
    case fb::KernelTypes::Bool:
    case fb::KernelTypes::Double:
      return Error::Ok;
    case fb::KernelTypes::Tensor:
      return validate_tensor_fields(value->val_as_Tensor());
    case fb::KernelTypes::String:
      CHECK_PLAN(value->val_as_String()->string_val() != nullptr, "value %" PRIu32 " has no text",
                 index);
      return Error::Ok;
    case fb::KernelTypes::DoubleList:
      CHECK_PLAN(value->val_as_DoubleList()->items() != nullptr, "value %" PRIu32 " has no items",
                 index);
      return Error::Ok;
    case fb::KernelTypes::BoolList: {
      const Vector<uint8_t>* items = value->val_as_BoolList()->items();
      CHECK_PLAN(items != nullptr, "value %" PRIu32 " has no items", index);
      for (const uint8_t item : *items) {
        CHECK_PLAN(item <= 1, "value %" PRIu32 " has an item that is not a bool", index);
      }
      return Error::Ok;
    }
    case fb::KernelTypes::IntList:
      return validate_boxed_list(name, values, value->val_as_IntList()->items(),
                                 fb::KernelTypes::Int, false);
    case fb::KernelTypes::TensorList:
      return validate_boxed_list(name, values, value->val_as_TensorList()->items(),
                                 fb::KernelTypes::Tensor, false);
    case fb::KernelTypes::OptionalTensorList:
      return validate_boxed_list(name, values, value->val_as_OptionalTensorList()->items(),
                                 fb::KernelTypes::Tensor, true);
    default:
      CHECK_PLAN(false, "value %" PRIu32 " is of the unknown kind %d", index,
                 static_cast<int>(kind));
      return Error::InvalidProgram;
  }
}

Error validate_instruction(const char* name, const fb::ExecutionPlan* plan,
                           const fb::Instruction* instruction, uint32_t index) {
  const uint32_t num_values = plan->values()->size();
  CHECK_PLAN(instruction->instr_args() != nullptr, "instruction %" PRIu32 " has no arguments",
             index);
  switch (instruction->instr_args_type()) {
    case fb::InstructionArguments::KernelCall: {
      const fb::KernelCall* call = instruction->instr_args_as_KernelCall();
      CHECK_PLAN(
          plan->operators() != nullptr && in_range(call->op_index(), plan->operators()->size()),
          "instruction %" PRIu32 " calls operator %" PRId32 ", which does not exist", index,
          call->op_index());
      CHECK_PLAN(plan->operators()->Get(static_cast<uint32_t>(call->op_index()))->name() != nullptr,
                 "operator %" PRId32 " has no name", call->op_index());
      return validate_indices(name, "a kernel call", call->args(), num_values);
    }
    case fb::InstructionArguments::DelegateCall: {
      const fb::DelegateCall* call = instruction->instr_args_as_DelegateCall();
      CHECK_PLAN(in_range(call->delegate_index(), plan->delegates()->size()),
                 "instruction %" PRIu32 " calls delegate %" PRId32 ", which does not exist", index,
                 call->delegate_index());
      return validate_indices(name, "a delegate call", call->args(), num_values);
    }
    case fb::InstructionArguments::MoveCall: {
      const fb::MoveCall* call = instruction->instr_args_as_MoveCall();
      CHECK_PLAN(in_range(call->move_from(), num_values) && in_range(call->move_to(), num_values),
                 "instruction %" PRIu32 " moves value %" PRId32 " to %" PRId32 " of %" PRIu32,
                 index, call->move_from(), call->move_to(), num_values);
      return Error::Ok;
    }
    case fb::InstructionArguments::JumpFalseCall: {
      const fb::JumpFalseCall* call = instruction->instr_args_as_JumpFalseCall();
      CHECK_PLAN(in_range(call->cond_value_index(), num_values),
                 "instruction %" PRIu32 " tests value %" PRId32 " of %" PRIu32, index,
                 call->cond_value_index(), num_values);
      return Error::Ok;
    }
    case fb::InstructionArguments::FreeCall: {
      const fb::FreeCall* call = instruction->instr_args_as_FreeCall();
      CHECK_PLAN(in_range(call->value_index(), num_values),
                 "instruction %" PRIu32 " frees value %" PRId32 " of %" PRIu32, index,
                 call->value_index(), num_values);
      return Error::Ok;
    }
    default:
      CHECK_PLAN(false, "instruction %" PRIu32 " is of the unknown kind %d", index,
                 static_cast<int>(instruction->instr_args_type()));
      return Error::InvalidProgram;
  }
}

Error validate_delegate(const char* name, const fb::BackendDelegate* delegate, uint32_t index) {
  CHECK_PLAN(delegate->id() != nullptr, "delegate %" PRIu32 " names no backend", index);
  CHECK_PLAN(delegate->processed() != nullptr, "delegate %" PRIu32 " has no data", index);
  if (delegate->compile_specs() != nullptr) {
    for (const fb::CompileSpec* spec : *delegate->compile_specs()) {
      CHECK_PLAN(spec->key() != nullptr && spec->value() != nullptr,
                 "delegate %" PRIu32 " has a compile spec without key or value", index);
    }
  }
  return Error::Ok;
}

// Whether a tensor lies within the arena that the plan itself asks for.
Error validate_allocation(const char* name, const fb::ExecutionPlan* plan, uint32_t value) {
  if (plan->values()->Get(value)->val_as_Tensor()->allocation_info() == nullptr) {
    return Error::Ok;
  }
  PlannedPlace place = {};
  const bool is_planned = get_planned_place(plan, value, &place);
  const uint32_t num_arenas = plan->non_const_buffer_sizes()->size();
  CHECK_PLAN(place.arena >= 1 && place.arena < num_arenas,
             "a tensor lies in arena %" PRIu32 " of %" PRIu32, place.arena,
             num_arenas == 0 ? 0 : num_arenas - 1);
  const uint64_t size = static_cast<uint64_t>(plan->non_const_buffer_sizes()->Get(place.arena));
  CHECK_PLAN(is_planned && place.end <= size,
             "a tensor at offset %" PRIu64 " ends beyond arena %" PRIu32 " of %" PRIu64 " bytes",
             place.begin, place.arena, size);
  return Error::Ok;
}

Error validate_segment(const fb::Program* program, const char* what, uint32_t index) {
  ET_CHECK_OR_RETURN_ERROR(program->segments() != nullptr && index < program->segments()->size(),
                           InvalidProgram, "%s refers to segment %" PRIu32 ", which does not exist",
                           what, index);
  return Error::Ok;
}

// Whether a constant lies within its segment, or its inline buffer.
Error validate_constant(const char* name, const fb::Program* program, const fb::Tensor* tensor,
                        size_t nbytes) {
  const fb::ExtraTensorInfo* extra = tensor->extra_tensor_info();
  const uint32_t index = tensor->data_buffer_idx();
  if (index == 0 || (extra != nullptr && extra->location() == fb::TensorDataLocation::EXTERNAL)) {
    return Error::Ok;
  }
  const fb::SubsegmentOffsets* constants = program->constant_segment();
  if (tensor->allocation_info() != nullptr) {
    const auto* lists = program->mutable_data_segments();
    constants = lists == nullptr || lists->size() == 0 ? nullptr : lists->Get(0);
    CHECK_PLAN(constants != nullptr && constants->offsets() != nullptr,
               "a tensor has an initial value, but the program has none");
  } else if (constants == nullptr || constants->offsets() == nullptr ||
             constants->offsets()->size() == 0) {
    const auto* buffers = program->constant_buffer();
    CHECK_PLAN(buffers != nullptr && index < buffers->size() &&
                   (nbytes == 0 || (buffers->Get(index)->storage() != nullptr &&
                                    nbytes <= buffers->Get(index)->storage()->size())),
               "constant %" PRIu32 " does not have %" ET_PRIsize_t " bytes", index, nbytes);
    return Error::Ok;
  }
  CHECK_PLAN(index < constants->offsets()->size(), "constant %" PRIu32 " of %" PRIu32, index,
             constants->offsets()->size());
  ET_CHECK_OK_OR_RETURN_ERROR(
      validate_segment(program, "the data of tensors", constants->segment_index()));
  const uint64_t size = program->segments()->Get(constants->segment_index())->size();
  CHECK_PLAN(range_fits<uint64_t>(constants->offsets()->Get(index), nbytes, size),
             "constant %" PRIu32 " of %" ET_PRIsize_t " bytes ends beyond its segment", index,
             nbytes);
  return Error::Ok;
}

// Every call of an operator passes as many values as its registered kernel takes, or, if none is
// registered, as the other calls.
class ArityChecker {
 public:
  Error check(const char* name, const fb::ExecutionPlan* plan, const fb::KernelCall* call,
              uint32_t index) {
    const uint32_t op = static_cast<uint32_t>(call->op_index());
    const uint32_t count = call->args()->size();
    uint32_t expected = op < kNumKnown ? known_[op] : 0;
    if (expected == count && count != 0) {
      return Error::Ok;
    }
    char operator_name[internal::kOperatorNameSize];
    ET_CHECK_OK_OR_RETURN_ERROR(
        internal::get_operator_name(plan->operators()->Get(op), operator_name));
    if (expected == 0) {
      const size_t arity = internal::find_arity(operator_name);
      expected = arity == 0 ? count : static_cast<uint32_t>(arity);
      if (op < kNumKnown) {
        known_[op] = expected;
      }
    }
    CHECK_PLAN(count == expected,
               "%s in instruction %" PRIu32 " takes %" PRIu32 " values, but is given %" PRIu32,
               operator_name, index, expected, count);
    return Error::Ok;
  }

 private:
  static constexpr size_t kNumKnown = 256;
  uint32_t known_[kNumKnown] = {};
};

// The end of the chain is a target as well.
Error validate_jump(const char* name, const fb::Instruction* instruction, uint32_t index,
                    uint32_t num_instructions) {
  const fb::JumpFalseCall* call = instruction->instr_args_as_JumpFalseCall();
  CHECK_PLAN(call == nullptr || in_range(call->destination_instruction(), num_instructions + 1),
             "instruction %" PRIu32 " jumps to instruction %" PRId32 " of %" PRIu32, index,
             call->destination_instruction(), num_instructions);
  return Error::Ok;
}

bool is_dynamic_input(const fb::ExecutionPlan* plan, uint32_t value_index) {
  if (plan->values()->Get(value_index)->val_as_Tensor()->shape_dynamism() ==
      fb::TensorShapeDynamism::STATIC) {
    return false;
  }
  for (const int32_t input : *plan->inputs()) {
    if (static_cast<uint32_t>(input) == value_index) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool internal::nbytes_overflow(const fb::Tensor* tensor, size_t* nbytes) {
  *nbytes = elementSize(static_cast<ScalarType>(tensor->scalar_type()));
  size_t numel = 1;
  for (const int32_t size : *tensor->sizes()) {
    if (mul_overflows(numel, static_cast<size_t>(size), &numel)) {
      return true;
    }
  }
  return numel > static_cast<size_t>(PTRDIFF_MAX) || mul_overflows(*nbytes, numel, nbytes);
}

Error validate_tensor(const fb::Tensor* tensor) {
  ET_CHECK_OK_OR_RETURN_ERROR(validate_tensor_fields(tensor));
  return validate_nbytes(tensor);
}

Error validate_plan(const fb::ExecutionPlan* plan) {
  ET_CHECK_OR_RETURN_ERROR(plan != nullptr && plan->name() != nullptr, InvalidProgram,
                           "a method has no name");
  const char* name = plan->name()->c_str();
  const auto* values = plan->values();
  CHECK_PLAN(values != nullptr, "there are no values");
  for (uint32_t i = 0; i < values->size(); ++i) {
    ET_CHECK_OK_OR_RETURN_ERROR(validate_value(name, values, i));
  }
  ET_CHECK_OK_OR_RETURN_ERROR(
      validate_indices(name, "the list of inputs", plan->inputs(), values->size()));
  ET_CHECK_OK_OR_RETURN_ERROR(
      validate_indices(name, "the list of outputs", plan->outputs(), values->size()));

  CHECK_PLAN(plan->non_const_buffer_sizes() != nullptr, "there are no sizes of arenas");
  for (const int64_t size : *plan->non_const_buffer_sizes()) {
    CHECK_PLAN(size >= 0, "an arena has the size %" PRId64, size);
  }
  CHECK_PLAN(plan->delegates() != nullptr, "the list of delegates is missing");
  for (uint32_t i = 0; i < plan->delegates()->size(); ++i) {
    ET_CHECK_OK_OR_RETURN_ERROR(validate_delegate(name, plan->delegates()->Get(i), i));
  }
  CHECK_PLAN(plan->chains() != nullptr && plan->chains()->size() > 0, "there are no chains");
  for (const fb::Chain* chain : *plan->chains()) {
    CHECK_PLAN(chain->instructions() != nullptr, "a chain has no list of instructions");
    for (uint32_t i = 0; i < chain->instructions()->size(); ++i) {
      ET_CHECK_OK_OR_RETURN_ERROR(
          validate_instruction(name, plan, chain->instructions()->Get(i), i));
    }
  }
  return Error::Ok;
}

Error validate_program(const fb::Program* program) {
  ET_CHECK_OR_RETURN_ERROR(program->execution_plan() != nullptr, InvalidProgram,
                           "the program has no methods");
  for (const fb::ExecutionPlan* plan : *program->execution_plan()) {
    if (validate_plan(plan) != Error::Ok) {
      return Error::InvalidProgram;
    }
    const char* name = plan->name()->c_str();
    for (uint32_t i = 0; i < plan->values()->size(); ++i) {
      const fb::Tensor* tensor = plan->values()->Get(i)->val_as_Tensor();
      if (tensor != nullptr) {
        CHECK_PLAN(validate_dim_order(tensor->dim_order()->data(), tensor->dim_order()->size()),
                   "the dim_order of value %" PRIu32 " is no permutation", i);
      }
      size_t nbytes = 0;
      if (tensor != nullptr && !internal::nbytes_overflow(tensor, &nbytes)) {
        ET_CHECK_OK_OR_RETURN_ERROR(validate_allocation(name, plan, i));
        ET_CHECK_OK_OR_RETURN_ERROR(validate_constant(name, program, tensor, nbytes));
      } else if (tensor != nullptr && !is_dynamic_input(plan, i)) {
        // The upper bound of an input may exceed the memory of a small host that never sees such an
        // input.
        return validate_nbytes(tensor);
      }
    }
    for (const fb::BackendDelegate* delegate : *plan->delegates()) {
      const fb::BackendDelegateDataReference* data = delegate->processed();
      if (data->location() == fb::DataLocation::SEGMENT) {
        ET_CHECK_OK_OR_RETURN_ERROR(validate_segment(program, "a delegate", data->index()));
      } else {
        const auto* payloads = program->backend_delegate_data();
        ET_CHECK_OR_RETURN_ERROR(
            data->location() == fb::DataLocation::INLINE && payloads != nullptr &&
                data->index() < payloads->size(),
            InvalidProgram, "a delegate refers to inline data %" PRIu32 ", which does not exist",
            data->index());
      }
    }
    ArityChecker arities;
    for (const fb::Chain* chain : *plan->chains()) {
      const uint32_t count = chain->instructions()->size();
      for (uint32_t i = 0; i < count; ++i) {
        const fb::Instruction* instruction = chain->instructions()->Get(i);
        ET_CHECK_OK_OR_RETURN_ERROR(validate_jump(name, instruction, i, count));
        if (const fb::KernelCall* call = instruction->instr_args_as_KernelCall()) {
          ET_CHECK_OK_OR_RETURN_ERROR(arities.check(name, plan, call, i));
        }
      }
    }
    ET_CHECK_OK_OR_RETURN_ERROR(validate_memory_overlap(plan));
  }
  if (program->mutable_data_segments() != nullptr) {
    for (const fb::SubsegmentOffsets* offsets : *program->mutable_data_segments()) {
      ET_CHECK_OK_OR_RETURN_ERROR(
          validate_segment(program, "the mutable data", offsets->segment_index()));
    }
  }
  if (program->named_data() != nullptr) {
    for (const fb::NamedData* data : *program->named_data()) {
      ET_CHECK_OR_RETURN_ERROR(data->key() != nullptr, InvalidProgram, "named data has no key");
      ET_CHECK_OK_OR_RETURN_ERROR(validate_segment(program, "named data", data->segment_index()));
    }
  }
  return Error::Ok;
}

}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch
