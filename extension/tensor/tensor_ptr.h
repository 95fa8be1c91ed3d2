// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/platform/assert.h>

namespace executorch {
namespace extension {

/**
 * A tensor together with the arrays that it refers to: sizes, dim order and strides, and its data
 * where a function below says so. Copies share one tensor; the last one frees it.
 *
 * Every function that makes one ends the process with a sentence when its arguments contradict each
 * other: a negative size, a dim order that is no permutation, strides of another rank than the
 * sizes or of a tensor with gaps or overlaps, data of another length than the shape.
 *
 * The sizes that a dynamic tensor is made with are the upper bound of resize_tensor_ptr().
 */
using TensorPtr = std::shared_ptr<executorch::aten::Tensor>;

/**
 * A tensor over memory that the caller owns.
 * @param sizes of each dimension.
 * @param data may be null, for a tensor that gets its memory later.
 * @param dim_order dimensions from outermost to innermost in memory; empty: derived from the
 * strides, and without strides 0, 1, 2 ...
 * @param strides in elements; empty: derived from sizes and dim order.
 * @param device where `data` is.
 * @param deleter called with `data` when the last copy of the result dies; may be empty.
 */
TensorPtr make_tensor_ptr(std::vector<executorch::aten::SizesType> sizes, void* data,
                          std::vector<executorch::aten::DimOrderType> dim_order,
                          std::vector<executorch::aten::StridesType> strides,
                          executorch::aten::ScalarType type = executorch::aten::ScalarType::Float,
                          executorch::aten::Device device = executorch::aten::DeviceType::CPU,
                          executorch::aten::TensorShapeDynamism dynamism =
                              executorch::aten::TensorShapeDynamism::DYNAMIC_BOUND,
                          std::function<void(void*)> deleter = nullptr);

/// The same without gaps, in the logical order of the dimensions.
inline TensorPtr make_tensor_ptr(
    std::vector<executorch::aten::SizesType> sizes, void* data,
    executorch::aten::ScalarType type = executorch::aten::ScalarType::Float,
    executorch::aten::Device device = executorch::aten::DeviceType::CPU,
    executorch::aten::TensorShapeDynamism dynamism =
        executorch::aten::TensorShapeDynamism::DYNAMIC_BOUND,
    std::function<void(void*)> deleter = nullptr) {
  return make_tensor_ptr(std::move(sizes), data, {}, {}, type, device, dynamism,
                         std::move(deleter));
}

// The older forms, without a device. A template: an argument `{}` must not become a dynamism.
template <
    typename Dynamism,
    std::enable_if_t<std::is_same_v<Dynamism, executorch::aten::TensorShapeDynamism>, int> = 0>
TensorPtr make_tensor_ptr(std::vector<executorch::aten::SizesType> sizes, void* data,
                          std::vector<executorch::aten::DimOrderType> dim_order,
                          std::vector<executorch::aten::StridesType> strides,
                          executorch::aten::ScalarType type, Dynamism dynamism,
                          std::function<void(void*)> deleter = nullptr) {
  return make_tensor_ptr(std::move(sizes), data, std::move(dim_order), std::move(strides), type,
                         executorch::aten::DeviceType::CPU, dynamism, std::move(deleter));
}
template <
    typename Dynamism,
    std::enable_if_t<std::is_same_v<Dynamism, executorch::aten::TensorShapeDynamism>, int> = 0>
TensorPtr make_tensor_ptr(std::vector<executorch::aten::SizesType> sizes, void* data,
                          executorch::aten::ScalarType type, Dynamism dynamism,
                          std::function<void(void*)> deleter = nullptr) {
  return make_tensor_ptr(std::move(sizes), data, {}, {}, type, executorch::aten::DeviceType::CPU,
                         dynamism, std::move(deleter));
}

/**
 * A tensor that owns `data`, the raw bytes of its elements in memory order: exactly as many as
 * `sizes` and `type` need.
 */
TensorPtr make_tensor_ptr(std::vector<executorch::aten::SizesType> sizes, std::vector<uint8_t> data,
                          std::vector<executorch::aten::DimOrderType> dim_order,
                          std::vector<executorch::aten::StridesType> strides,
                          executorch::aten::ScalarType type = executorch::aten::ScalarType::Float,
                          executorch::aten::TensorShapeDynamism dynamism =
                              executorch::aten::TensorShapeDynamism::DYNAMIC_BOUND);

inline TensorPtr make_tensor_ptr(
    std::vector<executorch::aten::SizesType> sizes, std::vector<uint8_t> data,
    executorch::aten::ScalarType type = executorch::aten::ScalarType::Float,
    executorch::aten::TensorShapeDynamism dynamism =
        executorch::aten::TensorShapeDynamism::DYNAMIC_BOUND) {
  return make_tensor_ptr(std::move(sizes), std::move(data), {}, {}, type, dynamism);
}

namespace internal {

/// `count` elements of type `from` as the bytes of as many of type `to`. Ends the process when the
/// conversion would lose more than precision (see canCast()).
std::vector<uint8_t> cast_elements(const void* data, size_t count,
                                   executorch::aten::ScalarType from,
                                   executorch::aten::ScalarType to);

/// Elements of the shape. Ends the process when a size is negative or the product overflows.
size_t checked_numel(const std::vector<executorch::aten::SizesType>& sizes);

/// A tensor that owns `elements`, after checking their number.
template <typename T>
TensorPtr make_owning_tensor_ptr(std::vector<executorch::aten::SizesType> sizes,
                                 std::vector<T> elements,
                                 std::vector<executorch::aten::DimOrderType> dim_order,
                                 std::vector<executorch::aten::StridesType> strides,
                                 executorch::aten::ScalarType from,
                                 executorch::aten::ScalarType type,
                                 executorch::aten::TensorShapeDynamism dynamism) {
  const size_t numel = checked_numel(sizes);
  ET_CHECK_MSG(elements.size() == numel, "%zu elements were given for a shape of %zu",
               elements.size(), numel);
  if constexpr (std::is_same_v<T, bool>) {
    // A vector of bool has no array of them.
    std::vector<uint8_t> bytes(elements.begin(), elements.end());
    if (type != from) {
      bytes = cast_elements(bytes.data(), bytes.size(), from, type);
    }
    return make_tensor_ptr(std::move(sizes), std::move(bytes), std::move(dim_order),
                           std::move(strides), type, dynamism);
  } else {
    if (type != from) {
      return make_tensor_ptr(std::move(sizes),
                             cast_elements(elements.data(), elements.size(), from, type),
                             std::move(dim_order), std::move(strides), type, dynamism);
    }
    auto owner = std::make_shared<std::vector<T>>(std::move(elements));
    void* data = owner->data();
    return make_tensor_ptr(std::move(sizes), data, std::move(dim_order), std::move(strides), type,
                           dynamism, [owner = std::move(owner)](void*) {});
  }
}

}  // namespace internal

/**
 * A tensor that owns `data`, its elements in memory order, which are converted when `type` is not
 * the type that belongs to T: only where no more than precision is lost, as canCast() says.
 */
template <typename T = float,
          executorch::aten::ScalarType deduced_type = runtime::CppTypeToScalarType<T>::value>
TensorPtr make_tensor_ptr(std::vector<executorch::aten::SizesType> sizes, std::vector<T> data,
                          std::vector<executorch::aten::DimOrderType> dim_order = {},
                          std::vector<executorch::aten::StridesType> strides = {},
                          executorch::aten::ScalarType type = deduced_type,
                          executorch::aten::TensorShapeDynamism dynamism =
                              executorch::aten::TensorShapeDynamism::DYNAMIC_BOUND) {
  return internal::make_owning_tensor_ptr(std::move(sizes), std::move(data), std::move(dim_order),
                                          std::move(strides), deduced_type, type, dynamism);
}

/// A tensor of one dimension.
template <typename T = float,
          executorch::aten::ScalarType deduced_type = runtime::CppTypeToScalarType<T>::value>
TensorPtr make_tensor_ptr(std::vector<T> data, executorch::aten::ScalarType type = deduced_type,
                          executorch::aten::TensorShapeDynamism dynamism =
                              executorch::aten::TensorShapeDynamism::DYNAMIC_BOUND) {
  const auto size = static_cast<executorch::aten::SizesType>(data.size());
  return internal::make_owning_tensor_ptr({size}, std::move(data), {}, {}, deduced_type, type,
                                          dynamism);
}

template <typename T = float,
          executorch::aten::ScalarType deduced_type = runtime::CppTypeToScalarType<T>::value>
TensorPtr make_tensor_ptr(std::vector<executorch::aten::SizesType> sizes,
                          std::initializer_list<T> list,
                          std::vector<executorch::aten::DimOrderType> dim_order = {},
                          std::vector<executorch::aten::StridesType> strides = {},
                          executorch::aten::ScalarType type = deduced_type,
                          executorch::aten::TensorShapeDynamism dynamism =
                              executorch::aten::TensorShapeDynamism::DYNAMIC_BOUND) {
  return internal::make_owning_tensor_ptr(std::move(sizes), std::vector<T>(list),
                                          std::move(dim_order), std::move(strides), deduced_type,
                                          type, dynamism);
}

/// A tensor of one dimension.
template <typename T = float,
          executorch::aten::ScalarType deduced_type = runtime::CppTypeToScalarType<T>::value>
TensorPtr make_tensor_ptr(std::initializer_list<T> list,
                          executorch::aten::ScalarType type = deduced_type,
                          executorch::aten::TensorShapeDynamism dynamism =
                              executorch::aten::TensorShapeDynamism::DYNAMIC_BOUND) {
  return make_tensor_ptr<T, deduced_type>(std::vector<T>(list), type, dynamism);
}

/// A tensor of rank 0.
template <typename T,
          executorch::aten::ScalarType deduced_type = runtime::CppTypeToScalarType<T>::value>
TensorPtr make_tensor_ptr(T value) {
  return make_tensor_ptr<T, deduced_type>(std::vector<executorch::aten::SizesType>(),
                                          std::vector<T>{value});
}

/**
 * Another tensor over the data of `tensor`, which the result does not keep alive: the same view of
 * it, or with another shape of at most as many elements. A dim order that is not given stays where
 * the rank stays; strides that are not given are computed anew where sizes or dim order change.
 * @param deleter called with the data when the last copy of the result dies; may be empty.
 */
TensorPtr make_tensor_ptr(const executorch::aten::Tensor& tensor,
                          std::vector<executorch::aten::SizesType> sizes = {},
                          std::vector<executorch::aten::DimOrderType> dim_order = {},
                          std::vector<executorch::aten::StridesType> strides = {},
                          std::function<void(void*)> deleter = nullptr);

/// The same, but the result shares the ownership of `tensor_ptr`'s data.
inline TensorPtr make_tensor_ptr(const TensorPtr& tensor_ptr,
                                 std::vector<executorch::aten::SizesType> sizes = {},
                                 std::vector<executorch::aten::DimOrderType> dim_order = {},
                                 std::vector<executorch::aten::StridesType> strides = {}) {
  ET_CHECK_MSG(tensor_ptr != nullptr, "The tensor to view is null");
  return make_tensor_ptr(*tensor_ptr, std::move(sizes), std::move(dim_order), std::move(strides),
                         [tensor_ptr](void*) {});
}

/// A copy that owns its data, with the same layout in memory and elements of another type,
/// converted as make_tensor_ptr() does. Without data if `tensor` has none.
TensorPtr clone_tensor_ptr(const executorch::aten::Tensor& tensor,
                           executorch::aten::ScalarType type);

inline TensorPtr clone_tensor_ptr(const executorch::aten::Tensor& tensor) {
  return clone_tensor_ptr(tensor, tensor.scalar_type());
}

inline TensorPtr clone_tensor_ptr(const TensorPtr& tensor_ptr) {
  ET_CHECK_MSG(tensor_ptr != nullptr, "The tensor to copy is null");
  return clone_tensor_ptr(*tensor_ptr);
}

inline TensorPtr clone_tensor_ptr(const TensorPtr& tensor_ptr, executorch::aten::ScalarType type) {
  ET_CHECK_MSG(tensor_ptr != nullptr, "The tensor to copy is null");
  return clone_tensor_ptr(*tensor_ptr, type);
}

/// A copy that owns its data, in the memory of `device`. One of the two is the CPU, and the
/// allocator of the other is registered (see runtime/core/device_allocator.h), else the process
/// ends.
TensorPtr clone_tensor_ptr_to(const TensorPtr& tensor, executorch::aten::Device device);

/**
 * Gives the tensor another shape of the same rank, up to the one that it was made with.
 * @returns NotSupported if the rank is another, the shape larger, or the tensor static.
 */
ET_NODISCARD
runtime::Error resize_tensor_ptr(TensorPtr& tensor,
                                 const std::vector<executorch::aten::SizesType>& sizes);

}  // namespace extension
}  // namespace executorch
