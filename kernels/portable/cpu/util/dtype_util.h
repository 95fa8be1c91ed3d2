// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Reading and writing elements of any type one by one, as a type that a kernel computes in.

#include <cstdint>
#include <type_traits>

#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {
namespace native {
namespace utils {

/// Element types that an argument of a kernel may have. "Compute" is the type that the kernel
/// computes in; "common" is the promoted type of its inputs, which is the same but where Half and
/// BFloat16 are computed in Float.
enum class SupportedTensorDtypes {
  REALHBBF16,
  REALHBF16,
  FLOATHBF16,
  INTB,
  BOOL_OR_BYTE,
  SAME_AS_COMPUTE,
  SAME_AS_COMMON,
  REALHBBF16_COMPLEX,
};

/// The type in which values of a common type are computed: Float for Half and BFloat16, else the
/// type itself.
inline ScalarType get_compute_type(ScalarType& common_type) {
  return common_type == ScalarType::Half || common_type == ScalarType::BFloat16 ? ScalarType::Float
                                                                                : common_type;
}

namespace internal {

/// Whether a tensor's element type is among `dtypes`; leaves a sentence otherwise.
inline bool check_tensor_dtype(const Tensor t, SupportedTensorDtypes dtypes,
                               const ScalarType compute_type) {
  const ScalarType type = t.scalar_type();
  switch (dtypes) {
    case SupportedTensorDtypes::REALHBBF16:
      return ::executorch::runtime::tensor_is_realhbbf16_type(t);
    case SupportedTensorDtypes::REALHBF16:
      return ::executorch::runtime::tensor_is_realhbf16_type(t);
    case SupportedTensorDtypes::FLOATHBF16:
      return ::executorch::runtime::tensor_is_floating_type(t);
    case SupportedTensorDtypes::INTB:
      return ::executorch::runtime::tensor_is_integral_type(t, /*includeBool=*/true);
    case SupportedTensorDtypes::BOOL_OR_BYTE:
      return ::executorch::runtime::tensor_is_type(t, ScalarType::Bool, ScalarType::Byte);
    case SupportedTensorDtypes::SAME_AS_COMPUTE:
      return ::executorch::runtime::tensor_is_type(t, compute_type);
    case SupportedTensorDtypes::SAME_AS_COMMON:
      return compute_type == ScalarType::Float
                 ? ::executorch::runtime::tensor_is_type(t, ScalarType::Float, ScalarType::Half,
                                                         ScalarType::BFloat16)
                 : ::executorch::runtime::tensor_is_type(t, compute_type);
    case SupportedTensorDtypes::REALHBBF16_COMPLEX:
      return ::executorch::runtime::isComplexType(type) ||
             ::executorch::runtime::tensor_is_realhbbf16_type(t);
  }
  return false;
}

/// Reads the element at an address, or writes it, as a value of the compute type.
template <typename CTYPE_COMPUTE>
using load_to_compute_fn = CTYPE_COMPUTE (*)(const void*);
template <typename CTYPE_COMPUTE>
using store_compute_to_tensor_fn = void (*)(CTYPE_COMPUTE, void*);

template <typename CTYPE_COMPUTE, typename CTYPE>
CTYPE_COMPUTE load_and_convert(const void* from) {
  if constexpr (std::is_same_v<CTYPE, bool>) {
    // A byte that a caller set, which may be more than 1.
    return static_cast<CTYPE_COMPUTE>(*static_cast<const uint8_t*>(from) != 0);
  } else {
    return static_cast<CTYPE_COMPUTE>(*static_cast<const CTYPE*>(from));
  }
}

template <typename CTYPE_COMPUTE, typename CTYPE>
void convert_and_store(CTYPE_COMPUTE value, void* to) {
  *static_cast<CTYPE*>(to) = static_cast<CTYPE>(value);
}

/// The function that reads elements of `t` as CTYPE_COMPUTE; fails `ctx` and gives nullptr where
/// the element type is not among `dtypes`.
template <typename CTYPE_COMPUTE, const char* op_name>
load_to_compute_fn<CTYPE_COMPUTE> get_load_to_compute_fn(KernelRuntimeContext& ctx, const Tensor& t,
                                                         SupportedTensorDtypes dtypes) {
  constexpr ScalarType kCompute = CppTypeToScalarType<CTYPE_COMPUTE>::value;
  ET_KERNEL_CHECK_MSG(ctx, check_tensor_dtype(t, dtypes, kCompute), InvalidArgument, nullptr,
                      "%s does not read elements of type %s here", op_name,
                      toString(t.scalar_type()));
  load_to_compute_fn<CTYPE_COMPUTE> result = nullptr;
  ET_SWITCH_REALHBBF16_TYPES(t.scalar_type(), ctx, op_name, CTYPE,
                             [&] { result = load_and_convert<CTYPE_COMPUTE, CTYPE>; });
  return result;
}

/// The function that writes elements of `t`.
template <typename CTYPE_COMPUTE, const char* op_name>
store_compute_to_tensor_fn<CTYPE_COMPUTE> get_store_compute_to_tensor_fn(
    KernelRuntimeContext& ctx, const Tensor& t, SupportedTensorDtypes dtypes) {
  constexpr ScalarType kCompute = CppTypeToScalarType<CTYPE_COMPUTE>::value;
  ET_KERNEL_CHECK_MSG(ctx, check_tensor_dtype(t, dtypes, kCompute), InvalidArgument, nullptr,
                      "%s does not write elements of type %s here", op_name,
                      toString(t.scalar_type()));
  store_compute_to_tensor_fn<CTYPE_COMPUTE> result = nullptr;
  ET_SWITCH_REALHBBF16_TYPES(t.scalar_type(), ctx, op_name, CTYPE,
                             [&] { result = convert_and_store<CTYPE_COMPUTE, CTYPE>; });
  return result;
}

}  // namespace internal
}  // namespace utils
}  // namespace native
}  // namespace executor
}  // namespace torch
