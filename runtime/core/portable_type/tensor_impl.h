// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/array_ref.h>
#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/portable_type/device.h>
#include <executorch/runtime/core/portable_type/scalar_type.h>
#include <executorch/runtime/core/tensor_shape_dynamism.h>
#include <executorch/runtime/platform/compiler.h>

namespace executorch::runtime {
namespace internal {
class TensorResizerFriend;
}  // namespace internal

namespace etensor {

/// What a Tensor refers to: element type, shape, physical order and data pointer. It owns nothing:
/// the arrays passed to the constructor and the data outlive it, and a resize writes into the sizes
/// and strides arrays.
///
/// The dim order lists the dimensions from outermost to innermost; strides, in elements, follow
/// from it. Either pointer may be null, in which case dim_order() or strides() is an array of dim()
/// elements that nobody may read.
class TensorImpl {
 public:
  using SizesType = int32_t;
  using DimOrderType = uint8_t;
  using StridesType = int32_t;

  TensorImpl() = delete;

  /// `sizes`, `dim_order` and `strides` have `dim` elements. The initial sizes are the upper bound
  /// of every later shape. Aborts when a size is negative.
  TensorImpl(ScalarType type, ssize_t dim, SizesType* sizes, void* data = nullptr,
             DimOrderType* dim_order = nullptr, StridesType* strides = nullptr,
             TensorShapeDynamism dynamism = TensorShapeDynamism::STATIC,
             DeviceType device_type = DeviceType::CPU, DeviceIndex device_index = 0);

  /// Bytes of the current shape.
  size_t nbytes() const {
    return static_cast<size_t>(numel_) * static_cast<size_t>(element_size());
  }

  /// Extent of dimension `dim`; aborts when it is out of range.
  ssize_t size(ssize_t dim) const;
  ssize_t dim() const { return dim_; }
  ssize_t numel() const { return numel_; }
  ScalarType scalar_type() const { return type_; }
  ScalarType dtype() const { return type_; }
  /// Bytes of one element.
  ssize_t element_size() const;

  ArrayRef<SizesType> sizes() const { return {sizes_, static_cast<size_t>(dim_)}; }
  ArrayRef<DimOrderType> dim_order() const { return {dim_order_, static_cast<size_t>(dim_)}; }
  ArrayRef<StridesType> strides() const { return {strides_, static_cast<size_t>(dim_)}; }

  TensorShapeDynamism shape_dynamism() const { return shape_dynamism_; }

  Device device() const { return Device(device_type_, device_index_); }
  DeviceType device_type() const { return device_type_; }
  DeviceIndex device_index() const { return device_index_; }

  const void* data() const { return data_; }
  void* mutable_data() const { return data_; }
  template <typename T>
  const T* data() const {
    return static_cast<const T*>(data_);
  }
  template <typename T>
  T* mutable_data() const {
    return static_cast<T*>(data_);
  }

  /// Points to other memory of at least nbytes() bytes, which the caller keeps alive.
  void set_data(void* ptr) { data_ = ptr; }

 private:
  friend class ::executorch::runtime::internal::TensorResizerFriend;

  /// Gives the tensor a new shape and recomputes the strides for its dim order.
  ET_NODISCARD Error internal_resize_contiguous(ArrayRef<SizesType> new_sizes);

  SizesType* sizes_;
  DimOrderType* dim_order_;
  StridesType* strides_;
  void* data_;
  const ssize_t dim_;
  ssize_t numel_;
  /// Elements that the memory behind data_ is known to hold.
  size_t numel_bound_;
  const ScalarType type_;
  const TensorShapeDynamism shape_dynamism_;
  const DeviceType device_type_;
  const DeviceIndex device_index_;
};

/// Product of `dim` sizes; 1 for rank 0. Aborts when a size is negative or the product overflows.
ssize_t compute_numel(const TensorImpl::SizesType* sizes, ssize_t dim);

}  // namespace etensor
}  // namespace executorch::runtime
