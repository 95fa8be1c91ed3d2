// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Properties of element types, type promotion, and the dispatch macros of kernel bodies.

#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/last_error.h>
#include <executorch/runtime/platform/assert.h>
#include <executorch/runtime/platform/log.h>

#ifdef EXECUTORCH_SELECTIVE_BUILD_DTYPE
// Generated: which element types each operator of this build is instantiated for.
#include <executorch/kernels/portable/cpu/selected_op_variants.h>
#else
/// Whether operator `operator_name` is to be instantiated for `scalar_type`.
inline constexpr bool should_include_kernel_dtype(const char* /*operator_name*/,
                                                  ::executorch::aten::ScalarType /*scalar_type*/) {
  return true;
}
#endif

// ---------------------------------------------------------------------------------------------
// Lists: ET_FORALL_<set>_TYPES(_) calls _(C++ type, ScalarType name) for each member of a set.
// H = Half, BF16 = BFloat16, B = Bool.

#define ET_FORALL_INT_TYPES(_) \
  _(uint8_t, Byte)             \
  _(int8_t, Char)              \
  _(int16_t, Short)            \
  _(int32_t, Int)              \
  _(int64_t, Long)

#define ET_FORALL_FLOAT_TYPES(_) \
  _(float, Float)                \
  _(double, Double)

#define ET_FORALL_FLOATH_TYPES(_) \
  ET_FORALL_FLOAT_TYPES(_)        \
  _(::executorch::aten::Half, Half)

#define ET_FORALL_FLOATHBF16_TYPES(_) \
  ET_FORALL_FLOATH_TYPES(_)           \
  _(::executorch::aten::BFloat16, BFloat16)

#define ET_FORALL_REAL_TYPES(_) \
  ET_FORALL_INT_TYPES(_)        \
  ET_FORALL_FLOAT_TYPES(_)

#define ET_FORALL_REALB_TYPES(_) \
  ET_FORALL_REAL_TYPES(_)        \
  _(bool, Bool)

#define ET_FORALL_REALH_TYPES(_) \
  ET_FORALL_REAL_TYPES(_)        \
  _(::executorch::aten::Half, Half)

#define ET_FORALL_REALHB_TYPES(_) \
  ET_FORALL_REALH_TYPES(_)        \
  _(bool, Bool)

#define ET_FORALL_REALHBF16_TYPES(_) \
  ET_FORALL_REALH_TYPES(_)           \
  _(::executorch::aten::BFloat16, BFloat16)

#define ET_FORALL_REALHBBF16_TYPES(_) \
  ET_FORALL_REALHBF16_TYPES(_)        \
  _(bool, Bool)

#define ET_FORALL_UINT_TYPES(_) \
  _(uint16_t, UInt16)           \
  _(uint32_t, UInt32)           \
  _(uint64_t, UInt64)

#define ET_FORALL_REALHBBF16_AND_UINT_TYPES(_) \
  ET_FORALL_REALHBBF16_TYPES(_)                \
  ET_FORALL_UINT_TYPES(_)

#define ET_FORALL_QINT_TYPES(_)             \
  _(::executorch::aten::qint8, QInt8)       \
  _(::executorch::aten::quint8, QUInt8)     \
  _(::executorch::aten::qint32, QInt32)     \
  _(::executorch::aten::quint4x2, QUInt4x2) \
  _(::executorch::aten::quint2x4, QUInt2x4)

#define ET_FORALL_COMPLEX_TYPES(_)                    \
  _(::executorch::aten::complex<float>, ComplexFloat) \
  _(::executorch::aten::complex<double>, ComplexDouble)

#define ET_FORALL_COMPLEXH_TYPES(_) \
  ET_FORALL_COMPLEX_TYPES(_)        \
  _(::executorch::aten::complex<::executorch::aten::Half>, ComplexHalf)

// The same with further members, given by name.
#define ET_INTERNAL_FOR_TYPE(SCALARTYPE, _)                                                       \
  _(::executorch::runtime::ScalarTypeToCppType<::executorch::aten::ScalarType::SCALARTYPE>::type, \
    SCALARTYPE)

#define ET_FORALL_INT_TYPES_AND(SCALARTYPE, _) \
  ET_FORALL_INT_TYPES(_)                       \
  ET_INTERNAL_FOR_TYPE(SCALARTYPE, _)

#define ET_FORALL_FLOAT_TYPES_AND(SCALARTYPE, _) \
  ET_FORALL_FLOAT_TYPES(_)                       \
  ET_INTERNAL_FOR_TYPE(SCALARTYPE, _)

#define ET_FORALL_REAL_TYPES_AND(SCALARTYPE, _) \
  ET_FORALL_REAL_TYPES(_)                       \
  ET_INTERNAL_FOR_TYPE(SCALARTYPE, _)

#define ET_FORALL_REALH_TYPES_AND(SCALARTYPE, _) \
  ET_FORALL_REALH_TYPES(_)                       \
  ET_INTERNAL_FOR_TYPE(SCALARTYPE, _)

#define ET_FORALL_REALHBF16_TYPES_AND(SCALARTYPE, _) \
  ET_FORALL_REALHBF16_TYPES(_)                       \
  ET_INTERNAL_FOR_TYPE(SCALARTYPE, _)

#define ET_FORALL_REALHBBF16_TYPES_AND(SCALARTYPE, _) \
  ET_FORALL_REALHBBF16_TYPES(_)                       \
  ET_INTERNAL_FOR_TYPE(SCALARTYPE, _)

#define ET_FORALL_REALB_TYPES_AND(SCALARTYPE, _) \
  ET_FORALL_REALB_TYPES(_)                       \
  ET_INTERNAL_FOR_TYPE(SCALARTYPE, _)

#define ET_FORALL_COMPLEX_TYPES_AND(SCALARTYPE, _) \
  ET_FORALL_COMPLEX_TYPES(_)                       \
  ET_INTERNAL_FOR_TYPE(SCALARTYPE, _)

#define ET_FORALL_REAL_TYPES_AND2(SCALARTYPE1, SCALARTYPE2, _) \
  ET_FORALL_REAL_TYPES_AND(SCALARTYPE1, _)                     \
  ET_INTERNAL_FOR_TYPE(SCALARTYPE2, _)

#define ET_FORALL_REAL_TYPES_AND3(SCALARTYPE1, SCALARTYPE2, SCALARTYPE3, _) \
  ET_FORALL_REAL_TYPES_AND2(SCALARTYPE1, SCALARTYPE2, _)                    \
  ET_INTERNAL_FOR_TYPE(SCALARTYPE3, _)

#define ET_FORALL_REALH_TYPES_AND2(SCALARTYPE1, SCALARTYPE2, _) \
  ET_FORALL_REALH_TYPES_AND(SCALARTYPE1, _)                     \
  ET_INTERNAL_FOR_TYPE(SCALARTYPE2, _)

#define ET_FORALL_REALH_TYPES_AND3(SCALARTYPE1, SCALARTYPE2, SCALARTYPE3, _) \
  ET_FORALL_REALH_TYPES_AND2(SCALARTYPE1, SCALARTYPE2, _)                    \
  ET_INTERNAL_FOR_TYPE(SCALARTYPE3, _)

#define ET_FORALL_REALHBF16_TYPES_AND2(SCALARTYPE1, SCALARTYPE2, _) \
  ET_FORALL_REALHBF16_TYPES_AND(SCALARTYPE1, _)                     \
  ET_INTERNAL_FOR_TYPE(SCALARTYPE2, _)

#define ET_FORALL_REALHBF16_TYPES_AND3(SCALARTYPE1, SCALARTYPE2, SCALARTYPE3, _) \
  ET_FORALL_REALHBF16_TYPES_AND2(SCALARTYPE1, SCALARTYPE2, _)                    \
  ET_INTERNAL_FOR_TYPE(SCALARTYPE3, _)

// The same as _(CTYPE, C++ type, name), for dispatch on two types.
#define ET_FORALL_INT_TYPES_WITH(CTYPE, _) \
  _(CTYPE, uint8_t, Byte)                  \
  _(CTYPE, int8_t, Char)                   \
  _(CTYPE, int16_t, Short)                 \
  _(CTYPE, int32_t, Int)                   \
  _(CTYPE, int64_t, Long)

#define ET_FORALL_FLOAT_TYPES_WITH(CTYPE, _) \
  _(CTYPE, float, Float)                     \
  _(CTYPE, double, Double)

#define ET_FORALL_REAL_TYPES_WITH(CTYPE, _) \
  ET_FORALL_INT_TYPES_WITH(CTYPE, _)        \
  ET_FORALL_FLOAT_TYPES_WITH(CTYPE, _)

namespace executorch::runtime {

/// The C++ type of an element type: `ScalarTypeToCppType<ScalarType::Int>::type` is int32_t.
template <::executorch::aten::ScalarType N>
struct ScalarTypeToCppType;
/// The element type of a C++ type: `CppTypeToScalarType<int32_t>::value` is ScalarType::Int.
template <typename T>
struct CppTypeToScalarType;

#define ET_SPECIALIZE_TYPE_MAPS(cpp_type, scalar_type)                      \
  template <>                                                               \
  struct ScalarTypeToCppType<::executorch::aten::ScalarType::scalar_type> { \
    using type = cpp_type;                                                  \
  };                                                                        \
  template <>                                                               \
  struct CppTypeToScalarType<cpp_type>                                      \
      : std::integral_constant<::executorch::aten::ScalarType,              \
                               ::executorch::aten::ScalarType::scalar_type> {};
ET_FORALL_SCALAR_TYPES(ET_SPECIALIZE_TYPE_MAPS)
#undef ET_SPECIALIZE_TYPE_MAPS

template <typename T>
struct is_complex_type : std::false_type {};
template <typename T>
struct is_complex_type<::executorch::aten::complex<T>> : std::true_type {};
template <typename T>
struct is_reduced_floating_point
    : std::integral_constant<bool, std::is_same_v<T, ::executorch::aten::Half> ||
                                       std::is_same_v<T, ::executorch::aten::BFloat16>> {};
template <typename T>
inline constexpr bool is_reduced_floating_point_v = is_reduced_floating_point<T>::value;
template <typename T>
inline constexpr bool is_complex_type_v = is_complex_type<T>::value;

/// Whether the number is an element type that a tensor can have.
inline constexpr bool isValid(::executorch::aten::ScalarType type) {
  return static_cast<int8_t>(type) >= 0 && type < ::executorch::aten::ScalarType::Undefined;
}

/// Name such as "Float"; "UNKNOWN_SCALAR" for an invalid type.
inline const char* toString(::executorch::aten::ScalarType type) {
  switch (type) {
#define ET_NAME_CASE(_, name)                \
  case ::executorch::aten::ScalarType::name: \
    return #name;
    ET_FORALL_SCALAR_TYPES(ET_NAME_CASE)
#undef ET_NAME_CASE
    case ::executorch::aten::ScalarType::Undefined:
      return "Undefined";
    default:
      return "UNKNOWN_SCALAR";
  }
}

/// Bytes of one element; 0 for an invalid type.
inline size_t elementSize(::executorch::aten::ScalarType type) {
  static constexpr uint8_t kSizes[] = {
#define ET_SIZE_ENTRY(cpp_type, _) sizeof(cpp_type),
      ET_FORALL_SCALAR_TYPES(ET_SIZE_ENTRY)
#undef ET_SIZE_ENTRY
  };
  return isValid(type) ? kSizes[static_cast<int8_t>(type)] : 0;
}

namespace internal {
/// A set of element types as one word, so that membership is one shift.
template <typename... Types>
constexpr uint32_t scalar_type_set(Types... types) {
  return ((1u << static_cast<int>(types)) | ... | 0u);
}
constexpr bool in_scalar_type_set(uint32_t set, ::executorch::aten::ScalarType type) {
  return isValid(type) && ((set >> static_cast<int>(type)) & 1u) != 0;
}
#define ET_SET_ENTRY(_, name) | scalar_type_set(::executorch::aten::ScalarType::name)
constexpr uint32_t kSignedIntTypes = 0u ET_FORALL_INT_TYPES(ET_SET_ENTRY);
constexpr uint32_t kUnsignedTypes = 0u ET_FORALL_UINT_TYPES(ET_SET_ENTRY);
constexpr uint32_t kFloatTypes = 0u ET_FORALL_FLOATHBF16_TYPES(ET_SET_ENTRY);
constexpr uint32_t kRealTypes = 0u ET_FORALL_REAL_TYPES(ET_SET_ENTRY);
constexpr uint32_t kComplexTypes = 0u ET_FORALL_COMPLEXH_TYPES(ET_SET_ENTRY);
constexpr uint32_t kQIntTypes = 0u ET_FORALL_QINT_TYPES(ET_SET_ENTRY);
#undef ET_SET_ENTRY
constexpr uint32_t kHalfType = scalar_type_set(::executorch::aten::ScalarType::Half);
constexpr uint32_t kBFloat16Type = scalar_type_set(::executorch::aten::ScalarType::BFloat16);
constexpr uint32_t kBoolType = scalar_type_set(::executorch::aten::ScalarType::Bool);
constexpr uint32_t kBitsTypes = scalar_type_set(
    ::executorch::aten::ScalarType::Bits1x8, ::executorch::aten::ScalarType::Bits2x4,
    ::executorch::aten::ScalarType::Bits4x2, ::executorch::aten::ScalarType::Bits8,
    ::executorch::aten::ScalarType::Bits16);
constexpr uint32_t kFloat8Types = scalar_type_set(::executorch::aten::ScalarType::Float8_e5m2,
                                                  ::executorch::aten::ScalarType::Float8_e4m3fn,
                                                  ::executorch::aten::ScalarType::Float8_e5m2fnuz,
                                                  ::executorch::aten::ScalarType::Float8_e4m3fnuz);
}  // namespace internal

/// Integers of any width, without Bool.
inline constexpr bool isIntegralTypeExcludingBool(::executorch::aten::ScalarType t) {
  return internal::in_scalar_type_set(internal::kSignedIntTypes | internal::kUnsignedTypes, t);
}
/// Integers of any width, with Bool where asked.
inline constexpr bool isIntegralType(::executorch::aten::ScalarType t, bool include_bool) {
  return isIntegralTypeExcludingBool(t) ||
         (include_bool && t == ::executorch::aten::ScalarType::Bool);
}
/// Double, Float, Half and BFloat16.
inline constexpr bool isFloatingType(::executorch::aten::ScalarType t) {
  return internal::in_scalar_type_set(internal::kFloatTypes, t);
}
inline constexpr bool isReducedFloatingType(::executorch::aten::ScalarType t) {
  return internal::in_scalar_type_set(internal::kHalfType | internal::kBFloat16Type, t);
}
/// The set of ET_FORALL_REAL_TYPES; each H, BF16, B in a name below adds a type.
inline constexpr bool isRealType(::executorch::aten::ScalarType t) {
  return internal::in_scalar_type_set(internal::kRealTypes, t);
}
inline constexpr bool isRealHType(::executorch::aten::ScalarType t) {
  return internal::in_scalar_type_set(internal::kRealTypes | internal::kHalfType, t);
}
inline constexpr bool isRealHBType(::executorch::aten::ScalarType t) {
  return internal::in_scalar_type_set(
      internal::kRealTypes | internal::kHalfType | internal::kBoolType, t);
}
inline constexpr bool isRealHBF16Type(::executorch::aten::ScalarType t) {
  return internal::in_scalar_type_set(
      internal::kRealTypes | internal::kHalfType | internal::kBFloat16Type, t);
}
inline constexpr bool isRealHBBF16Type(::executorch::aten::ScalarType t) {
  return internal::in_scalar_type_set(
      internal::kRealTypes | internal::kHalfType | internal::kBFloat16Type | internal::kBoolType,
      t);
}
inline constexpr bool isComplexType(::executorch::aten::ScalarType t) {
  return internal::in_scalar_type_set(internal::kComplexTypes, t);
}
inline constexpr bool isQIntType(::executorch::aten::ScalarType t) {
  return internal::in_scalar_type_set(internal::kQIntTypes, t);
}
inline constexpr bool isBitsType(::executorch::aten::ScalarType t) {
  return internal::in_scalar_type_set(internal::kBitsTypes, t);
}
inline constexpr bool isFloat8Type(::executorch::aten::ScalarType t) {
  return internal::in_scalar_type_set(internal::kFloat8Types, t);
}
/// UInt16, UInt32, UInt64: types with storage and little arithmetic in torch.
inline constexpr bool isBarebonesUnsignedType(::executorch::aten::ScalarType t) {
  return internal::in_scalar_type_set(internal::kUnsignedTypes, t);
}
/// Whether a C++ type holds integers (bool excluded).
template <typename T>
inline constexpr bool is_integral_type_v = std::is_integral_v<T> && !std::is_same_v<T, bool>;

/// The type that stores the values of a quantized type; other types map to themselves.
inline constexpr ::executorch::aten::ScalarType toUnderlying(::executorch::aten::ScalarType t) {
  switch (t) {
    case ::executorch::aten::ScalarType::QUInt8:
    case ::executorch::aten::ScalarType::QUInt4x2:
    case ::executorch::aten::ScalarType::QUInt2x4:
      return ::executorch::aten::ScalarType::Byte;
    case ::executorch::aten::ScalarType::QInt8:
      return ::executorch::aten::ScalarType::Char;
    case ::executorch::aten::ScalarType::QInt32:
      return ::executorch::aten::ScalarType::Int;
    default:
      return t;
  }
}

/// The quantized type stored in `t`; other types map to themselves.
inline constexpr ::executorch::aten::ScalarType toQIntType(::executorch::aten::ScalarType t) {
  switch (t) {
    case ::executorch::aten::ScalarType::Byte:
      return ::executorch::aten::ScalarType::QUInt8;
    case ::executorch::aten::ScalarType::Char:
      return ::executorch::aten::ScalarType::QInt8;
    case ::executorch::aten::ScalarType::Int:
      return ::executorch::aten::ScalarType::QInt32;
    default:
      return t;
  }
}

/// The real type of a complex type's components; other types map to themselves.
inline constexpr ::executorch::aten::ScalarType toRealValueType(::executorch::aten::ScalarType t) {
  switch (t) {
    case ::executorch::aten::ScalarType::ComplexHalf:
      return ::executorch::aten::ScalarType::Half;
    case ::executorch::aten::ScalarType::ComplexFloat:
      return ::executorch::aten::ScalarType::Float;
    case ::executorch::aten::ScalarType::ComplexDouble:
      return ::executorch::aten::ScalarType::Double;
    default:
      return t;
  }
}

/// The complex type whose components hold `t`; Undefined where there is none.
inline constexpr ::executorch::aten::ScalarType toComplexType(::executorch::aten::ScalarType t) {
  switch (t) {
    case ::executorch::aten::ScalarType::Half:
    case ::executorch::aten::ScalarType::ComplexHalf:
      return ::executorch::aten::ScalarType::ComplexHalf;
    case ::executorch::aten::ScalarType::BFloat16:
    case ::executorch::aten::ScalarType::Float:
    case ::executorch::aten::ScalarType::ComplexFloat:
      return ::executorch::aten::ScalarType::ComplexFloat;
    case ::executorch::aten::ScalarType::Double:
    case ::executorch::aten::ScalarType::ComplexDouble:
      return ::executorch::aten::ScalarType::ComplexDouble;
    default:
      return ::executorch::aten::ScalarType::Undefined;
  }
}

inline constexpr bool isSignedType(::executorch::aten::ScalarType t) {
  return t != ::executorch::aten::ScalarType::Byte && t != ::executorch::aten::ScalarType::Bool &&
         t != ::executorch::aten::ScalarType::QUInt8 && !isBarebonesUnsignedType(t);
}

/// Whether torch lets a result of type `from` be stored in an output of type `to`: no complex into
/// real, no floating point into integer, no number into bool.
inline constexpr bool canCast(::executorch::aten::ScalarType from,
                              ::executorch::aten::ScalarType to) {
  if (isComplexType(from) && !isComplexType(to)) {
    return false;
  }
  if (isFloatingType(from) && isIntegralType(to, /*include_bool=*/true)) {
    return false;
  }
  return from == ::executorch::aten::ScalarType::Bool || to != ::executorch::aten::ScalarType::Bool;
}

/// The type in which torch computes an operation of two tensors (torch.promote_types); Undefined
/// for pairs that torch refuses. With `half_to_float`, a result of Half or BFloat16 becomes Float.
inline constexpr ::executorch::aten::ScalarType promoteTypes(::executorch::aten::ScalarType a,
                                                             ::executorch::aten::ScalarType b,
                                                             bool half_to_float = false) {
  using ::executorch::aten::ScalarType;
  ScalarType result = ScalarType::Undefined;
  const bool a_unsigned = isBarebonesUnsignedType(a);
  const bool b_unsigned = isBarebonesUnsignedType(b);
  if (a == b) {
    result = a;
  } else if (!isRealHBBF16Type(a) && !isComplexType(a) && !a_unsigned) {
    result = ScalarType::Undefined;
  } else if (!isRealHBBF16Type(b) && !isComplexType(b) && !b_unsigned) {
    result = ScalarType::Undefined;
  } else if (isComplexType(a) || isComplexType(b)) {
    result = a_unsigned || b_unsigned
                 ? ScalarType::Undefined
                 : toComplexType(promoteTypes(toRealValueType(a), toRealValueType(b)));
  } else if (isFloatingType(a) && isFloatingType(b)) {
    const bool a_reduced = isReducedFloatingType(a);
    if (a == ScalarType::Double || b == ScalarType::Double) {
      result = ScalarType::Double;
    } else if (a_reduced && isReducedFloatingType(b)) {
      result = ScalarType::Float;
    } else {
      result = a_reduced ? b : a;
    }
  } else if (isFloatingType(a) || isFloatingType(b)) {
    result = isFloatingType(a) ? a : b;
  } else if (a_unsigned || b_unsigned) {
    result = ScalarType::Undefined;
  } else if (a == ScalarType::Bool || b == ScalarType::Bool) {
    result = a == ScalarType::Bool ? b : a;
  } else if ((a == ScalarType::Byte && b == ScalarType::Char) ||
             (a == ScalarType::Char && b == ScalarType::Byte)) {
    result = ScalarType::Short;
  } else {
    // Byte, Char, Short, Int, Long are numbered by width.
    result = static_cast<int8_t>(a) > static_cast<int8_t>(b) ? a : b;
  }
  return half_to_float && isReducedFloatingType(result) ? ScalarType::Float : result;
}

template <typename T1, typename T2, bool half_to_float = false>
struct promote_types {
  using type = typename ScalarTypeToCppType<promoteTypes(
      CppTypeToScalarType<T1>::value, CppTypeToScalarType<T2>::value, half_to_float)>::type;
};

/// Converts between element types as torch does: a complex number loses its imaginary part, a
/// number becomes a bool by comparison with zero. A floating-point number that the integer type
/// cannot hold gives what the baseline instruction set gives (truncation of a 64-bit conversion).
template <typename To, typename From>
inline To convert(From value) {
  if constexpr (std::is_same_v<To, From>) {
    return value;
  } else if constexpr (is_complex_type_v<From> && is_complex_type_v<To>) {
    return To(convert<typename To::value_type>(value.real_),
              convert<typename To::value_type>(value.imag_));
  } else if constexpr (is_complex_type_v<From>) {
    if constexpr (std::is_same_v<To, bool>) {
      return value != From();
    } else {
      return convert<To>(value.real_);
    }
  } else if constexpr (is_complex_type_v<To>) {
    return To(convert<typename To::value_type>(value));
  } else if constexpr (is_reduced_floating_point_v<From>) {
    return convert<To>(static_cast<float>(value));
  } else if constexpr (is_reduced_floating_point_v<To>) {
    return To(static_cast<float>(value));
  } else if constexpr (std::is_same_v<To, bool>) {
    return value != From(0);
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    // The conversion of an out-of-range value is undefined in C++, so the range is checked first.
    constexpr From kLimit = static_cast<From>(9223372036854775808.0);
    if constexpr (std::is_same_v<To, uint64_t>) {
      if (value >= kLimit && value < kLimit * 2) {
        return static_cast<uint64_t>(value);
      }
    }
    const int64_t wide = value >= -kLimit && value < kLimit ? static_cast<int64_t>(value)
                                                            : std::numeric_limits<int64_t>::min();
    if constexpr (sizeof(To) == 4 && std::is_signed_v<To>) {
      constexpr int64_t kMin = std::numeric_limits<int32_t>::min();
      constexpr int64_t kMax = std::numeric_limits<int32_t>::max();
      return wide < kMin || wide > kMax ? std::numeric_limits<int32_t>::min()
                                        : static_cast<To>(wide);
    } else {
      return static_cast<To>(wide);
    }
  } else {
    return static_cast<To>(value);
  }
}

}  // namespace executorch::runtime

// ---------------------------------------------------------------------------------------------
// Dispatch: ET_SWITCH_<set>_TYPES(type, context, "op.overload", CTYPE, lambda) calls the lambda, in
// whose body CTYPE names the C++ type, and returns what it returns. A type outside the set fails
// `context` (a KernelRuntimeContext) with Error::InvalidArgument and a sentence.

#define ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME, ...)                                            \
  [&] {                                                                                         \
    const auto& et_switch_type = TYPE;                                                          \
    constexpr const char* et_switch_name = NAME;                                                \
    (void)et_switch_name;                                                                       \
    switch (et_switch_type) {                                                                   \
      __VA_ARGS__                                                                               \
      default:                                                                                  \
        ::executorch::runtime::set_last_error("%s: element type %s is not supported", NAME,     \
                                              ::executorch::runtime::toString(et_switch_type)); \
        (CONTEXT).fail(::executorch::runtime::Error::InvalidArgument);                          \
    }                                                                                           \
  }()

#define ET_INTERNAL_SWITCH_CASE(ENUM, CTYPE_ALIAS, ...)                                           \
  case ::executorch::aten::ScalarType::ENUM: {                                                    \
    if constexpr (should_include_kernel_dtype(et_switch_name,                                     \
                                              ::executorch::aten::ScalarType::ENUM)) {            \
      using CTYPE_ALIAS =                                                                         \
          ::executorch::runtime::ScalarTypeToCppType<::executorch::aten::ScalarType::ENUM>::type; \
      return __VA_ARGS__();                                                                       \
    } else {                                                                                      \
      ET_CHECK_MSG(false, "%s: element type " #ENUM " is not in this build", et_switch_name);     \
    }                                                                                             \
  }

// The cases of a set, for composition.
#define ET_INTERNAL_CASES_INT(CTYPE_ALIAS, ...)            \
  ET_INTERNAL_SWITCH_CASE(Byte, CTYPE_ALIAS, __VA_ARGS__)  \
  ET_INTERNAL_SWITCH_CASE(Char, CTYPE_ALIAS, __VA_ARGS__)  \
  ET_INTERNAL_SWITCH_CASE(Short, CTYPE_ALIAS, __VA_ARGS__) \
  ET_INTERNAL_SWITCH_CASE(Int, CTYPE_ALIAS, __VA_ARGS__)   \
  ET_INTERNAL_SWITCH_CASE(Long, CTYPE_ALIAS, __VA_ARGS__)

#define ET_INTERNAL_CASES_FLOAT(CTYPE_ALIAS, ...)          \
  ET_INTERNAL_SWITCH_CASE(Float, CTYPE_ALIAS, __VA_ARGS__) \
  ET_INTERNAL_SWITCH_CASE(Double, CTYPE_ALIAS, __VA_ARGS__)

#define ET_INTERNAL_CASES_FLOATH(CTYPE_ALIAS, ...)  \
  ET_INTERNAL_CASES_FLOAT(CTYPE_ALIAS, __VA_ARGS__) \
  ET_INTERNAL_SWITCH_CASE(Half, CTYPE_ALIAS, __VA_ARGS__)

#define ET_INTERNAL_CASES_FLOATHBF16(CTYPE_ALIAS, ...) \
  ET_INTERNAL_CASES_FLOATH(CTYPE_ALIAS, __VA_ARGS__)   \
  ET_INTERNAL_SWITCH_CASE(BFloat16, CTYPE_ALIAS, __VA_ARGS__)

#define ET_INTERNAL_CASES_REAL(CTYPE_ALIAS, ...)  \
  ET_INTERNAL_CASES_INT(CTYPE_ALIAS, __VA_ARGS__) \
  ET_INTERNAL_CASES_FLOAT(CTYPE_ALIAS, __VA_ARGS__)

#define ET_INTERNAL_CASES_REALB(CTYPE_ALIAS, ...)  \
  ET_INTERNAL_CASES_REAL(CTYPE_ALIAS, __VA_ARGS__) \
  ET_INTERNAL_SWITCH_CASE(Bool, CTYPE_ALIAS, __VA_ARGS__)

#define ET_INTERNAL_CASES_REALH(CTYPE_ALIAS, ...)  \
  ET_INTERNAL_CASES_REAL(CTYPE_ALIAS, __VA_ARGS__) \
  ET_INTERNAL_SWITCH_CASE(Half, CTYPE_ALIAS, __VA_ARGS__)

#define ET_INTERNAL_CASES_REALHB(CTYPE_ALIAS, ...)  \
  ET_INTERNAL_CASES_REALH(CTYPE_ALIAS, __VA_ARGS__) \
  ET_INTERNAL_SWITCH_CASE(Bool, CTYPE_ALIAS, __VA_ARGS__)

#define ET_INTERNAL_CASES_REALHBF16(CTYPE_ALIAS, ...) \
  ET_INTERNAL_CASES_REALH(CTYPE_ALIAS, __VA_ARGS__)   \
  ET_INTERNAL_SWITCH_CASE(BFloat16, CTYPE_ALIAS, __VA_ARGS__)

#define ET_INTERNAL_CASES_REALHBBF16(CTYPE_ALIAS, ...)  \
  ET_INTERNAL_CASES_REALHBF16(CTYPE_ALIAS, __VA_ARGS__) \
  ET_INTERNAL_SWITCH_CASE(Bool, CTYPE_ALIAS, __VA_ARGS__)

#define ET_INTERNAL_CASES_UINT(CTYPE_ALIAS, ...)            \
  ET_INTERNAL_SWITCH_CASE(UInt16, CTYPE_ALIAS, __VA_ARGS__) \
  ET_INTERNAL_SWITCH_CASE(UInt32, CTYPE_ALIAS, __VA_ARGS__) \
  ET_INTERNAL_SWITCH_CASE(UInt64, CTYPE_ALIAS, __VA_ARGS__)

#define ET_INTERNAL_CASES_REALHBBF16_AND_UINT(CTYPE_ALIAS, ...) \
  ET_INTERNAL_CASES_REALHBBF16(CTYPE_ALIAS, __VA_ARGS__)        \
  ET_INTERNAL_CASES_UINT(CTYPE_ALIAS, __VA_ARGS__)

#define ET_INTERNAL_CASES_QINT(CTYPE_ALIAS, ...)              \
  ET_INTERNAL_SWITCH_CASE(QInt8, CTYPE_ALIAS, __VA_ARGS__)    \
  ET_INTERNAL_SWITCH_CASE(QUInt8, CTYPE_ALIAS, __VA_ARGS__)   \
  ET_INTERNAL_SWITCH_CASE(QInt32, CTYPE_ALIAS, __VA_ARGS__)   \
  ET_INTERNAL_SWITCH_CASE(QUInt4x2, CTYPE_ALIAS, __VA_ARGS__) \
  ET_INTERNAL_SWITCH_CASE(QUInt2x4, CTYPE_ALIAS, __VA_ARGS__)

#define ET_INTERNAL_CASES_COMPLEX(CTYPE_ALIAS, ...)               \
  ET_INTERNAL_SWITCH_CASE(ComplexFloat, CTYPE_ALIAS, __VA_ARGS__) \
  ET_INTERNAL_SWITCH_CASE(ComplexDouble, CTYPE_ALIAS, __VA_ARGS__)

#define ET_INTERNAL_CASES_COMPLEXH(CTYPE_ALIAS, ...)  \
  ET_INTERNAL_CASES_COMPLEX(CTYPE_ALIAS, __VA_ARGS__) \
  ET_INTERNAL_SWITCH_CASE(ComplexHalf, CTYPE_ALIAS, __VA_ARGS__)

#define ET_SWITCH_INT_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME, ET_INTERNAL_CASES_INT(CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_FLOAT_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME, ET_INTERNAL_CASES_FLOAT(CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_FLOATH_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME, ET_INTERNAL_CASES_FLOATH(CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_FLOATHBF16_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME, ET_INTERNAL_CASES_FLOATHBF16(CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_REAL_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME, ET_INTERNAL_CASES_REAL(CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_REALB_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME, ET_INTERNAL_CASES_REALB(CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_REALH_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME, ET_INTERNAL_CASES_REALH(CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_REALHB_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME, ET_INTERNAL_CASES_REALHB(CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_REALHBF16_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME, ET_INTERNAL_CASES_REALHBF16(CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_REALHBBF16_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME, ET_INTERNAL_CASES_REALHBBF16(CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_UINT_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME, ET_INTERNAL_CASES_UINT(CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_REALHBBF16_AND_UINT_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                          \
                     ET_INTERNAL_CASES_REALHBBF16_AND_UINT(CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_QINT_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME, ET_INTERNAL_CASES_QINT(CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_COMPLEX_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME, ET_INTERNAL_CASES_COMPLEX(CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_COMPLEXH_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME, ET_INTERNAL_CASES_COMPLEXH(CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_ALL_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...)            \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                     \
                     ET_INTERNAL_CASES_REALHBBF16(CTYPE_ALIAS, __VA_ARGS__)   \
                         ET_INTERNAL_CASES_COMPLEXH(CTYPE_ALIAS, __VA_ARGS__) \
                             ET_INTERNAL_CASES_QINT(CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_REALHBBF16_AND_COMPLEX_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                             \
                     ET_INTERNAL_CASES_REALHBBF16(CTYPE_ALIAS, __VA_ARGS__)           \
                         ET_INTERNAL_CASES_COMPLEX(CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_REAL_TYPES_AND(ADDITIONAL, TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                           \
                     ET_INTERNAL_CASES_REAL(CTYPE_ALIAS, __VA_ARGS__)               \
                         ET_INTERNAL_SWITCH_CASE(ADDITIONAL, CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_INT_TYPES_AND(ADDITIONAL, TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                          \
                     ET_INTERNAL_CASES_INT(CTYPE_ALIAS, __VA_ARGS__)               \
                         ET_INTERNAL_SWITCH_CASE(ADDITIONAL, CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_FLOAT_TYPES_AND(ADDITIONAL, TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                            \
                     ET_INTERNAL_CASES_FLOAT(CTYPE_ALIAS, __VA_ARGS__)               \
                         ET_INTERNAL_SWITCH_CASE(ADDITIONAL, CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_REALB_TYPES_AND(ADDITIONAL, TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                            \
                     ET_INTERNAL_CASES_REALB(CTYPE_ALIAS, __VA_ARGS__)               \
                         ET_INTERNAL_SWITCH_CASE(ADDITIONAL, CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_FLOATH_TYPES_AND(ADDITIONAL, TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                             \
                     ET_INTERNAL_CASES_FLOATH(CTYPE_ALIAS, __VA_ARGS__)               \
                         ET_INTERNAL_SWITCH_CASE(ADDITIONAL, CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_FLOATHBF16_TYPES_AND(ADDITIONAL, TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                                 \
                     ET_INTERNAL_CASES_FLOATHBF16(CTYPE_ALIAS, __VA_ARGS__)               \
                         ET_INTERNAL_SWITCH_CASE(ADDITIONAL, CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_REALH_TYPES_AND(ADDITIONAL, TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                            \
                     ET_INTERNAL_CASES_REALH(CTYPE_ALIAS, __VA_ARGS__)               \
                         ET_INTERNAL_SWITCH_CASE(ADDITIONAL, CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_REALHBF16_TYPES_AND(ADDITIONAL, TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                                \
                     ET_INTERNAL_CASES_REALHBF16(CTYPE_ALIAS, __VA_ARGS__)               \
                         ET_INTERNAL_SWITCH_CASE(ADDITIONAL, CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_REALHBBF16_TYPES_AND(ADDITIONAL, TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                                 \
                     ET_INTERNAL_CASES_REALHBBF16(CTYPE_ALIAS, __VA_ARGS__)               \
                         ET_INTERNAL_SWITCH_CASE(ADDITIONAL, CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_COMPLEX_TYPES_AND(ADDITIONAL, TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                              \
                     ET_INTERNAL_CASES_COMPLEX(CTYPE_ALIAS, __VA_ARGS__)               \
                         ET_INTERNAL_SWITCH_CASE(ADDITIONAL, CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_REAL_TYPES_AND2(ADDITIONAL1, ADDITIONAL2, TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                                          \
                     ET_INTERNAL_CASES_REAL(CTYPE_ALIAS, __VA_ARGS__)                              \
                         ET_INTERNAL_SWITCH_CASE(ADDITIONAL1, CTYPE_ALIAS, __VA_ARGS__)            \
                             ET_INTERNAL_SWITCH_CASE(ADDITIONAL2, CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_REAL_TYPES_AND3(ADDITIONAL1, ADDITIONAL2, ADDITIONAL3, TYPE, CONTEXT, NAME, \
                                  CTYPE_ALIAS, ...)                                           \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                                     \
                     ET_INTERNAL_CASES_REAL(CTYPE_ALIAS, __VA_ARGS__)                         \
                         ET_INTERNAL_SWITCH_CASE(ADDITIONAL1, CTYPE_ALIAS, __VA_ARGS__)       \
                             ET_INTERNAL_SWITCH_CASE(ADDITIONAL2, CTYPE_ALIAS, __VA_ARGS__)   \
                                 ET_INTERNAL_SWITCH_CASE(ADDITIONAL3, CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_SCALAR_OBJ_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...)        \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                        \
                     ET_INTERNAL_SWITCH_CASE(Bool, CTYPE_ALIAS, __VA_ARGS__)     \
                         ET_INTERNAL_SWITCH_CASE(Long, CTYPE_ALIAS, __VA_ARGS__) \
                             ET_INTERNAL_SWITCH_CASE(Double, CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_SCALAR_OBJ_REAL_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                      \
                     ET_INTERNAL_SWITCH_CASE(Long, CTYPE_ALIAS, __VA_ARGS__)   \
                         ET_INTERNAL_SWITCH_CASE(Double, CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_SCALAR_OBJ_INTB_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                      \
                     ET_INTERNAL_SWITCH_CASE(Bool, CTYPE_ALIAS, __VA_ARGS__)   \
                         ET_INTERNAL_SWITCH_CASE(Long, CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_SCALAR_OBJ_FLOATB_TYPES(TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                        \
                     ET_INTERNAL_SWITCH_CASE(Bool, CTYPE_ALIAS, __VA_ARGS__)     \
                         ET_INTERNAL_SWITCH_CASE(Double, CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_ONE_TYPE(T1, TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME, ET_INTERNAL_SWITCH_CASE(T1, CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_TWO_TYPES(T1, T2, TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                  \
                     ET_INTERNAL_SWITCH_CASE(T1, CTYPE_ALIAS, __VA_ARGS__) \
                         ET_INTERNAL_SWITCH_CASE(T2, CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_THREE_TYPES(T1, T2, T3, TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                        \
                     ET_INTERNAL_SWITCH_CASE(T1, CTYPE_ALIAS, __VA_ARGS__)       \
                         ET_INTERNAL_SWITCH_CASE(T2, CTYPE_ALIAS, __VA_ARGS__)   \
                             ET_INTERNAL_SWITCH_CASE(T3, CTYPE_ALIAS, __VA_ARGS__))

#define ET_SWITCH_FOUR_TYPES(T1, T2, T3, T4, TYPE, CONTEXT, NAME, CTYPE_ALIAS, ...) \
  ET_INTERNAL_SWITCH(TYPE, CONTEXT, NAME,                                           \
                     ET_INTERNAL_SWITCH_CASE(T1, CTYPE_ALIAS, __VA_ARGS__)          \
                         ET_INTERNAL_SWITCH_CASE(T2, CTYPE_ALIAS, __VA_ARGS__)      \
                             ET_INTERNAL_SWITCH_CASE(T3, CTYPE_ALIAS, __VA_ARGS__)  \
                                 ET_INTERNAL_SWITCH_CASE(T4, CTYPE_ALIAS, __VA_ARGS__))

namespace torch {
namespace executor {
using ::executorch::runtime::canCast;
using ::executorch::runtime::convert;
using ::executorch::runtime::CppTypeToScalarType;
using ::executorch::runtime::elementSize;
using ::executorch::runtime::isBitsType;
using ::executorch::runtime::isComplexType;
using ::executorch::runtime::isFloatingType;
using ::executorch::runtime::isIntegralType;
using ::executorch::runtime::isQIntType;
using ::executorch::runtime::isRealHBType;
using ::executorch::runtime::isRealHType;
using ::executorch::runtime::isRealType;
using ::executorch::runtime::isValid;
using ::executorch::runtime::promote_types;
using ::executorch::runtime::promoteTypes;
using ::executorch::runtime::ScalarTypeToCppType;
using ::executorch::runtime::toQIntType;
using ::executorch::runtime::toString;
using ::executorch::runtime::toUnderlying;
}  // namespace executor
}  // namespace torch
