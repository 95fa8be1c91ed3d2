// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cstddef>

#include <executorch/runtime/platform/assert.h>

namespace executorch {
namespace runtime {

/**
 * A pointer and a number of elements; owns nothing. The elements can be changed through it (unless
 * T is const). Indices are checked in debug builds.
 */
template <typename T>
class Span final {
 public:
  using value_type = T;
  using size_type = size_t;
  using iterator = T*;

  /* implicit */ constexpr Span() noexcept : data_(nullptr), length_(0) {}

  constexpr Span(T* data, size_t length) : data_(data), length_(length) {}

  Span(T* begin, T* end) : data_(begin), length_(static_cast<size_t>(end - begin)) {}

  template <size_t N>
  /* implicit */ constexpr Span(T (&array)[N]) : data_(array), length_(N) {}

  /// One element.
  /* implicit */ constexpr Span(T& element) : data_(&element), length_(1) {}

  iterator begin() const noexcept { return data_; }
  iterator end() const noexcept { return data_ + length_; }

  constexpr bool empty() const noexcept { return length_ == 0; }
  constexpr T* data() const noexcept { return data_; }
  constexpr size_t size() const noexcept { return length_; }

  T& operator[](size_t index) const {
    ET_DCHECK_MSG(index < length_, "index %" ET_PRIsize_t " of %" ET_PRIsize_t, index, length_);
    return data_[index];
  }

 private:
  T* data_;
  size_t length_;
};

}  // namespace runtime
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::runtime::Span;
}  // namespace executor
}  // namespace torch
