// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// A number as one element of a tensor.
class ScalarElement {
 public:
  /// Converts `value`. False with a sentence where the type cannot hold it; an integer type takes
  /// the integer part, and an unsigned type wraps negative numbers around, as torch does.
  bool assign(const Scalar& value, ScalarType dtype);

  const void* data() const { return bytes_; }
  /// The element as a tensor of rank 0, as long as this object lives.
  TensorView view() const { return {bytes_, dtype_}; }

 private:
  alignas(16) uint8_t bytes_[16] = {};
  ScalarType dtype_ = ScalarType::Byte;
};

}  // namespace torch::executor::native::utils
