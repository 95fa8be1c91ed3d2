// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <type_traits>

namespace c10 {
namespace detail {

template <typename I>
class IntegerIterator {
 public:
  constexpr explicit IntegerIterator(I value) : value_(value) {}
  constexpr I operator*() const { return value_; }
  constexpr IntegerIterator& operator++() {
    ++value_;
    return *this;
  }
  // "<" makes a range whose end lies before its begin an empty one; a range-based for only asks
  // "!=".
  constexpr bool operator!=(const IntegerIterator& end) const { return value_ < end.value_; }
  constexpr bool operator==(const IntegerIterator& end) const { return !(*this != end); }

 private:
  I value_;
};

template <typename I>
struct IntegerRange {
  constexpr IntegerRange(I first, I last) : first_(first), last_(last) {}
  constexpr IntegerIterator<I> begin() const { return first_; }
  constexpr IntegerIterator<I> end() const { return last_; }

 private:
  IntegerIterator<I> first_;
  IntegerIterator<I> last_;
};

}  // namespace detail

/// The integers first, first + 1, ..., last - 1, of the type of `last`.
template <typename First, typename Last>
constexpr detail::IntegerRange<Last> irange(First first, Last last) {
  static_assert(std::is_integral<First>::value && std::is_integral<Last>::value, "integers only");
  return {static_cast<Last>(first), last};
}

/// The integers 0, 1, ..., last - 1.
template <typename Last>
constexpr detail::IntegerRange<Last> irange(Last last) {
  static_assert(std::is_integral<Last>::value, "integers only");
  return {Last(), last};
}

}  // namespace c10
