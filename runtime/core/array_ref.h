// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <executorch/runtime/platform/assert.h>

namespace executorch {
namespace runtime {

/**
 * A read-only view of contiguous elements; owns nothing. Use Span for a view that can write.
 * Indices are checked in debug builds; at() and slice() check always.
 */
template <typename T>
class ArrayRef final {
 public:
  using value_type = T;
  using size_type = size_t;
  using iterator = const T*;
  using const_iterator = const T*;

  /* implicit */ constexpr ArrayRef() noexcept : data_(nullptr), length_(0) {}

  /// One element, which must outlive the view.
  /* implicit */ constexpr ArrayRef(const T& element) : data_(&element), length_(1) {}

  constexpr ArrayRef(const T* data, size_t length) : data_(data), length_(length) {}

  ArrayRef(const T* begin, const T* end)
      : data_(begin), length_(static_cast<size_t>(end - begin)) {}

  template <size_t N>
  /* implicit */ constexpr ArrayRef(const T (&array)[N]) : data_(array), length_(N) {}

  template <size_t N>
  /* implicit */ constexpr ArrayRef(const std::array<T, N>& array)
      : data_(array.data()), length_(N) {}

  /// Any contiguous container of T with data() and size(), e.g. std::vector<T>, Span<T>.
  template <
      typename Container,
      typename = std::enable_if_t<
          !std::is_same<std::decay_t<Container>, ArrayRef>::value &&
          std::is_convertible<decltype(std::declval<const Container&>().data()), const T*>::value &&
          std::is_integral<decltype(std::declval<const Container&>().size())>::value &&
          std::is_same<std::remove_cv_t<std::remove_pointer_t<
                           decltype(std::declval<const Container&>().data())>>,
                       std::remove_cv_t<T>>::value>>
  /* implicit */ constexpr ArrayRef(const Container& container)
      : data_(container.data()), length_(container.size()) {}

  constexpr iterator begin() const { return data_; }
  constexpr iterator end() const { return data_ + length_; }
  constexpr const_iterator cbegin() const { return data_; }
  constexpr const_iterator cend() const { return data_ + length_; }

  constexpr bool empty() const { return length_ == 0; }
  constexpr const T* data() const { return data_; }
  constexpr size_t size() const { return length_; }

  const T& front() const {
    ET_CHECK(!empty());
    return data_[0];
  }

  const T& back() const {
    ET_CHECK(!empty());
    return data_[length_ - 1];
  }

  /// Same length and equal elements.
  bool equals(ArrayRef other) const {
    if (length_ != other.length_) {
      return false;
    }
    for (size_t i = 0; i < length_; ++i) {
      if (!(data_[i] == other.data_[i])) {
        return false;
      }
    }
    return true;
  }

  /// Elements [start, start + length).
  ArrayRef slice(size_t start, size_t length) const {
    ET_CHECK_MSG(start <= length_ && length <= length_ - start,
                 "slice [%" ET_PRIsize_t ", +%" ET_PRIsize_t ") of %" ET_PRIsize_t, start, length,
                 length_);
    return ArrayRef(data_ + start, length);
  }

  /// Elements [start, size()).
  ArrayRef slice(size_t start) const {
    ET_CHECK_MSG(start <= length_, "slice from %" ET_PRIsize_t " of %" ET_PRIsize_t, start,
                 length_);
    return ArrayRef(data_ + start, length_ - start);
  }

  const T& operator[](size_t index) const {
    ET_DCHECK_MSG(index < length_, "index %" ET_PRIsize_t " of %" ET_PRIsize_t, index, length_);
    return data_[index];
  }

  const T& at(size_t index) const {
    ET_CHECK_MSG(index < length_, "index %" ET_PRIsize_t " of %" ET_PRIsize_t, index, length_);
    return data_[index];
  }

 private:
  const T* data_;
  size_t length_;
};

template <typename T>
ArrayRef<T> makeArrayRef(const T& element) {
  return element;
}

template <typename T>
ArrayRef<T> makeArrayRef(const T* data, size_t length) {
  return ArrayRef<T>(data, length);
}

template <typename T>
ArrayRef<T> makeArrayRef(const T* begin, const T* end) {
  return ArrayRef<T>(begin, end);
}

template <typename T>
ArrayRef<T> makeArrayRef(const ArrayRef<T>& array) {
  return array;
}

template <typename T>
ArrayRef<T>& makeArrayRef(ArrayRef<T>& array) {
  return array;
}

template <typename T, size_t N>
ArrayRef<T> makeArrayRef(const T (&array)[N]) {
  return ArrayRef<T>(array);
}

template <typename T, size_t N>
ArrayRef<T> makeArrayRef(const std::array<T, N>& array) {
  return ArrayRef<T>(array);
}

template <typename T>
bool operator==(ArrayRef<T> a, ArrayRef<T> b) {
  return a.equals(b);
}

template <typename T>
bool operator!=(ArrayRef<T> a, ArrayRef<T> b) {
  return !a.equals(b);
}

using IntArrayRef = ArrayRef<int64_t>;

}  // namespace runtime
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::runtime::ArrayRef;
using ::executorch::runtime::IntArrayRef;
using ::executorch::runtime::makeArrayRef;
}  // namespace executor
}  // namespace torch
