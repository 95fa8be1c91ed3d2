// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/block_util.h>

#include <limits>
#include <type_traits>

namespace torch::executor::native::utils {

namespace {

/// A Bool element as it is in memory: a byte that a caller may have set to more than 1, which is no
/// valid bool.
struct BoolByte {
  uint8_t byte;
};

/// Whether elements may be of this type; the values of numbers always are of one of four.
constexpr bool is_stored(ScalarType dtype) {
  return dtype == ScalarType::Float || dtype == ScalarType::Double || dtype == ScalarType::Long ||
         dtype == ScalarType::Bool || should_include_any_kernel_dtype(dtype);
}

template <typename To, typename From>
inline To convert(From from) {
  if constexpr (std::is_same_v<From, BoolByte>) {
    return static_cast<To>(from.byte != 0);
  } else if constexpr (std::is_same_v<From, Half> || std::is_same_v<From, BFloat16>) {
    return convert<To, float>(static_cast<float>(from));
  } else if constexpr (std::is_same_v<To, bool>) {
    return from != static_cast<From>(0);
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    // A value that no 64-bit integer holds becomes the most negative one: the cast is undefined.
    constexpr From kLimit = static_cast<From>(9223372036854775808.0);
    return static_cast<To>(from >= -kLimit && from < kLimit ? static_cast<int64_t>(from)
                                                            : std::numeric_limits<int64_t>::min());
  } else {
    return static_cast<To>(from);
  }
}

template <typename To, typename From>
void convert_strided(const From* from, int64_t from_stride, To* to, int64_t to_stride, int64_t n) {
  if (from_stride == 1 && to_stride == 1) {
    for (int64_t i = 0; i < n; ++i) {
      to[i] = convert<To>(from[i]);
    }
  } else {
    for (int64_t i = 0; i < n; ++i) {
      to[i * to_stride] = convert<To>(from[i * from_stride]);
    }
  }
}

}  // namespace

template <typename T>
const T* load_block(const void* base, ScalarType dtype, int64_t offset, int64_t stride, int64_t n,
                    T* buffer) {
  if (!std::is_same_v<T, bool> && stride == 1 &&
      dtype == ::executorch::runtime::CppTypeToScalarType<T>::value) {
    return static_cast<const T*>(base) + offset;
  }
  switch (dtype) {
#define ET_LOAD_CASE(C, name)                                                           \
  case ScalarType::name: {                                                              \
    if constexpr (is_stored(ScalarType::name)) {                                        \
      using Stored = std::conditional_t<std::is_same_v<C, bool>, BoolByte, C>;          \
      convert_strided(static_cast<const Stored*>(base) + offset, stride, buffer, 1, n); \
      break;                                                                            \
    }                                                                                   \
    [[fallthrough]];                                                                    \
  }
    ET_FORALL_REALHBBF16_AND_UINT_TYPES(ET_LOAD_CASE)
#undef ET_LOAD_CASE
    default:
      ET_CHECK_MSG(false, "elements of type %s cannot be converted",
                   ::executorch::runtime::toString(dtype));
  }
  return buffer;
}

template <typename T>
void store_block(const T* values, int64_t n, void* base, ScalarType dtype, int64_t offset,
                 int64_t stride) {
  switch (dtype) {
#define ET_STORE_CASE(C, name)                                               \
  case ScalarType::name:                                                     \
    if constexpr (is_stored(ScalarType::name)) {                             \
      convert_strided(values, 1, static_cast<C*>(base) + offset, stride, n); \
      break;                                                                 \
    }                                                                        \
    [[fallthrough]];
    ET_FORALL_REALHBBF16_AND_UINT_TYPES(ET_STORE_CASE)
#undef ET_STORE_CASE
    default:
      ET_CHECK_MSG(false, "elements of type %s cannot be converted",
                   ::executorch::runtime::toString(dtype));
  }
}

#define ET_INSTANTIATE(T)                                                                  \
  template const T* load_block<T>(const void*, ScalarType, int64_t, int64_t, int64_t, T*); \
  template void store_block<T>(const T*, int64_t, void*, ScalarType, int64_t, int64_t);
ET_INSTANTIATE(float)
ET_INSTANTIATE(double)
ET_INSTANTIATE(int64_t)
ET_INSTANTIATE(int32_t)
ET_INSTANTIATE(int8_t)
ET_INSTANTIATE(bool)
#undef ET_INSTANTIATE

}  // namespace torch::executor::native::utils
