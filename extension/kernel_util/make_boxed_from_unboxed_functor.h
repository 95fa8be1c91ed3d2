// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Registers kernels that are written as ordinary functions, without a YAML:
///
///   Tensor& add_one_out(KernelRuntimeContext& ctx, const Tensor& self, Tensor& out) { ... }
///   EXECUTORCH_LIBRARY(my_ops, "add_one.out", add_one_out);
///
/// The function's parameters are those of the operator's schema, in order, after an optional
/// KernelRuntimeContext&: Tensor, Scalar, int64_t, double, bool, std::string_view, ScalarType,
/// MemoryFormat, Layout, Device, ArrayRef of int64_t, double, bool, Tensor or optional<Tensor>, and
/// std::optional of any of them.

#include <executorch/extension/kernel_util/meta_programming.h>
#include <executorch/runtime/kernel/boxing.h>
#include <executorch/runtime/kernel/operator_registry.h>

namespace executorch::extension {

using ::executorch::runtime::EValue;
using ::executorch::runtime::Kernel;
using ::executorch::runtime::KernelRuntimeContext;
using ::executorch::runtime::Span;

/// `call` unboxes a stack for the function that FuncType, a CompileTimeFunctionPointer, stands for.
/// The stack may lack the last value, the result's, if the function returns no new value.
template <typename FuncType>
struct WrapUnboxedIntoFunctor {
  static_assert(is_compile_time_function_pointer<FuncType>::value,
                "Use EXECUTORCH_FN(function), not a function pointer");
  using TrueType = typename FuncType::type;
  using ReturnType = typename kernel_util_internal::function_traits<TrueType>::return_type;
  using ArgsType = typename kernel_util_internal::function_traits<TrueType>::parameter_types;

  static void call(KernelRuntimeContext& context, Span<EValue*> stack) {
    ::executorch::runtime::call_unboxed(FuncType::func_ptr(), context, stack,
                                        ::executorch::runtime::BoxedArity::ResultOptional);
  }
};

/// make_boxed_kernel("my_ops::add_one.out", EXECUTORCH_FN(add_one_out)): the kernel to register.
/// `name` outlives the registry.
template <typename FuncType>
constexpr Kernel make_boxed_kernel(const char* name, FuncType) {
  return Kernel(name, WrapUnboxedIntoFunctor<FuncType>::call);
}

namespace kernel_util_internal {
/// One kernel, registered while it exists: for static objects.
class RegisteredKernel final {
 public:
  explicit RegisteredKernel(const Kernel& kernel) : kernel_(kernel), library_(kernel_) {
    ::executorch::runtime::register_kernel_library(library_);
  }
  RegisteredKernel(const RegisteredKernel&) = delete;
  RegisteredKernel& operator=(const RegisteredKernel&) = delete;

 private:
  const Kernel kernel_;
  ::executorch::runtime::KernelLibrary library_;
};
}  // namespace kernel_util_internal

}  // namespace executorch::extension

#define ET_INTERNAL_CONCATENATE(s1, s2) s1##s2
#define ET_CONCATENATE(s1, s2) ET_INTERNAL_CONCATENATE(s1, s2)
/// A number that differs at each use within a translation unit.
#define ET_UID __COUNTER__

/// Registers `func` at start-up as the operator "<ns>::<op_name>"; op_name is a string literal.
#define EXECUTORCH_LIBRARY(ns, op_name, func)                                                  \
  static const ::executorch::extension::kernel_util_internal::RegisteredKernel ET_CONCATENATE( \
      et_registered_kernel_##ns##_,                                                            \
      ET_UID)(::executorch::extension::make_boxed_kernel(#ns "::" op_name, EXECUTORCH_FN(func)))
