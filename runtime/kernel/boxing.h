// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// From a kernel written as an ordinary C++ function to one that the executor can call: its
/// arguments are read off a stack of EValues.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <type_traits>

#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/event_tracer_hooks.h>
#include <executorch/runtime/core/span.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>
#include <executorch/runtime/kernel/operator_registry.h>
#include <executorch/runtime/platform/compiler.h>

namespace executorch::runtime {

/// How many values a boxed kernel with N arguments accepts.
enum class BoxedArity : bool {
  /// N + 1, as programs pass them: the last one receives the result.
  WithResult,
  /// N + 1, or N where the function returns no new value.
  ResultOptional,
};

namespace internal {

/// Takes the values of a stack in order. The first that is of another kind than asked for fails the
/// context with a sentence; from there on, default values are returned and are not to be used.
class ArgumentReader {
 public:
  /// Fails the context with InvalidProgram unless the stack fits `num_arguments`.
  ArgumentReader(KernelRuntimeContext& context, Span<EValue*> stack, size_t num_arguments,
                 BoxedArity arity);

  bool ok() const { return ok_; }

  // Not inlined: every kernel has arguments of the same few types.
  template <typename T>
  ET_NOINLINE T next() {
    if (ok_) {
      const EValue& value = *stack_[index_++];
      if constexpr (std::is_same_v<T, ::executorch::aten::Tensor*>) {
        if (value.isTensor()) {
          return const_cast<T>(&value.toTensor());
        }
        fail(internal::wrong_tag(value.tag, Tag::Tensor));
      } else {
        if constexpr (std::is_same_v<T, double> || std::is_same_v<T, std::optional<double>>) {
          // As in Python, an integer will do where a floating-point number is expected.
          if (value.isInt()) {
            return static_cast<double>(value.toInt());
          }
        }
        Result<T> result = value.tryTo<T>();
        if (ET_LIKELY(result.ok())) {
          return *result;
        }
        fail(result.error());
      }
    }
    return T();
  }

 private:
  /// Reports that the value that was read last could not be converted.
  void fail(Error error);

  KernelRuntimeContext& context_;
  Span<EValue*> stack_;
  size_t index_ = 0;
  bool ok_ = true;
};

/// How the reader holds an argument until the call. Tensors stay in their EValue.
template <typename Parameter>
struct BoxedArgument {
  using Value = std::remove_cv_t<std::remove_reference_t<Parameter>>;
  static_assert(!std::is_lvalue_reference_v<Parameter> ||
                    std::is_const_v<std::remove_reference_t<Parameter>> ||
                    std::is_same_v<Value, ::executorch::aten::Tensor>,
                "Of a kernel's arguments, only tensors may be written to");
  static constexpr bool kIsTensor = std::is_same_v<Value, ::executorch::aten::Tensor>;
  using Stored = std::conditional_t<kIsTensor, ::executorch::aten::Tensor*, Value>;

  static Parameter unwrap(Stored& stored) {
    if constexpr (kIsTensor) {
      return *stored;
    } else {
      return stored;
    }
  }
};

template <typename T>
struct is_tuple : std::false_type {};
template <typename... T>
struct is_tuple<std::tuple<T...>> : std::true_type {};

/// Calls `invoke(unwrapped arguments...)` with the values of the stack.
template <typename... Args, typename Invoke>
ET_INLINE void call_with_stack(KernelRuntimeContext& context, Span<EValue*> stack, BoxedArity arity,
                               const Invoke& invoke) {
  using Result = std::invoke_result_t<Invoke, Args...>;
  // Several results are arguments of the function as well: there is nothing to store.
  constexpr bool kHasResult = !std::is_void_v<Result> && !is_tuple<Result>::value;
  constexpr bool kIsNewValue = kHasResult && !std::is_reference_v<Result>;
  ArgumentReader reader(context, stack, sizeof...(Args),
                        kIsNewValue ? BoxedArity::WithResult : arity);
  // Braces: initialized from left to right.
  std::tuple<typename BoxedArgument<Args>::Stored...> arguments{
      reader.next<typename BoxedArgument<Args>::Stored>()...};
  if (ET_UNLIKELY(!reader.ok())) {
    return;
  }
  std::apply(
      [&](auto&... stored) {
        if constexpr (kHasResult) {
          EValue result(invoke(BoxedArgument<Args>::unwrap(stored)...));
          if (stack.size() > sizeof...(Args)) {
            *stack[sizeof...(Args)] = result;
          }
        } else {
          invoke(BoxedArgument<Args>::unwrap(stored)...);
        }
      },
      arguments);
}

}  // namespace internal

/// Calls `function` with the values of `stack`, one per argument in order, and stores what it
/// returns in the value after them. A returned reference stores the tensor's handle; a tuple (of
/// references to arguments) and void store nothing. Fails `context` with InvalidProgram when the
/// number of values is wrong, InvalidType when a value is of another kind; never aborts.
//
// One instantiation per signature, not per function: kernels share few signatures.
template <typename Return, typename... Args>
ET_NOINLINE void call_unboxed(Return (*function)(KernelRuntimeContext&, Args...),
                              KernelRuntimeContext& context, Span<EValue*> stack,
                              BoxedArity arity) {
  internal::call_with_stack<Args...>(context, stack, arity, [&](Args... args) -> Return {
    return function(context, static_cast<Args>(args)...);
  });
}

/// The same for a function that does not take the context.
template <typename Return, typename... Args>
ET_NOINLINE void call_unboxed(Return (*function)(Args...), KernelRuntimeContext& context,
                              Span<EValue*> stack, BoxedArity arity) {
  internal::call_with_stack<Args...>(context, stack, arity, [&](Args... args) -> Return {
    return function(static_cast<Args>(args)...);
  });
}

}  // namespace executorch::runtime

/// The boxed form of `function`, overloads of which are told apart by the signature that follows.
/// `op_name`, a string literal such as "add.out", names it in profiles.
#define ET_BOXED_FUNCTION(op_name, function, ...)                                           \
  [](::executorch::runtime::KernelRuntimeContext& context,                                  \
     ::executorch::runtime::Span<::executorch::runtime::EValue*> stack) {                   \
    ::executorch::runtime::internal::EventTracerProfileOpScope profile(                     \
        context.internal_event_tracer(), "native_call_" op_name);                           \
    using Signature = __VA_ARGS__;                                                          \
    ::executorch::runtime::call_unboxed(static_cast<Signature*>(&function), context, stack, \
                                        ::executorch::runtime::BoxedArity::WithResult);     \
  }
