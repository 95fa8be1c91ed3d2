// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/executor/method_meta.h>

#include <cstring>

#include <executorch/runtime/core/tensor_layout.h>
#include <executorch/schema/program_generated.h>

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {

using executorch::aten::ScalarType;
using executorch::aten::string_view;
using executorch::aten::TensorShapeDynamism;
namespace fb = executorch_flatbuffer;

namespace {

// Resolves the position in a list of value indices, e.g. of inputs.
Result<const fb::EValue*> value_at(const fb::ExecutionPlan* plan,
                                   const flatbuffers::Vector<int32_t>* indices, size_t position,
                                   const char* what) {
  ET_CHECK_OR_RETURN_ERROR(position < indices->size(), InvalidArgument,
                           "%s %" ET_PRIsize_t " of method '%s', which has %" ET_PRIsize_t, what,
                           position, plan->name()->c_str(), static_cast<size_t>(indices->size()));
  return plan->values()->Get(indices->Get(static_cast<uint32_t>(position)));
}

Result<Tag> tag_of(const fb::EValue* value) {
  switch (value->val_type()) {
    case fb::KernelTypes::Null:
      return Tag::None;
    case fb::KernelTypes::Int:
      return Tag::Int;
    case fb::KernelTypes::Double:
      return Tag::Double;
    case fb::KernelTypes::Bool:
      return Tag::Bool;
    case fb::KernelTypes::String:
      return Tag::String;
    case fb::KernelTypes::Tensor:
      return Tag::Tensor;
    default:
      ET_REPORT_ERROR("a list cannot be an input or an output of a method");
      return Error::Internal;
  }
}

string_view attribute_name(const fb::EValue* value) {
  const fb::Tensor* tensor = value->val_as_Tensor();
  if (tensor == nullptr || tensor->extra_tensor_info() == nullptr ||
      tensor->extra_tensor_info()->fully_qualified_name() == nullptr) {
    return {};
  }
  const flatbuffers::String* name = tensor->extra_tensor_info()->fully_qualified_name();
  return {name->data(), name->size()};
}

// Whether a delegate before `index` uses the same backend.
bool is_repeated_backend(const fb::ExecutionPlan* plan, uint32_t index) {
  const char* id = plan->delegates()->Get(index)->id()->c_str();
  for (uint32_t i = 0; i < index; ++i) {
    if (strcmp(plan->delegates()->Get(i)->id()->c_str(), id) == 0) {
      return true;
    }
  }
  return false;
}

}  // namespace

Result<TensorInfo> TensorInfo::create(Span<const int32_t> sizes, Span<const uint8_t> dim_order,
                                      ScalarType scalar_type, bool is_memory_planned,
                                      string_view name, TensorShapeDynamism shape_dynamism) {
  const Result<TensorLayout> layout = TensorLayout::create(sizes, dim_order, scalar_type);
  if (!layout.ok()) {
    return layout.error();
  }
  return TensorInfo(sizes, dim_order, scalar_type, is_memory_planned, name, layout->nbytes(),
                    shape_dynamism);
}

Result<TensorInfo> TensorInfo::create(const fb::Tensor* tensor) {
  const fb::ExtraTensorInfo* extra = tensor->extra_tensor_info();
  const flatbuffers::String* name = extra == nullptr ? nullptr : extra->fully_qualified_name();
  return create({tensor->sizes()->data(), tensor->sizes()->size()},
                {tensor->dim_order()->data(), tensor->dim_order()->size()},
                static_cast<ScalarType>(tensor->scalar_type()),
                tensor->allocation_info() != nullptr || tensor->data_buffer_idx() != 0,
                name == nullptr ? string_view() : string_view(name->data(), name->size()),
                static_cast<TensorShapeDynamism>(tensor->shape_dynamism()));
}

const char* MethodMeta::name() const {
  return plan_->name()->c_str();
}

size_t MethodMeta::num_inputs() const {
  return plan_->inputs()->size();
}

Result<Tag> MethodMeta::input_tag(size_t index) const {
  ET_ASSIGN_OR_RETURN(value, value_at(plan_, plan_->inputs(), index, "input"));
  return tag_of(value);
}

Result<TensorInfo> MethodMeta::input_tensor_meta(size_t index) const {
  ET_ASSIGN_OR_RETURN(value, value_at(plan_, plan_->inputs(), index, "input"));
  ET_CHECK_OR_RETURN_ERROR(value->val_type() == fb::KernelTypes::Tensor, InvalidArgument,
                           "input %" ET_PRIsize_t " is not a tensor", index);
  return TensorInfo::create(value->val_as_Tensor());
}

size_t MethodMeta::num_outputs() const {
  return plan_->outputs()->size();
}

Result<Tag> MethodMeta::output_tag(size_t index) const {
  ET_ASSIGN_OR_RETURN(value, value_at(plan_, plan_->outputs(), index, "output"));
  return tag_of(value);
}

Result<TensorInfo> MethodMeta::output_tensor_meta(size_t index) const {
  ET_ASSIGN_OR_RETURN(value, value_at(plan_, plan_->outputs(), index, "output"));
  ET_CHECK_OR_RETURN_ERROR(value->val_type() == fb::KernelTypes::Tensor, InvalidArgument,
                           "output %" ET_PRIsize_t " is not a tensor", index);
  return TensorInfo::create(value->val_as_Tensor());
}

size_t MethodMeta::num_attributes() const {
  size_t count = 0;
  for (const fb::EValue* value : *plan_->values()) {
    count += attribute_name(value).empty() ? 0 : 1;
  }
  return count;
}

Result<TensorInfo> MethodMeta::attribute_tensor_meta(size_t index) const {
  size_t count = 0;
  for (const fb::EValue* value : *plan_->values()) {
    if (!attribute_name(value).empty() && count++ == index) {
      return TensorInfo::create(value->val_as_Tensor());
    }
  }
  ET_REPORT_ERROR("attribute %" ET_PRIsize_t " of method '%s', which has %" ET_PRIsize_t, index,
                  name(), count);
  return Error::InvalidArgument;
}

size_t MethodMeta::num_memory_planned_buffers() const {
  // Entry 0 is not a buffer.
  const size_t size = plan_->non_const_buffer_sizes()->size();
  return size == 0 ? 0 : size - 1;
}

Result<int64_t> MethodMeta::memory_planned_buffer_size(size_t index) const {
  ET_CHECK_OR_RETURN_ERROR(index < num_memory_planned_buffers(), InvalidArgument,
                           "planned buffer %" ET_PRIsize_t
                           " of method '%s', which has %" ET_PRIsize_t,
                           index, name(), num_memory_planned_buffers());
  return plan_->non_const_buffer_sizes()->Get(static_cast<uint32_t>(index + 1));
}

Result<etensor::Device> MethodMeta::memory_planned_buffer_device(size_t index) const {
  ET_CHECK_OR_RETURN_ERROR(index < num_memory_planned_buffers(), InvalidArgument,
                           "planned buffer %" ET_PRIsize_t
                           " of method '%s', which has %" ET_PRIsize_t,
                           index, name(), num_memory_planned_buffers());
  if (plan_->non_const_buffer_device() != nullptr) {
    for (const fb::NonConstBufferDevice* entry : *plan_->non_const_buffer_device()) {
      if (entry->buffer_idx() >= 1 && static_cast<size_t>(entry->buffer_idx()) == index + 1) {
        return etensor::Device(static_cast<etensor::DeviceType>(entry->device_type()),
                               entry->device_index());
      }
    }
  }
  return etensor::Device(etensor::DeviceType::CPU);
}

bool MethodMeta::uses_backend(const char* backend_name) const {
  if (backend_name == nullptr) {
    return false;
  }
  for (const fb::BackendDelegate* delegate : *plan_->delegates()) {
    if (strcmp(delegate->id()->c_str(), backend_name) == 0) {
      return true;
    }
  }
  return false;
}

size_t MethodMeta::num_backends() const {
  size_t count = 0;
  for (uint32_t i = 0; i < plan_->delegates()->size(); ++i) {
    count += is_repeated_backend(plan_, i) ? 0 : 1;
  }
  return count;
}

Result<const char*> MethodMeta::get_backend_name(size_t index) const {
  size_t count = 0;
  for (uint32_t i = 0; i < plan_->delegates()->size(); ++i) {
    if (!is_repeated_backend(plan_, i) && count++ == index) {
      return plan_->delegates()->Get(i)->id()->c_str();
    }
  }
  ET_REPORT_ERROR("backend %" ET_PRIsize_t " of method '%s', which uses %" ET_PRIsize_t, index,
                  name(), count);
  return Error::InvalidArgument;
}

size_t MethodMeta::num_instructions() const {
  size_t count = 0;
  for (const fb::Chain* chain : *plan_->chains()) {
    count += chain->instructions()->size();
  }
  return count;
}

}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch
