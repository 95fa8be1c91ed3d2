// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/executor/tensor_parser.h>

#include <cinttypes>
#include <cstring>
#include <new>

#include <executorch/runtime/core/device_allocator.h>
#include <executorch/runtime/core/exec_aten/util/dim_order_util.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/executor/program_validation.h>
#include <executorch/schema/program_generated.h>

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {
namespace deserialization {

using executorch::aten::DimOrderType;
using executorch::aten::ScalarType;
using executorch::aten::SizesType;
using executorch::aten::StridesType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::aten::TensorShapeDynamism;
namespace fb = executorch_flatbuffer;

namespace {

const char* name_of(const fb::Tensor* tensor) {
  const fb::ExtraTensorInfo* extra = tensor->extra_tensor_info();
  return extra == nullptr || extra->fully_qualified_name() == nullptr
             ? ""
             : extra->fully_qualified_name()->c_str();
}

bool is_external(const fb::Tensor* tensor) {
  return tensor->extra_tensor_info() != nullptr &&
         tensor->extra_tensor_info()->location() == fb::TensorDataLocation::EXTERNAL;
}

bool is_on_cpu(const fb::Tensor* tensor) {
  return tensor->extra_tensor_info() == nullptr ||
         tensor->extra_tensor_info()->device_type() == fb::DeviceType::CPU;
}

// The place of a tensor in the caller's planned memory.
Result<void*> planned_address(const fb::Tensor* tensor, size_t nbytes,
                              HierarchicalAllocator* planned_memory) {
  ET_CHECK_OR_RETURN_ERROR(planned_memory != nullptr, InvalidState,
                           "the method needs planned memory, but none was given");
  const fb::AllocationDetails* allocation = tensor->allocation_info();
  const uint64_t offset = static_cast<uint64_t>(allocation->memory_offset_high()) << 32 |
                          allocation->memory_offset_low();
  ET_CHECK_OR_RETURN_ERROR(offset <= SIZE_MAX, NotSupported,
                           "a planned offset of %" PRIu64 " bytes is too large for this host",
                           offset);
  // Arenas count from 1 in the file; 0 wraps to an index that the allocator refuses.
  return planned_memory->get_offset_address(allocation->memory_id() - 1,
                                            static_cast<size_t>(offset), nbytes);
}

// Copies an initial value to the device that the tensor is on.
Error copy_to_device(const fb::Tensor* tensor, const Result<FreeableBuffer>& value, void* data,
                     size_t nbytes) {
  if (!value.ok()) {
    return value.error();
  }
  ET_CHECK_OR_RETURN_ERROR(value->size() >= nbytes, InvalidExternalData,
                           "the initial value of tensor '%s' has fewer than %" ET_PRIsize_t
                           " bytes",
                           name_of(tensor), nbytes);
  const fb::ExtraTensorInfo* extra = tensor->extra_tensor_info();
  DeviceAllocator* device =
      get_device_allocator(static_cast<etensor::DeviceType>(extra->device_type()));
  ET_CHECK_OR_RETURN_ERROR(device != nullptr, NotSupported,
                           "tensor '%s' is on a device of type %d, for which there is no allocator",
                           name_of(tensor), static_cast<int>(extra->device_type()));
  return device->copy_host_to_device(data, value->data(), nbytes, extra->device_index());
}

// Fills planned memory with what the program says it starts with.
Error load_initial_value(const Program* program, const fb::Tensor* tensor, void* data,
                         size_t nbytes, const NamedDataMap* named_data_map) {
  const bool external = is_external(tensor);
  if (!external && tensor->data_buffer_idx() == 0) {
    return Error::Ok;
  }
  if (!external) {
    // Only entry 0 of the program's mutable segments is ever used.
    return is_on_cpu(tensor)
               ? program->load_mutable_subsegment_into(0, tensor->data_buffer_idx(), nbytes, data)
               : copy_to_device(
                     tensor, program->load_mutable_subsegment(0, tensor->data_buffer_idx(), nbytes),
                     data, nbytes);
  }
  ET_ASSIGN_OR_RETURN(key, external_key(tensor));
  ET_CHECK_OR_RETURN_ERROR(named_data_map != nullptr, InvalidExternalData,
                           "tensor '%s' needs external data, but none was given", key);
  const Result<const TensorLayout> layout = named_data_map->get_tensor_layout(key);
  if (!layout.ok()) {
    return layout.error();
  }
  ET_CHECK_OK_OR_RETURN_ERROR(validateTensorLayout(tensor, *layout));
  return is_on_cpu(tensor) ? named_data_map->load_data_into(key, data, nbytes)
                           : copy_to_device(tensor, named_data_map->get_data(key), data, nbytes);
}

// A bool that is neither 0 nor 1 is undefined behaviour as soon as a kernel reads it.
Error check_bools(const void* data, size_t nbytes) {
  for (size_t i = 0; i < nbytes; ++i) {
    ET_CHECK_OR_RETURN_ERROR(static_cast<const uint8_t*>(data)[i] <= 1, InvalidProgram,
                             "element %" ET_PRIsize_t " of the data of a Bool tensor is not a bool",
                             i);
  }
  return Error::Ok;
}

// What a pointer to elements must be a multiple of. Complex numbers are two reals.
size_t element_alignment(ScalarType type) {
  return isComplexType(type) ? elementSize(type) / 2 : elementSize(type);
}

}  // namespace

Result<void*> getTensorDataPtr(const fb::Tensor* tensor, const Program* program, size_t nbytes,
                               HierarchicalAllocator* planned_memory,
                               const NamedDataMap* named_data_map,
                               Span<NamedData> external_constants) {
  if (tensor->allocation_info() != nullptr) {
    ET_ASSIGN_OR_RETURN(data, planned_address(tensor, nbytes, planned_memory));
    ET_CHECK_OK_OR_RETURN_ERROR(load_initial_value(program, tensor, data, nbytes, named_data_map));
    return data;
  }
  const void* data = nullptr;
  if (is_external(tensor)) {
    ET_ASSIGN_OR_RETURN(key, external_key(tensor));
    const NamedData* constant = get_data_by_key(key, external_constants);
    ET_CHECK_OR_RETURN_ERROR(
        constant != nullptr && constant->buffer.size() >= nbytes, InvalidExternalData,
        "external constant '%s' has fewer than %" ET_PRIsize_t " bytes", key, nbytes);
    data = constant->buffer.data();
  } else if (tensor->data_buffer_idx() > 0) {
    ET_ASSIGN_OR_RETURN(constant,
                        program->get_constant_buffer_data(tensor->data_buffer_idx(), nbytes));
    data = constant;
  } else {
    return static_cast<void*>(nullptr);
  }
  // Nothing writes to a constant: an instruction that would is the exporter's mistake.
  return const_cast<void*>(data);
}

NamedData* get_data_by_key(const char* key, Span<NamedData> entries) {
  for (NamedData& entry : entries) {
    if (strcmp(entry.key, key) == 0) {
      return &entry;
    }
  }
  return nullptr;
}

Result<const char*> external_key(const fb::Tensor* tensor) {
  if (!is_external(tensor)) {
    return static_cast<const char*>(nullptr);
  }
  const flatbuffers::String* name = tensor->extra_tensor_info()->fully_qualified_name();
  ET_CHECK_OR_RETURN_ERROR(name != nullptr, InvalidExternalData,
                           "a tensor needs external data, but has no name");
  return name->c_str();
}

bool is_external_constant(const fb::Tensor* tensor) {
  return is_external(tensor) && tensor->allocation_info() == nullptr;
}

Error validateTensorLayout(const fb::Tensor* tensor, const TensorLayout& layout) {
  const char* key = name_of(tensor);
  ET_CHECK_OR_RETURN_ERROR(
      layout.scalar_type() == static_cast<ScalarType>(tensor->scalar_type()), InvalidExternalData,
      "external data '%s' has type %s, the program expects %s", key, toString(layout.scalar_type()),
      toString(static_cast<ScalarType>(tensor->scalar_type())));
  const size_t rank = tensor->sizes()->size();
  ET_CHECK_OR_RETURN_ERROR(
      layout.sizes().size() == rank && layout.dim_order().size() == rank, InvalidExternalData,
      "external data '%s' has rank %" ET_PRIsize_t ", the program expects %" ET_PRIsize_t, key,
      layout.sizes().size(), rank);
  for (uint32_t i = 0; i < rank; ++i) {
    ET_CHECK_OR_RETURN_ERROR(layout.sizes()[i] == tensor->sizes()->Get(i), InvalidExternalData,
                             "external data '%s' has size %" PRId32 " in dimension %" PRIu32
                             ", the program expects %" PRId32,
                             key, layout.sizes()[i], i, tensor->sizes()->Get(i));
    ET_CHECK_OR_RETURN_ERROR(layout.dim_order()[i] == tensor->dim_order()->Get(i),
                             InvalidExternalData,
                             "external data '%s' has another dim_order than the program", key);
  }
  return Error::Ok;
}

Result<Tensor> parseTensor(const Program* program, MemoryManager* memory_manager,
                           const fb::Tensor* tensor, const NamedDataMap* named_data_map,
                           Span<NamedData> external_constants) {
  ET_CHECK_OR_RETURN_ERROR(tensor->storage_offset() == 0, NotSupported,
                           "a tensor has the storage offset %" PRId32 "; only 0 is supported",
                           tensor->storage_offset());
  const auto dynamism = static_cast<TensorShapeDynamism>(tensor->shape_dynamism());
  ET_CHECK_OR_RETURN_ERROR(
      dynamism == TensorShapeDynamism::STATIC || dynamism == TensorShapeDynamism::DYNAMIC_BOUND ||
          (dynamism == TensorShapeDynamism::DYNAMIC_UNBOUND &&
           tensor->allocation_info() == nullptr && tensor->data_buffer_idx() == 0 &&
           !is_external(tensor)),
      NotSupported, "the shape of a tensor has no upper bound, so its memory cannot be planned");
  ET_CHECK_OK_OR_RETURN_ERROR(validate_tensor(tensor));
  const size_t rank = tensor->sizes()->size();
  const int32_t* file_sizes = tensor->sizes()->data();
  const uint8_t* dim_order = tensor->dim_order()->data();
  ET_CHECK_OR_RETURN_ERROR(validate_dim_order(dim_order, rank), Internal,
                           "a tensor's dim_order is not a permutation");

  MemoryAllocator* allocator = memory_manager->method_allocator();
  // The file's arrays are used in place, but a resize writes to sizes and strides. A resize of a
  // static tensor writes nothing.
  SizesType* sizes = const_cast<SizesType*>(file_sizes);
  StridesType* strides = nullptr;
  if (rank > 0) {
    strides = ET_ALLOCATE_LIST_OR_RETURN_ERROR(allocator, StridesType, rank);
    ET_CHECK_OK_OR_RETURN_ERROR(dim_order_to_stride(file_sizes, dim_order, rank, strides));
    if (dynamism != TensorShapeDynamism::STATIC) {
      sizes = ET_ALLOCATE_LIST_OR_RETURN_ERROR(allocator, SizesType, rank);
      memcpy(sizes, file_sizes, rank * sizeof(SizesType));
      if (dynamism == TensorShapeDynamism::DYNAMIC_UNBOUND) {
        memset(sizes, 0, rank * sizeof(SizesType));  // Empty until it has memory.
      }
    }
  }
  const fb::ExtraTensorInfo* extra = tensor->extra_tensor_info();
  TensorImpl* impl = ET_ALLOCATE_INSTANCE_OR_RETURN_ERROR(allocator, TensorImpl);
  new (impl) TensorImpl(static_cast<ScalarType>(tensor->scalar_type()), static_cast<ssize_t>(rank),
                        sizes, nullptr, const_cast<DimOrderType*>(dim_order), strides, dynamism,
                        extra == nullptr ? etensor::DeviceType::CPU
                                         : static_cast<etensor::DeviceType>(extra->device_type()),
                        extra == nullptr ? etensor::DeviceIndex(0) : extra->device_index());

  ET_ASSIGN_OR_RETURN(
      data, getTensorDataPtr(tensor, program, impl->nbytes(), memory_manager->planned_memory(),
                             named_data_map, external_constants));
  const size_t alignment = element_alignment(impl->scalar_type());
  ET_CHECK_OR_RETURN_ERROR(alignment != 0 && reinterpret_cast<uintptr_t>(data) % alignment == 0,
                           InvalidProgram, "the memory of a tensor of %s is not aligned",
                           toString(impl->scalar_type()));
  const bool has_contents = is_external(tensor) || tensor->data_buffer_idx() > 0;
  if (impl->scalar_type() == ScalarType::Bool && has_contents && is_on_cpu(tensor)) {
    ET_CHECK_OK_OR_RETURN_ERROR(check_bools(data, impl->nbytes()));
  }
  impl->set_data(data);
  return Tensor(impl);
}

}  // namespace deserialization
}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch
