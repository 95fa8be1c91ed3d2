// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include <executorch/runtime/core/exec_aten/util/tensor_dimension_limit.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {

namespace internal {

/// Walks the coordinates of an output in logical order (last dimension fastest).
template <std::size_t kNumInputs>
class BroadcastIndexesIterator {
 public:
  using difference_type = ssize_t;
  /// Positions of an element in the data of the output and then of each input.
  using value_type = std::array<ssize_t, kNumInputs + 1>;
  using reference = const value_type&;
  using pointer = const value_type*;
  using iterator_category = std::forward_iterator_tag;

  BroadcastIndexesIterator() = default;

  template <typename... Args>
  explicit BroadcastIndexesIterator(const Tensor& output, const Args&... inputs)
      : dim_(output.dim()) {
    static_assert(sizeof...(Args) == kNumInputs);
    const Tensor* const tensors[] = {&output, &inputs...};
    for (ssize_t d = 0; d < dim_; ++d) {
      sizes_[d] = output.sizes()[d];
      for (size_t t = 0; t <= kNumInputs; ++t) {
        const ssize_t own = d - (dim_ - tensors[t]->dim());
        const bool repeats = own < 0 || (t > 0 && tensors[t]->sizes()[own] == 1);
        strides_[d][t] = repeats ? 0 : tensors[t]->strides()[own];
      }
    }
  }

  static BroadcastIndexesIterator end_of(const Tensor& output) {
    BroadcastIndexesIterator end;
    end.position_ = output.numel();
    return end;
  }

  reference operator*() const { return at_; }
  pointer operator->() const { return &at_; }
  bool operator==(const BroadcastIndexesIterator& other) const {
    return position_ == other.position_;
  }
  bool operator!=(const BroadcastIndexesIterator& other) const { return !(*this == other); }
  difference_type operator-(const BroadcastIndexesIterator& other) const {
    return position_ - other.position_;
  }

  BroadcastIndexesIterator& operator++() {
    ++position_;
    for (ssize_t d = dim_; d-- > 0;) {
      move(d, 1);
      if (++index_[d] < sizes_[d]) {
        return *this;
      }
      move(d, -sizes_[d]);
      index_[d] = 0;
    }
    return *this;
  }
  BroadcastIndexesIterator operator++(int) {
    BroadcastIndexesIterator old = *this;
    ++*this;
    return old;
  }
  /// Moves by any number of elements.
  BroadcastIndexesIterator& operator+=(difference_type n) {
    position_ += n;
    ssize_t rest = position_;
    for (ssize_t d = dim_; d-- > 0;) {
      if (sizes_[d] == 0) {
        break;
      }
      const ssize_t index = rest % sizes_[d];
      rest /= sizes_[d];
      move(d, index - index_[d]);
      index_[d] = index;
    }
    return *this;
  }
  BroadcastIndexesIterator operator+(difference_type n) const {
    BroadcastIndexesIterator moved = *this;
    return moved += n;
  }

 private:
  static constexpr size_t kLimit = ::executorch::runtime::kTensorDimensionLimit;

  void move(ssize_t d, ssize_t n) {
    for (size_t t = 0; t <= kNumInputs; ++t) {
      at_[t] += n * strides_[d][t];
    }
  }

  ssize_t dim_ = 0;
  ssize_t position_ = 0;
  std::array<ssize_t, kLimit> sizes_{};
  std::array<ssize_t, kLimit> index_{};
  std::array<value_type, kLimit> strides_{};
  value_type at_{};
};

}  // namespace internal

/// The positions, in the data of an output and of the inputs that are broadcast to its shape, of
/// all elements in logical order:
///
///   for (const auto [out_i, a_i, b_i] : BroadcastIndexesRange<2>(out, a, b)) {
///     out_data[out_i] = a_data[a_i] + b_data[b_i];
///   }
///
/// The inputs must be broadcastable to the output. Any dim order is followed, whatever the second
/// parameter.
template <std::size_t kNumInputs, bool support_noncontiguous_tensors = false>
class BroadcastIndexesRange {
 public:
  using iterator = internal::BroadcastIndexesIterator<kNumInputs>;

  template <typename... Args>
  explicit BroadcastIndexesRange(const Tensor& output, const Args&... inputs)
      : begin_(output, inputs...), end_(iterator::end_of(output)) {}

  iterator begin() const { return begin_; }
  iterator end() const { return end_; }

 private:
  iterator begin_;
  iterator end_;
};

}  // namespace executor
}  // namespace torch
