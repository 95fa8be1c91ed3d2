// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/exec_aten/util/tensor_dimension_limit.h>
#include <executorch/runtime/core/span.h>

namespace executorch {
namespace runtime {

namespace internal {
/// Sizes above it are not printed as numbers.
constexpr size_t kMaximumPrintableTensorShapeElement = INT32_MAX;
/// Characters of one size, with the comma and the space after it.
constexpr size_t kMaximumPrintableTensorShapeElementLength = 10 + 2;
}  // namespace internal

/// Bytes that hold any shape as text, with the brackets and the terminating NUL.
constexpr size_t kTensorShapeStringSizeLimit =
    1 + internal::kMaximumPrintableTensorShapeElementLength * kTensorDimensionLimit + 1;

/// A shape as "(2, 3)"; "(ERR: tensor ndim exceeds limit)" above rank 16, and "ERR" for a size that
/// is negative.
std::array<char, kTensorShapeStringSizeLimit> tensor_shape_to_c_string(
    Span<const ::executorch::aten::SizesType> shape);

inline std::array<char, kTensorShapeStringSizeLimit> tensor_shape_to_c_string(
    ::executorch::aten::ArrayRef<::executorch::aten::SizesType> shape) {
  return tensor_shape_to_c_string(
      Span<const ::executorch::aten::SizesType>(shape.data(), shape.size()));
}

}  // namespace runtime
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::runtime::kTensorShapeStringSizeLimit;
using ::executorch::runtime::tensor_shape_to_c_string;
}  // namespace executor
}  // namespace torch
