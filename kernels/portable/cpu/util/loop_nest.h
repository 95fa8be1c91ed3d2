// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Loops over the coordinates of strided tensors.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/exec_aten/util/tensor_dimension_limit.h>

namespace torch::executor::native::utils {

/// Nested loops, outermost first, with the stride of each loop in each of K tensors.
///
///   LoopNest<2> nest;
///   nest.push(rows, {in_row_stride, out_row_stride});
///   nest.push(columns, {in_column_stride, out_column_stride});
///   nest.normalize();
///   nest.for_each_run([&](const LoopNest<2>::Offsets& at) {
///     // nest.run_size() elements from at[0] and at[1], nest.run_strides() apart
///   });
template <size_t K>
class LoopNest {
 public:
  using Offsets = std::array<int64_t, K>;

  void push(int64_t size, const Offsets& strides) {
    if (size != 1) {
      sizes_[depth_] = size;
      strides_[depth_] = strides;
      ++depth_;
    }
  }

  /// Orders the loops by decreasing stride in the first tensor, so that it is read in the order of
  /// memory, and merges loops that can run as one.
  void normalize() {
    for (size_t i = 1; i < depth_; ++i) {
      for (size_t j = i; j > 0 && strides_[j - 1][0] < strides_[j][0]; --j) {
        std::swap(sizes_[j - 1], sizes_[j]);
        std::swap(strides_[j - 1], strides_[j]);
      }
    }
    merge();
  }

  /// Merges adjacent loops that can run as one; the order of the coordinates stays.
  void merge() {
    if (depth_ == 0) {
      return;
    }
    size_t last = 0;
    for (size_t i = 1; i < depth_; ++i) {
      bool mergeable = true;
      for (size_t t = 0; t < K; ++t) {
        mergeable = mergeable && strides_[last][t] == strides_[i][t] * sizes_[i];
      }
      if (mergeable) {
        sizes_[last] *= sizes_[i];
        strides_[last] = strides_[i];
      } else {
        ++last;
        sizes_[last] = sizes_[i];
        strides_[last] = strides_[i];
      }
    }
    depth_ = last + 1;
  }

  size_t depth() const { return depth_; }
  int64_t size(size_t loop) const { return sizes_[loop]; }
  const Offsets& strides(size_t loop) const { return strides_[loop]; }

  /// Removes the innermost of at least one loop.
  void pop() { --depth_; }
  /// Makes `loop` the innermost; the order of the others stays.
  void move_innermost(size_t loop) {
    std::rotate(&sizes_[loop], &sizes_[loop] + 1, &sizes_[0] + depth_);
    std::rotate(&strides_[loop], &strides_[loop] + 1, &strides_[0] + depth_);
  }

  /// Iterations of all loops together.
  int64_t count() const {
    int64_t n = 1;
    for (size_t i = 0; i < depth_; ++i) {
      n *= sizes_[i];
    }
    return n;
  }

  /// Length and strides of the innermost loop; 1 and zeros without loops.
  int64_t run_size() const { return depth_ == 0 ? 1 : sizes_[depth_ - 1]; }
  Offsets run_strides() const { return depth_ == 0 ? Offsets{} : strides_[depth_ - 1]; }

  /// Calls f(offsets) for each iteration of all loops but the innermost, in order.
  template <typename F>
  void for_each_run(const F& f) const {
    iterate(depth_ == 0 ? 0 : depth_ - 1, f);
  }

  /// Calls f(offsets) for each iteration, in order.
  template <typename F>
  void for_each(const F& f) const {
    iterate(depth_, f);
  }

  /// The same for iterations [begin, end) of count().
  template <typename F>
  void for_each(int64_t begin, int64_t end, const F& f) const {
    iterate(depth_, begin, end, f);
  }

 private:
  template <typename F>
  void iterate(size_t depth, const F& f) const {
    int64_t iterations = count() == 0 ? 0 : 1;
    for (size_t i = 0; i < depth; ++i) {
      iterations *= sizes_[i];
    }
    iterate(depth, 0, iterations, f);
  }

  template <typename F>
  void iterate(size_t depth, int64_t begin, int64_t end, const F& f) const {
    std::array<int64_t, kDepthLimit> index;
    Offsets at{};
    int64_t rest = begin;
    for (size_t d = depth; d-- > 0;) {
      index[d] = begin == 0 ? 0 : rest % sizes_[d];
      rest = begin == 0 ? 0 : rest / sizes_[d];
      for (size_t t = 0; t < K; ++t) {
        at[t] += strides_[d][t] * index[d];
      }
    }
    for (int64_t i = begin; i < end; ++i) {
      f(static_cast<const Offsets&>(at));
      for (size_t d = depth; d-- > 0;) {
        for (size_t t = 0; t < K; ++t) {
          at[t] += strides_[d][t];
        }
        if (++index[d] < sizes_[d]) {
          break;
        }
        for (size_t t = 0; t < K; ++t) {
          at[t] -= strides_[d][t] * sizes_[d];
        }
        index[d] = 0;
      }
    }
  }

  // Twice the rank of a tensor: some kernels split each dimension in two.
  static constexpr size_t kDepthLimit = 2 * ::executorch::runtime::kTensorDimensionLimit;

  size_t depth_ = 0;
  std::array<int64_t, kDepthLimit> sizes_;
  std::array<Offsets, kDepthLimit> strides_;
};

}  // namespace torch::executor::native::utils
