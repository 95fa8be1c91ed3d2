// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace executorch {
namespace runtime {

template <typename Signature>
class FunctionRef;

/**
 * A reference to something callable; two words, no heap. The callable must outlive the reference,
 * so use it only as a function parameter.
 */
template <typename Return, typename... Args>
class FunctionRef<Return(Args...)> {
 public:
  FunctionRef() = default;
  FunctionRef(std::nullptr_t) {}

  template <typename Callable,
            typename = std::enable_if_t<!std::is_same<std::decay_t<Callable>, FunctionRef>::value &&
                                        std::is_invocable_r<Return, Callable&, Args...>::value>>
  /* implicit */ FunctionRef(Callable&& callable) {
    using C = std::remove_reference_t<Callable>;
    if constexpr (std::is_function<C>::value) {
      target_.function = reinterpret_cast<void (*)()>(&callable);
      call_ = [](Target target, Args... args) -> Return {
        return reinterpret_cast<C*>(target.function)(std::forward<Args>(args)...);
      };
    } else {
      target_.object = const_cast<void*>(static_cast<const void*>(&callable));
      call_ = [](Target target, Args... args) -> Return {
        return (*static_cast<C*>(target.object))(std::forward<Args>(args)...);
      };
    }
  }

  Return operator()(Args... args) const { return call_(target_, std::forward<Args>(args)...); }

  explicit operator bool() const { return call_ != nullptr; }

 private:
  union Target {
    void* object;
    void (*function)();
  };

  Return (*call_)(Target target, Args... args) = nullptr;
  Target target_ = {};
};

}  // namespace runtime
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::runtime::FunctionRef;
}  // namespace executor
}  // namespace torch
