// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/freeable_buffer.h>
#include <executorch/runtime/core/named_data_map.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/core/span.h>
#include <executorch/runtime/executor/memory_manager.h>

namespace executorch_flatbuffer {
struct Tensor;
}  // namespace executorch_flatbuffer

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {

class Program;

namespace deserialization {

/// A constant from beside the program, kept by a method for all tensors that use it.
struct NamedData {
  /// In the program file.
  const char* key;
  FreeableBuffer buffer;
};

/// Finds a constant by its key; nullptr if it is not there.
NamedData* get_data_by_key(const char* key, Span<NamedData> entries);

/// The key of a tensor whose data is beside the program; nullptr if its data is not there.
/// InvalidExternalData if it should have a key but has none.
/**
 * Where the bytes of a tensor are: in a constant, external data, or planned memory, which is given
 * its initial value; nullptr if the caller or an instruction will supply them.
 */
ET_NODISCARD Result<void*> getTensorDataPtr(const executorch_flatbuffer::Tensor* tensor,
                                            const Program* program, size_t nbytes,
                                            HierarchicalAllocator* planned_memory,
                                            const NamedDataMap* named_data_map = nullptr,
                                            Span<NamedData> external_constants = {});

/// InvalidExternalData unless external data has the type, shape and dim order of the tensor.
ET_NODISCARD Error validateTensorLayout(const executorch_flatbuffer::Tensor* tensor,
                                        const TensorLayout& layout);

Result<const char*> external_key(const executorch_flatbuffer::Tensor* tensor);

/// Whether the tensor's data is beside the program and never changes.
bool is_external_constant(const executorch_flatbuffer::Tensor* tensor);

/// InvalidExternalData unless type, sizes and dim_order are those of the tensor.
/**
 * Makes the runtime's tensor from the file's. The memory of its data is found, and initial values
 * are loaded.
 * @param tensor one that validate_plan() accepted.
 * @param memory_manager its method allocator holds the tensor; its planned memory, the data.
 * @param named_data_map where external mutable data comes from; may be null.
 * @param external_constants all external constants of the method.
 */
ET_NODISCARD Result<executorch::aten::Tensor> parseTensor(
    const Program* program, MemoryManager* memory_manager,
    const executorch_flatbuffer::Tensor* tensor, const NamedDataMap* named_data_map = nullptr,
    Span<NamedData> external_constants = {});

}  // namespace deserialization
}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch
