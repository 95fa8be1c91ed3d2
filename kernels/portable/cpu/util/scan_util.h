// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Operators along lines of a tensor, where each result depends on those before it.

#include <algorithm>
#include <cstdint>

#include <executorch/kernels/portable/cpu/util/block_util.h>
#include <executorch/kernels/portable/cpu/util/loop_nest.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// The lines along one dimension of K tensors of the same shape, the first of which is read.
template <size_t K>
struct Lines {
  using Offsets = typename LoopNest<K>::Offsets;

  LoopNest<K> nest;
  /// Elements per line, and their distances.
  int64_t size = 1;
  Offsets strides{};

  Lines(const Tensor* const (&tensors)[K], int64_t dim) {
    const auto rank = static_cast<size_t>(tensors[0]->dim());
    const auto along = static_cast<size_t>(dim < 0 ? dim + static_cast<int64_t>(rank) : dim);
    for (size_t d = 0; d < rank; ++d) {
      Offsets step;
      for (size_t t = 0; t < K; ++t) {
        step[t] = tensors[t]->strides()[d];
      }
      if (d == along) {
        size = tensors[0]->sizes()[d];
        strides = step;
      } else {
        nest.push(tensors[0]->sizes()[d], step);
      }
    }
  }

  /// Calls f(x, i) for the elements of the line of \p in that begins at \p offset.
  template <typename T, typename F>
  void for_each_element(const Tensor& in, int64_t offset, const F& f) const {
    T buffer[kBlockSize];
    for (int64_t i = 0; i < size; i += kBlockSize) {
      const int64_t n = std::min(kBlockSize, size - i);
      const T* x = load_block<T>(in.const_data_ptr(), in.scalar_type(), offset + i * strides[0],
                                 strides[0], n, buffer);
      for (int64_t j = 0; j < n; ++j) {
        f(x[j], i + j);
      }
    }
  }
};

/// Checks the arguments of a scan of `in` into `out`, which gets its shape.
inline bool prepare_scan(const Tensor& in, int64_t dim, const Tensor& out) {
  return tensor_has_dim(in, dim) &&
         (::executorch::runtime::isBarebonesUnsignedType(in.scalar_type()) ||
          tensor_is_realhbbf16_type(in)) &&
         tensor_is_realhbbf16_type(out) && resize_tensor(out, in.sizes()) == Error::Ok;
}

}  // namespace torch::executor::native::utils
