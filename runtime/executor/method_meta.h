// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/portable_type/device.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/core/span.h>
#include <executorch/runtime/core/tag.h>

namespace executorch_flatbuffer {
struct ExecutionPlan;
struct Tensor;
}  // namespace executorch_flatbuffer

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {
namespace testing {
class TensorInfoTestFriend;
}  // namespace testing

/// What the program file says about a tensor. Refers to the program, which must outlive it.
class TensorInfo final {
 public:
  TensorInfo() = delete;

  /// The sizes; upper bounds if the tensor's shape is dynamic; only a hint if it is unbounded.
  Span<const int32_t> sizes() const { return sizes_; }

  /// Whether the shape may change, and whether sizes() then is its upper bound.
  executorch::aten::TensorShapeDynamism shape_dynamism() const { return shape_dynamism_; }

  /// Whether dimension `dim` may have other sizes than sizes()[dim]. A program does not say which
  /// of the dimensions of a dynamic tensor vary: all may, except those whose upper bound is 0.
  /// False if `dim` is out of range.
  bool is_dynamic(size_t dim) const {
    using Dynamism = executorch::aten::TensorShapeDynamism;
    return dim < sizes_.size() && shape_dynamism_ != Dynamism::STATIC &&
           (sizes_[dim] > 0 || shape_dynamism_ == Dynamism::DYNAMIC_UNBOUND);
  }

  /// Dimensions from outermost to innermost in memory.
  Span<const uint8_t> dim_order() const { return dim_order_; }

  executorch::aten::ScalarType scalar_type() const { return scalar_type_; }

  /// Whether the memory plan holds its bytes. If not, the caller supplies them.
  bool is_memory_planned() const { return is_memory_planned_; }

  /// Bytes of the data at sizes().
  size_t nbytes() const { return nbytes_; }

  /// The fully qualified name of the parameter or buffer; empty if it has none.
  executorch::aten::string_view name() const { return name_; }

 private:
  friend class MethodMeta;
  friend class testing::TensorInfoTestFriend;

  static Result<TensorInfo> create(Span<const int32_t> sizes, Span<const uint8_t> dim_order,
                                   executorch::aten::ScalarType scalar_type, bool is_memory_planned,
                                   executorch::aten::string_view name,
                                   executorch::aten::TensorShapeDynamism shape_dynamism =
                                       executorch::aten::TensorShapeDynamism::STATIC);
  static Result<TensorInfo> create(const executorch_flatbuffer::Tensor* tensor);

  TensorInfo(Span<const int32_t> sizes, Span<const uint8_t> dim_order,
             executorch::aten::ScalarType scalar_type, bool is_memory_planned,
             executorch::aten::string_view name, size_t nbytes,
             executorch::aten::TensorShapeDynamism shape_dynamism)
      : sizes_(sizes),
        dim_order_(dim_order),
        name_(name),
        nbytes_(nbytes),
        scalar_type_(scalar_type),
        shape_dynamism_(shape_dynamism),
        is_memory_planned_(is_memory_planned) {}

  Span<const int32_t> sizes_;
  Span<const uint8_t> dim_order_;
  executorch::aten::string_view name_;
  size_t nbytes_;
  executorch::aten::ScalarType scalar_type_;
  executorch::aten::TensorShapeDynamism shape_dynamism_;
  bool is_memory_planned_;
};

/**
 * What the program file says about a method, available before the method is loaded. Refers to the
 * program, which must outlive it. An index that is out of range gives InvalidArgument.
 */
class MethodMeta final {
 public:
  MethodMeta() = delete;

  const char* name() const;

  size_t num_inputs() const;

  /// The kind of an input: None, Int, Double, Bool, Tensor or String; Internal if it is of another
  /// kind.
  Result<Tag> input_tag(size_t index) const;

  /// InvalidArgument if the input is not a tensor.
  Result<TensorInfo> input_tensor_meta(size_t index) const;

  size_t num_outputs() const;
  Result<Tag> output_tag(size_t index) const;
  Result<TensorInfo> output_tensor_meta(size_t index) const;

  /// Number of named tensors: parameters and buffers that keep their name.
  size_t num_attributes() const;
  Result<TensorInfo> attribute_tensor_meta(size_t index) const;

  /// Number of buffers that the caller must supply as planned memory.
  size_t num_memory_planned_buffers() const;

  /// Bytes that buffer `index` needs.
  Result<int64_t> memory_planned_buffer_size(size_t index) const;

  /// Where buffer `index` must live.
  Result<etensor::Device> memory_planned_buffer_device(size_t index) const;

  /// Whether a part of the method is delegated to this backend.
  bool uses_backend(const char* backend_name) const;

  /// Number of different backends that the method uses.
  size_t num_backends() const;
  Result<const char*> get_backend_name(size_t index) const;

  /// Number of instructions in all chains.
  ET_EXPERIMENTAL size_t num_instructions() const;

  ET_DEPRECATED size_t num_non_const_buffers() const { return num_memory_planned_buffers(); }
  ET_DEPRECATED Result<int64_t> non_const_buffer_size(size_t index) const {
    return memory_planned_buffer_size(index);
  }

 private:
  friend class Program;
  friend class Method;

  /// @param plan one that validate_plan() accepted.
  explicit MethodMeta(const executorch_flatbuffer::ExecutionPlan* plan) : plan_(plan) {}

  const executorch_flatbuffer::ExecutionPlan* plan_;
};

}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::ET_RUNTIME_NAMESPACE::MethodMeta;
using ::executorch::ET_RUNTIME_NAMESPACE::TensorInfo;
}  // namespace executor
}  // namespace torch
