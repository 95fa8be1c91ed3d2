// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Reading and writing elements of any type in blocks, so that a kernel is written once per type
/// it computes in (float, double, int64_t, bool) and not once per element type.

#include <cstdint>

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// Elements that a kernel converts at a time through a buffer on the stack.
constexpr int64_t kBlockSize = 128;

/// The `n` elements of type `dtype` (one of REALHBBF16_AND_UINT) that start at element `offset` of
/// `base` and lie `stride` elements apart, as T: float, double, int64_t or bool. Converted into
/// `buffer`, or, when they are adjacent elements of type T already, returned in place.
template <typename T>
const T* load_block(const void* base, ScalarType dtype, int64_t offset, int64_t stride, int64_t n,
                    T* buffer);

/// Writes `n` values as elements of type `dtype` (one of REALHBBF16_AND_UINT), `stride` apart from
/// `offset`.
template <typename T>
void store_block(const T* values, int64_t n, void* base, ScalarType dtype, int64_t offset,
                 int64_t stride);

/// One element as T.
template <typename T>
T load_element(const void* base, ScalarType dtype, int64_t offset) {
  T buffer;
  return *load_block<T>(base, dtype, offset, 1, 1, &buffer);
}

template <typename T>
void store_element(T value, void* base, ScalarType dtype, int64_t offset) {
  store_block<T>(&value, 1, base, dtype, offset, 1);
}

/// A type as a value, for generic lambdas.
template <typename T>
struct TypeTag {
  using type = T;
};

/// Calls f(TypeTag<T>()) with the type in which values of `dtype` are computed: double for Double,
/// float for the other floating-point types, int64_t for integers and Bool.
template <typename F>
void dispatch_compute_type(ScalarType dtype, const F& f) {
  if (dtype == ScalarType::Double) {
    f(TypeTag<double>());
  } else if (::executorch::runtime::isFloatingType(dtype)) {
    f(TypeTag<float>());
  } else {
    f(TypeTag<int64_t>());
  }
}

/// As dispatch_compute_type with double for every floating-point type, where speed matters less
/// than code size.
template <typename F>
void dispatch_wide_compute_type(ScalarType dtype, const F& f) {
  if (::executorch::runtime::isFloatingType(dtype)) {
    f(TypeTag<double>());
  } else {
    f(TypeTag<int64_t>());
  }
}

}  // namespace torch::executor::native::utils
