// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// The tensor types that kernels and applications use, under executorch::aten (alias exec_aten).

#include <cinttypes>
#include <cstdint>

#include <executorch/runtime/core/array_ref.h>
#include <executorch/runtime/core/portable_type/bfloat16.h>
#include <executorch/runtime/core/portable_type/bits_types.h>
#include <executorch/runtime/core/portable_type/complex.h>
#include <executorch/runtime/core/portable_type/device.h>
#include <executorch/runtime/core/portable_type/half.h>
#include <executorch/runtime/core/portable_type/optional.h>
#include <executorch/runtime/core/portable_type/qint_types.h>
#include <executorch/runtime/core/portable_type/scalar.h>
#include <executorch/runtime/core/portable_type/scalar_type.h>
#include <executorch/runtime/core/portable_type/string_view.h>
#include <executorch/runtime/core/portable_type/tensor.h>
#include <executorch/runtime/core/portable_type/tensor_options.h>
#include <executorch/runtime/core/tensor_shape_dynamism.h>

// printf formats for what the accessors of a Tensor return.
#define ET_PRI_TENSOR_SIZE PRId32
#define ET_PRI_TENSOR_DIM "zd"
#define ET_PRI_TENSOR_NUMEL "zd"
#define ET_PRI_SIZES_AND_STRIDES PRId32

namespace executorch {
namespace aten {

using TensorShapeDynamism = ::executorch::runtime::TensorShapeDynamism;
using Tensor = ::executorch::runtime::etensor::Tensor;
using TensorImpl = ::executorch::runtime::etensor::TensorImpl;
using string_view = ::executorch::runtime::etensor::string_view;
using ::executorch::runtime::ArrayRef;
using ::executorch::runtime::etensor::optional;
using nullopt_t = ::executorch::runtime::etensor::nullopt_t;
using ::executorch::runtime::etensor::nullopt;
using ScalarType = ::executorch::runtime::etensor::ScalarType;
using TensorList = ArrayRef<Tensor>;
using Scalar = ::executorch::runtime::etensor::Scalar;
using MemoryFormat = ::executorch::runtime::etensor::MemoryFormat;
using Layout = ::executorch::runtime::etensor::Layout;
using DeviceType = ::executorch::runtime::etensor::DeviceType;
using DeviceIndex = ::executorch::runtime::etensor::DeviceIndex;
using Device = ::executorch::runtime::etensor::Device;
using SizesType = Tensor::SizesType;
using DimOrderType = Tensor::DimOrderType;
using StridesType = Tensor::StridesType;
using Half = ::executorch::runtime::etensor::Half;
using BFloat16 = ::executorch::runtime::etensor::BFloat16;
using ::executorch::runtime::etensor::complex;
using qint8 = ::executorch::runtime::etensor::qint8;
using quint8 = ::executorch::runtime::etensor::quint8;
using qint32 = ::executorch::runtime::etensor::qint32;
using quint4x2 = ::executorch::runtime::etensor::quint4x2;
using quint2x4 = ::executorch::runtime::etensor::quint2x4;
using IntArrayRef = ArrayRef<int64_t>;
template <typename T>
using OptionalArrayRef = optional<ArrayRef<T>>;
using OptionalIntArrayRef = OptionalArrayRef<int64_t>;

using ::executorch::runtime::etensor::compute_numel;

/// Elements of a shape, or 0 with a false `ok` where a size is negative or the product overflows.
inline ssize_t safe_numel(const SizesType* sizes, ssize_t dim, bool* ok = nullptr) {
  ssize_t numel = 1;
  for (ssize_t i = 0; i < dim; ++i) {
    if (sizes[i] < 0 || __builtin_mul_overflow(numel, static_cast<ssize_t>(sizes[i]), &numel)) {
      if (ok != nullptr) {
        *ok = false;
      }
      return 0;
    }
  }
  if (ok != nullptr) {
    *ok = true;
  }
  return numel;
}

}  // namespace aten
}  // namespace executorch

namespace exec_aten = ::executorch::aten;

namespace torch {
namespace executor {
using TensorList = ::executorch::aten::TensorList;
}  // namespace executor
}  // namespace torch
