// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Reading and writing elements of any type in blocks, so that a kernel is written once per type
/// it computes in (float, double, int64_t, bool) and not once per element type.

#include <cstdint>

#include <executorch/kernels/portable/cpu/selective_build.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native::utils {

/// Elements that a kernel converts at a time through a buffer on the stack.
constexpr int64_t kBlockSize = 128;

/// The `n` elements of type `dtype` (one of REALHBBF16_AND_UINT) that start at element `offset` of
/// `base` and lie `stride` elements apart, as T: float, double, int64_t, int32_t or int8_t (which
/// wrap around) or bool. Converted into `buffer`, or, when they are adjacent elements of type T
/// already, returned in place.
template <typename T>
const T* load_block(const void* base, ScalarType dtype, int64_t offset, int64_t stride, int64_t n,
                    T* buffer);

/// Writes `n` values as elements of type `dtype` (one of REALHBBF16_AND_UINT), `stride` apart from
/// `offset`.
template <typename T>
void store_block(const T* values, int64_t n, void* base, ScalarType dtype, int64_t offset,
                 int64_t stride);

/// Where to compute `n` values that store_block() is to write: in place, where they are adjacent
/// elements of type T; else `buffer`, and store_block() is still to be called.
template <typename T>
T* block_target(void* base, ScalarType dtype, int64_t offset, int64_t stride, T* buffer) {
  return stride == 1 && dtype == ::executorch::runtime::CppTypeToScalarType<T>::value
             ? static_cast<T*>(base) + offset
             : buffer;
}

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

/// Whether this build has kernels for tensors of such types, which a selective build may leave out:
/// a call with others does not get as far as a kernel. Those for Float are always there.
inline constexpr bool kBuildsDouble = should_include_any_kernel_dtype(ScalarType::Double);
inline constexpr bool kBuildsIntegers = should_include_any_kernel_dtype(ScalarType::Bool) ||
                                        should_include_any_kernel_dtype(ScalarType::Byte) ||
                                        should_include_any_kernel_dtype(ScalarType::Char) ||
                                        should_include_any_kernel_dtype(ScalarType::Short) ||
                                        should_include_any_kernel_dtype(ScalarType::Int) ||
                                        should_include_any_kernel_dtype(ScalarType::Long) ||
                                        should_include_any_kernel_dtype(ScalarType::UInt16) ||
                                        should_include_any_kernel_dtype(ScalarType::UInt32) ||
                                        should_include_any_kernel_dtype(ScalarType::UInt64);

/// Calls f(TypeTag<T>()) with T = Integer for integers and Bool, double for Double, else float.
template <typename Integer, typename F>
void dispatch_with_integer(ScalarType dtype, const F& f) {
  if constexpr (kBuildsDouble) {
    if (dtype == ScalarType::Double) {
      return f(TypeTag<double>());
    }
  }
  if constexpr (kBuildsIntegers) {
    if (!::executorch::runtime::isFloatingType(dtype)) {
      return f(TypeTag<Integer>());
    }
  }
  f(TypeTag<float>());
}

/// Calls f(TypeTag<T>()) with the type in which values of `dtype` are computed: double for Double,
/// float for the other floating-point types, int64_t for integers and Bool.
template <typename F>
void dispatch_compute_type(ScalarType dtype, const F& f) {
  dispatch_with_integer<int64_t>(dtype, f);
}

/// As dispatch_compute_type with int8_t for integers of 8 bits, of either sign, and int32_t for
/// others of up to 32 bits, for what may be computed modulo a power of two: sums and products.
template <typename F>
void dispatch_wrapping_type(ScalarType dtype, const F& f) {
  if constexpr (kBuildsIntegers) {
    if (dtype == ScalarType::Char || dtype == ScalarType::Byte) {
      return f(TypeTag<int8_t>());
    }
    if (dtype == ScalarType::Int || dtype == ScalarType::Short || dtype == ScalarType::UInt16 ||
        dtype == ScalarType::UInt32) {
      return f(TypeTag<int32_t>());
    }
  }
  dispatch_compute_type(dtype, f);
}

/// As dispatch_compute_type with double for every floating-point type, where speed matters less
/// than code size.
template <typename F>
void dispatch_wide_compute_type(ScalarType dtype, const F& f) {
  if constexpr (kBuildsIntegers) {
    if (!::executorch::runtime::isFloatingType(dtype)) {
      return f(TypeTag<int64_t>());
    }
  }
  f(TypeTag<double>());
}

}  // namespace torch::executor::native::utils
