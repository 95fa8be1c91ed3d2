// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/runtime/core/portable_type/bfloat16.h>
#include <executorch/runtime/core/portable_type/half.h>

namespace executorch::runtime::etensor {

/// A complex number laid out as two consecutive T, real part first (as torch and C99 do).
template <typename T>
struct alignas(sizeof(T) * 2) complex {
  using value_type = T;

  T real_{};
  T imag_{};

  complex() = default;
  /* implicit */ complex(const T& re, const T& im = T()) : real_(re), imag_(im) {}
  template <typename U>
  explicit complex(const complex<U>& other)
      : real_(static_cast<T>(other.real_)), imag_(static_cast<T>(other.imag_)) {}

  T real() const { return real_; }
  T imag() const { return imag_; }

  complex& operator+=(const complex& o) { return *this = *this + o; }
  complex& operator-=(const complex& o) { return *this = *this - o; }
  complex& operator*=(const complex& o) { return *this = *this * o; }

  friend complex operator+(const complex& a, const complex& b) {
    return complex(static_cast<T>(a.real_ + b.real_), static_cast<T>(a.imag_ + b.imag_));
  }
  friend complex operator-(const complex& a, const complex& b) {
    return complex(static_cast<T>(a.real_ - b.real_), static_cast<T>(a.imag_ - b.imag_));
  }
  friend complex operator-(const complex& a) { return complex(-a.real_, -a.imag_); }
  friend complex operator*(const complex& a, const complex& b) {
    return complex(static_cast<T>(a.real_ * b.real_ - a.imag_ * b.imag_),
                   static_cast<T>(a.real_ * b.imag_ + a.imag_ * b.real_));
  }
  /// Smith's algorithm: divides by the larger component first, so that no intermediate overflows.
  friend complex operator/(const complex& a, const complex& b) {
    const T abs_re = b.real_ < T(0) ? static_cast<T>(-b.real_) : b.real_;
    const T abs_im = b.imag_ < T(0) ? static_cast<T>(-b.imag_) : b.imag_;
    if (abs_re >= abs_im) {
      if (abs_re == T(0) && abs_im == T(0)) {
        return complex(static_cast<T>(a.real_ / abs_re), static_cast<T>(a.imag_ / abs_im));
      }
      const T ratio = static_cast<T>(b.imag_ / b.real_);
      const T scale = static_cast<T>(T(1) / static_cast<T>(b.real_ + b.imag_ * ratio));
      return complex(static_cast<T>((a.real_ + a.imag_ * ratio) * scale),
                     static_cast<T>((a.imag_ - a.real_ * ratio) * scale));
    }
    const T ratio = static_cast<T>(b.real_ / b.imag_);
    const T scale = static_cast<T>(T(1) / static_cast<T>(b.imag_ + b.real_ * ratio));
    return complex(static_cast<T>((a.real_ * ratio + a.imag_) * scale),
                   static_cast<T>((a.imag_ * ratio - a.real_) * scale));
  }
  friend bool operator==(const complex& a, const complex& b) {
    return a.real_ == b.real_ && a.imag_ == b.imag_;
  }
  friend bool operator!=(const complex& a, const complex& b) { return !(a == b); }
};

}  // namespace executorch::runtime::etensor
