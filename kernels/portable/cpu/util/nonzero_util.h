// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>

#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>

namespace torch::executor::native::utils {

/// Calls f(coordinate) for each element that is not zero, in logical order; the coordinate has one
/// number per dimension. False with a sentence for a type outside REALHBBF16_AND_UINT and complex.
template <typename F>
bool for_each_nonzero(const TensorView& tensor, const F& f) {
  ET_LOG_MSG_AND_RETURN_IF_FALSE(::executorch::runtime::isRealHBBF16Type(tensor.dtype) ||
                                     ::executorch::runtime::isBarebonesUnsignedType(tensor.dtype) ||
                                     ::executorch::runtime::isComplexType(tensor.dtype),
                                 "elements of %s are not supported",
                                 ::executorch::runtime::toString(tensor.dtype));
  TensorView view = tensor;
  view.at_least_1d();
  const size_t last = view.dim - 1;
  // A complex number is two elements.
  const int64_t parts = ::executorch::runtime::isComplexType(view.dtype) ? 2 : 1;
  const ScalarType dtype = ::executorch::runtime::toRealValueType(view.dtype);
  const int64_t step = view.strides[last] / view.element_size() * parts;
  int64_t coordinate[TensorView::kDimLimit] = {};
  for (int64_t left = view.numel(); left > 0;) {
    int64_t offset = view.offset;
    for (size_t d = 0; d < view.dim; ++d) {
      offset += coordinate[d] * view.strides[d];
    }
    const int64_t n = std::min(kBlockSize, view.sizes[last] - coordinate[last]);
    bool buffers[2][kBlockSize] = {};
    const bool* nonzero[2] = {buffers[0], buffers[1]};
    for (int64_t part = 0; part < parts; ++part) {
      nonzero[part] = load_block<bool>(view.base + offset, dtype, part, step, n, buffers[part]);
    }
    for (int64_t i = 0; i < n; ++i, ++coordinate[last]) {
      if (nonzero[0][i] || nonzero[1][i]) {
        f(static_cast<const int64_t*>(coordinate));
      }
    }
    left -= n;
    for (size_t d = last; d > 0 && coordinate[d] == view.sizes[d]; --d) {
      coordinate[d] = 0;
      ++coordinate[d - 1];
    }
  }
  return true;
}

}  // namespace torch::executor::native::utils
