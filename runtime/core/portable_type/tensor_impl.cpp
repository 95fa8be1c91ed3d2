// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/runtime/core/portable_type/tensor_impl.h>

#include <cinttypes>

#include <executorch/runtime/core/checked_math.h>
#include <executorch/runtime/core/exec_aten/util/dim_order_util.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/platform/assert.h>

namespace executorch::runtime::etensor {

ssize_t compute_numel(const TensorImpl::SizesType* sizes, ssize_t dim) {
  ET_CHECK_MSG(dim == 0 || sizes != nullptr, "Sizes of a tensor of rank %zd are null", dim);
  ssize_t numel = 1;
  for (ssize_t i = 0; i < dim; ++i) {
    ET_CHECK_MSG(sizes[i] >= 0, "Size of dimension %zd is negative: %" PRId32, i, sizes[i]);
    ET_CHECK_MSG(!__builtin_mul_overflow(numel, static_cast<ssize_t>(sizes[i]), &numel),
                 "Number of elements overflows at dimension %zd", i);
  }
  return numel;
}

TensorImpl::TensorImpl(ScalarType type, ssize_t dim, SizesType* sizes, void* data,
                       DimOrderType* dim_order, StridesType* strides, TensorShapeDynamism dynamism,
                       DeviceType device_type, DeviceIndex device_index)
    : sizes_(sizes),
      dim_order_(dim_order),
      strides_(strides),
      data_(data),
      dim_(dim),
      numel_(compute_numel(sizes, dim)),
      numel_bound_(static_cast<size_t>(numel_)),
      type_(type),
      shape_dynamism_(dynamism),
      device_type_(device_type),
      device_index_(device_index) {
  ET_CHECK_MSG(isValid(type_), "Invalid element type %d", static_cast<int>(type_));
  ET_CHECK_MSG(dim_ >= 0, "Rank is negative: %zd", dim_);
}

ssize_t TensorImpl::size(ssize_t dim) const {
  ET_CHECK_MSG(dim >= 0 && dim < dim_, "Dimension %zd is out of range for rank %zd", dim, dim_);
  return sizes_[dim];
}

ssize_t TensorImpl::element_size() const {
  return static_cast<ssize_t>(elementSize(type_));
}

Error TensorImpl::internal_resize_contiguous(ArrayRef<SizesType> new_sizes) {
  ET_CHECK_OR_RETURN_ERROR(static_cast<ssize_t>(new_sizes.size()) == dim_, NotSupported,
                           "Cannot resize a tensor of rank %zd to rank %zu", dim_,
                           new_sizes.size());
  size_t new_numel = 1;
  for (ssize_t i = 0; i < dim_; ++i) {
    ET_CHECK_OR_RETURN_ERROR(new_sizes[i] >= 0, InvalidArgument,
                             "Size of dimension %zd is negative: %" PRId32, i, new_sizes[i]);
    ET_CHECK_OR_RETURN_ERROR(
        !__builtin_mul_overflow(new_numel, static_cast<size_t>(new_sizes[i]), &new_numel),
        InvalidArgument, "Number of elements overflows at dimension %zd", i);
  }
  if (shape_dynamism_ == TensorShapeDynamism::STATIC) {
    for (ssize_t i = 0; i < dim_; ++i) {
      ET_CHECK_OR_RETURN_ERROR(new_sizes[i] == sizes_[i], NotSupported,
                               "Dimension %zd of a static tensor is %" PRId32
                               " and cannot become %" PRId32,
                               i, sizes_[i], new_sizes[i]);
    }
    return Error::Ok;
  }
  ET_CHECK_OR_RETURN_ERROR(new_numel <= numel_bound_, NotSupported,
                           "A shape of %zu elements exceeds the tensor's upper bound of %zu",
                           new_numel, numel_bound_);
  if (strides_ != nullptr && dim_order_ != nullptr) {
    ET_CHECK_OK_OR_RETURN_ERROR(
        dim_order_to_stride(new_sizes.data(), dim_order_, static_cast<size_t>(dim_), strides_));
  }
  for (ssize_t i = 0; i < dim_; ++i) {
    sizes_[i] = new_sizes[i];
  }
  numel_ = static_cast<ssize_t>(new_numel);
  return Error::Ok;
}

}  // namespace executorch::runtime::etensor
