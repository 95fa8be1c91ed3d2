// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// What nearly every data-movement kernel reduces to: describe the result as a view of the input,
/// then copy the view.

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <executorch/kernels/portable/cpu/util/loop_nest.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// Elements of a tensor seen through sizes and strides of one's own. The member functions that
/// change the view trust their arguments; they never touch the data.
struct TensorView {
  /// A kernel may split each dimension of a tensor in two.
  static constexpr size_t kDimLimit = 2 * ::executorch::runtime::kTensorDimensionLimit;

  uint8_t* base;
  /// Of the first element from `base`, in bytes. Applied only when there are elements: the base of
  /// an empty tensor may be null.
  int64_t offset = 0;
  ScalarType dtype;
  size_t dim = 0;
  std::array<int64_t, kDimLimit> sizes;
  /// In bytes; 0 repeats an element, a negative stride walks backwards. All 0 in an empty tensor.
  std::array<int64_t, kDimLimit> strides;

  explicit TensorView(const Tensor& tensor);
  /// The one element at `element`, as a view of rank 0.
  TensorView(const void* element, ScalarType dtype);
  // Most tensors have few dimensions: what lies behind them is not copied.
  TensorView(const TensorView& other) { *this = other; }
  TensorView& operator=(const TensorView& other) {
    base = other.base;
    offset = other.offset;
    dtype = other.dtype;
    dim = other.dim;
    for (size_t d = 0; d < dim; ++d) {
      sizes[d] = other.sizes[d];
      strides[d] = other.strides[d];
    }
    return *this;
  }

  uint8_t* data() const { return offset == 0 ? base : base + offset; }
  int64_t numel() const;
  int64_t element_size() const;
  /// Whether the elements lie in memory in logical order, without gaps.
  bool is_contiguous() const;

  /// Adds a dimension before dimension `at` <= dim; without a stride, one that repeats.
  TensorView& insert(size_t at, int64_t size, int64_t stride = 0);
  TensorView& remove(size_t d);
  /// Makes dimension dims[i] the i-th; `dims` is a permutation.
  TensorView& permute(const size_t* dims);
  TensorView& transpose(size_t d0, size_t d1);
  /// Fixes the coordinate of dimension d and removes it.
  TensorView& select(size_t d, int64_t index);
  /// Keeps `size` coordinates from `start`, `step` apart: 1 or more, 0 repeats, -1 walks backwards.
  TensorView& slice(size_t d, int64_t start, int64_t size, int64_t step = 1);
  /// Replaces dimension d of size n by two of sizes n / inner and inner.
  TensorView& split(size_t d, int64_t inner);
  /// Repeats along new leading dimensions and dimensions of size 1 so that the sizes become those
  /// of `target`; false with a sentence where that is impossible.
  bool broadcast_to(const TensorView& target);
  /// Counts a view of rank 0 as one dimension of one element, as torch does for most `dim`s.
  TensorView& at_least_1d();
};

/// A copy between two layouts of the same shape, planned once and run between any two addresses.
/// The element types are equal, or both are of REALHBBF16_AND_UINT and are converted.
class StridedCopy {
 public:
  StridedCopy(const TensorView& in, const TensorView& out);
  /// Addresses of the first elements; the memory does not overlap, or is identical in layout.
  void run(const uint8_t* in, uint8_t* out) const;

 private:
  using Loops = LoopNest<2>;
  struct Loop {
    int64_t size = 1;
    int64_t out = 0;
    int64_t in = 0;
  };
  static Loop pop(Loops& loops);

  template <typename Move>
  void run_moves(const Move& move, const uint8_t* in, uint8_t* out) const;

  ScalarType in_dtype_;
  ScalarType out_dtype_;
  /// Adjacent elements that move as one count as one.
  size_t element_size_;
  bool empty_;
  /// How many bytes are copied, where it is one run of them as they are; else 0.
  size_t run_bytes_ = 0;
  Loops outer_;
  Loop rows_;
  Loop columns_;
};

/// Whether copy() can turn elements of one type into the other.
bool can_convert(ScalarType from, ScalarType to);

/// Copies between views of the same shape, converting where the types differ (can_convert); a
/// complex number loses its imaginary part in a real type.
void copy(const TensorView& in, const TensorView& out);

/// Sets all elements; `element` is one of the view's type.
void fill(const TensorView& out, const void* element);
/// The same for `n` adjacent elements of 1, 2, 4, 8 or 16 bytes.
void fill_run(void* data, int64_t n, const void* element, int64_t element_size);

/// Gives `out` the view's shape and copies the view there. Fails `ctx` when the shape or the type
/// does not fit.
Tensor& copy_to(KernelRuntimeContext& ctx, const TensorView& in, Tensor& out);
Tensor& copy_to(KernelRuntimeContext& ctx, const Tensor& in, Tensor& out);

/// Broadcasts both views to their common shape; false with a sentence where there is none.
bool broadcast_together(TensorView& a, TensorView& b);

/// Gives `out` the view's shape; false with a sentence where it cannot.
bool resize_to(const TensorView& shape, Tensor& out);

/// A position that walks over K layouts of one shape in logical order, last dimension fastest.
template <size_t K>
class Cursor {
 public:
  using Strides = std::array<int64_t, K>;

  /// The layouts' strides and offsets are in bytes.
  explicit Cursor(const std::array<const TensorView*, K>& views) {
    for (size_t d = 0; d < views[0]->dim; ++d) {
      Strides strides;
      for (size_t t = 0; t < K; ++t) {
        strides[t] = views[t]->strides[d];
      }
      loops_.push(views[0]->sizes[d], strides);
    }
    loops_.merge();
    left_ = loops_.count();
  }

  /// Elements from here to the end.
  int64_t left() const { return left_; }
  /// Offset from the first element, in bytes.
  int64_t at(size_t t) const { return at_[t]; }
  /// Elements that follow at step() bytes from each other, this one included.
  int64_t run() const {
    const size_t depth = loops_.depth();
    return depth == 0 ? left_ : loops_.size(depth - 1) - index_[depth - 1];
  }
  int64_t step(size_t t) const { return loops_.run_strides()[t]; }

  /// Moves by n <= run() elements.
  void advance(int64_t n = 1) {
    left_ -= n;
    for (size_t d = loops_.depth(); d-- > 0;) {
      move(d, n);
      if (index_[d] < loops_.size(d)) {
        return;
      }
      move(d, -loops_.size(d));
      n = 1;
    }
  }

  /// Moves by any number of elements up to left().
  void skip(int64_t n) {
    while (n > 0) {
      const int64_t step = n < run() ? n : run();
      advance(step);
      n -= step;
    }
  }

 private:
  void move(size_t d, int64_t n) {
    index_[d] += n;
    for (size_t t = 0; t < K; ++t) {
      at_[t] += n * loops_.strides(d)[t];
    }
  }

  LoopNest<K> loops_;
  std::array<int64_t, TensorView::kDimLimit> index_{};
  Strides at_{};
  int64_t left_;
};

/// Copies `n` elements from one position to the other and moves both, in logical order. The views
/// are those of the cursors and have the same element type.
void copy_in_order(const TensorView& in, Cursor<1>& from, const TensorView& out, Cursor<1>& to,
                   int64_t n);

/// Calls f with an integral constant of `size`: 1, 2, 4, 8 or 16 bytes.
template <typename F>
void dispatch_element_size(int64_t size, const F& f) {
  switch (size) {
    case 1:
      return f(std::integral_constant<size_t, 1>());
    case 2:
      return f(std::integral_constant<size_t, 2>());
    case 4:
      return f(std::integral_constant<size_t, 4>());
    case 8:
      return f(std::integral_constant<size_t, 8>());
    default:
      return f(std::integral_constant<size_t, 16>());
  }
}

}  // namespace torch::executor::native::utils
