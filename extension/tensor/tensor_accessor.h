// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <type_traits>

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/core/result.h>

namespace executorch {
namespace extension {

template <typename T, ssize_t N>
class TensorAccessor;

template <typename T, ssize_t N>
runtime::Result<TensorAccessor<T, N>> make_tensor_accessor(const executorch::aten::Tensor& tensor);

namespace internal {

/// What accessors of all ranks have in common: where the elements are.
template <typename T, ssize_t N>
class TensorAccessorBase {
 public:
  /// Extent of dimension `i`. Ends the process if it is out of range.
  executorch::aten::SizesType size(ssize_t i) const {
    check_dim(i);
    return sizes_[i];
  }
  /// Distance in elements between neighbours in dimension `i`; likewise.
  executorch::aten::StridesType stride(ssize_t i) const {
    check_dim(i);
    return strides_[i];
  }

 protected:
  TensorAccessorBase(T* data, const executorch::aten::SizesType* sizes,
                     const executorch::aten::StridesType* strides)
      : data_(data), sizes_(sizes), strides_(strides) {}

  static void check_dim(ssize_t i) {
    ET_CHECK_MSG(i >= 0 && i < N, "Dimension %zd is out of range for rank %zd", i, N);
  }

  T* data_;
  const executorch::aten::SizesType* sizes_;
  const executorch::aten::StridesType* strides_;
};

}  // namespace internal

/**
 * The elements of a tensor of rank N, by index: `accessor[i][j]`. Indices are not checked. Refers
 * to the tensor, which must outlive it and keep its shape. T is const where the elements are only
 * read.
 */
template <typename T, ssize_t N>
class TensorAccessor final : public internal::TensorAccessorBase<T, N> {
 public:
  static_assert(N > 1, "Rank 1 is specialized, rank 0 has no accessor");

  TensorAccessor<T, N - 1> operator[](ssize_t i) const {
    return TensorAccessor<T, N - 1>(this->data_ + this->strides_[0] * i, this->sizes_ + 1,
                                    this->strides_ + 1);
  }

 private:
  template <typename, ssize_t>
  friend class TensorAccessor;
  template <typename U, ssize_t M>
  friend runtime::Result<TensorAccessor<U, M>> make_tensor_accessor(
      const executorch::aten::Tensor& tensor);

  using internal::TensorAccessorBase<T, N>::TensorAccessorBase;
};

template <typename T>
class TensorAccessor<T, 1> final : public internal::TensorAccessorBase<T, 1> {
 public:
  T& operator[](ssize_t i) const { return this->data_[this->strides_[0] * i]; }

 private:
  template <typename, ssize_t>
  friend class TensorAccessor;
  template <typename U, ssize_t M>
  friend runtime::Result<TensorAccessor<U, M>> make_tensor_accessor(
      const executorch::aten::Tensor& tensor);

  using internal::TensorAccessorBase<T, 1>::TensorAccessorBase;
};

/// InvalidArgument unless the tensor has rank N, elements of type T and data.
template <typename T, ssize_t N>
runtime::Result<TensorAccessor<T, N>> make_tensor_accessor(const executorch::aten::Tensor& tensor) {
  static_assert(N > 0, "A tensor of rank 0 has no accessor: use const_data_ptr()");
  constexpr auto kType = runtime::CppTypeToScalarType<std::remove_const_t<T>>::value;
  ET_CHECK_OR_RETURN_ERROR(tensor.dim() == N, InvalidArgument,
                           "An accessor of rank %zd was asked for a tensor of rank %zd", N,
                           tensor.dim());
  ET_CHECK_OR_RETURN_ERROR(tensor.scalar_type() == kType, InvalidArgument,
                           "An accessor of %s was asked for a tensor of %s",
                           runtime::toString(kType), runtime::toString(tensor.scalar_type()));
  ET_CHECK_OR_RETURN_ERROR(tensor.const_data_ptr() != nullptr || tensor.numel() == 0,
                           InvalidArgument, "The tensor has no data");
  T* data;
  if constexpr (std::is_const_v<T>) {
    data = tensor.const_data_ptr<std::remove_const_t<T>>();
  } else {
    data = tensor.mutable_data_ptr<T>();
  }
  return TensorAccessor<T, N>(data, tensor.sizes().data(), tensor.strides().data());
}

}  // namespace extension
}  // namespace executorch
