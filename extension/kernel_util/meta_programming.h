// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <type_traits>

#include <executorch/extension/kernel_util/type_list.h>

/// A function as a type, so that what is made of it needs no pointer at run time.
#define EXECUTORCH_FN_TYPE(func)                       \
  ::executorch::extension::CompileTimeFunctionPointer< \
      std::remove_pointer_t<std::remove_reference_t<decltype(func)>>, &func>
/// A value of that type, as make_boxed_kernel() takes it. Arguments after the function are ignored.
#define EXECUTORCH_FN(...) ET_INTERNAL_EXECUTORCH_FN(__VA_ARGS__, )
#define ET_INTERNAL_EXECUTORCH_FN(func, ...) \
  EXECUTORCH_FN_TYPE(func) {}

namespace executorch::extension {

namespace kernel_util_internal {

/// Result and parameters of a function type.
template <typename Func>
struct function_traits {
  static_assert(!std::is_same_v<Func, Func>,
                "A function type such as `int(float, bool)` is needed");
};
template <typename Result, typename... Args>
struct function_traits<Result(Args...)> {
  using func_type = Result(Args...);
  using return_type = Result;
  using parameter_types = typelist<Args...>;
  static constexpr size_t number_of_parameters = sizeof...(Args);
};

}  // namespace kernel_util_internal

template <typename FuncType, FuncType* function>
struct CompileTimeFunctionPointer final {
  static_assert(std::is_function_v<FuncType>, "A function is needed, not an object");
  using type = FuncType;
  static constexpr FuncType* func_ptr() { return function; }
};

template <typename T>
struct is_compile_time_function_pointer : std::false_type {};
template <typename FuncType, FuncType* function>
struct is_compile_time_function_pointer<CompileTimeFunctionPointer<FuncType, function>>
    : std::true_type {};

}  // namespace executorch::extension
