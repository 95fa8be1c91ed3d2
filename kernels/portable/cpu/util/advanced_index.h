// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/kernels/portable/cpu/util/index_util.h>
#include <executorch/kernels/portable/cpu/util/tensor_view.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// What `self[indices]` means: index tensors of integers, negative ones counting from the end, are
/// broadcast together; a mask stands for the coordinates of its true elements, one index tensor for
/// each of its dimensions; None keeps a dimension, as do the dimensions without an entry. The
/// dimensions of the index tensors replace those that they index, or, when these do not stand next
/// to each other, come first.
class AdvancedIndex {
 public:
  /// False with a sentence where the indices do not fit `self`. What this object keeps of the
  /// tensors' shapes stays as it is, even if one of them is the output and is resized.
  bool init(const Tensor& self, ArrayRef<optional<Tensor>> indices);

  /// Only its sizes have meaning.
  const TensorView& result() const { return result_; }
  /// The dimensions of `self` that are kept.
  TensorView block(const TensorView& self) const;
  /// The same dimensions of a view of the result's shape.
  TensorView result_block(const TensorView& result) const;

  /// Calls f(self_offset, result_offset), in bytes, for each coordinate of the index tensors, in
  /// order. False with a sentence at an index out of range.
  template <typename F>
  bool for_each(const TensorView& result, const F& f) {
    if (result.numel() == 0) {
      return true;
    }
    int64_t coordinate[::executorch::runtime::kTensorDimensionLimit] = {};
    for (size_t d = rank_; d != static_cast<size_t>(-1);) {
      int64_t from = 0;
      int64_t to = 0;
      for (size_t i = 0; i < rank_; ++i) {
        to += coordinate[i] * result.strides[position_ + i];
      }
      if (!locate(coordinate, &from)) {
        return false;
      }
      f(from, to);
      for (d = rank_; d-- > 0;) {
        if (++coordinate[d] < result.sizes[position_ + d]) {
          break;
        }
        coordinate[d] = 0;
      }
    }
    return true;
  }

 private:
  static constexpr size_t kLimit = ::executorch::runtime::kTensorDimensionLimit;

  struct Entry {
    const Tensor* tensor;  // while init() runs
    IndexReader reader;
    /// Dimensions of self that it indexes.
    size_t dim;
    size_t span;
    bool is_mask;
    /// Along each dimension of the broadcast indices: bytes; for a mask, true elements.
    std::array<int64_t, kLimit> strides;
    /// Of a mask: its elements, how many are true, and the one that was found last.
    const uint8_t* mask;
    std::array<int64_t, kLimit> mask_strides;
    int64_t count;
    int64_t ordinal;
    std::array<int64_t, kLimit> found;
  };

  bool add(const Tensor& index, size_t dim);
  /// The shape of an index tensor, with the strides of Entry.
  static TensorView positions(const Entry& entry);
  bool broadcast();
  /// Offset in self of what the indices at `coordinate` select.
  bool locate(const int64_t* coordinate, int64_t* offset);
  /// Moves to the n-th true element of a mask; false when there are fewer.
  bool seek(Entry& mask, int64_t n) const;

  std::array<int64_t, TensorView::kDimLimit> self_sizes_;
  std::array<int64_t, TensorView::kDimLimit> self_strides_;
  size_t self_dim_ = 0;
  std::array<Entry, kLimit> entries_;
  size_t count_ = 0;
  /// Where the dimensions of the indices, `rank_` of them, stand in the result.
  size_t position_ = 0;
  size_t rank_ = 0;
  TensorView result_{nullptr, ScalarType::Byte};
};

}  // namespace torch::executor::native::utils
