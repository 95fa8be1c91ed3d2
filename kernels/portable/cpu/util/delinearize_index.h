// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {

/// Coordinates, in a tensor of the given shape, of the element that is number `linear_index` in
/// logical order (last dimension fastest). Writes shape.size() <= out_indexes_len of them; aborts
/// when there is no room.
inline void delinearize_index(size_t linear_index, ArrayRef<SizesType> shape, size_t* out_indexes,
                              const size_t out_indexes_len) {
  ET_CHECK_MSG(shape.size() <= out_indexes_len, "%zu coordinates do not fit an array of %zu",
               shape.size(), out_indexes_len);
  for (size_t d = shape.size(); d-- > 0;) {
    const auto size = static_cast<size_t>(shape[d]);
    out_indexes[d] = linear_index % size;
    linear_index /= size;
  }
}

/// The same for the shape of a tensor.
inline void delinearize_index(size_t linear_index, const Tensor& t, size_t* out_indexes,
                              const size_t out_indexes_len) {
  delinearize_index(linear_index, t.sizes(), out_indexes, out_indexes_len);
}

}  // namespace executor
}  // namespace torch
