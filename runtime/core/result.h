// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <new>
#include <type_traits>
#include <utility>

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/platform/assert.h>

namespace executorch {
namespace runtime {

/**
 * Either a value or the Error that prevented it.
 *
 *   Result<Program> program = Program::load(&loader);
 *   if (!program.ok()) {
 *     return program.error();
 *   }
 *   program->num_methods();
 *
 * Reading the value of a failed Result ends the process.
 */
template <typename T>
class Result final {
 public:
  using value_type = T;

  Result() = delete;

  /// A failure. Error::Ok is no failure and becomes Error::Internal.
  /* implicit */ Result(Error error)
      : error_(error == Error::Ok ? Error::Internal : error), has_value_(false) {}

  /* implicit */ Result(const T& value) : value_(value), has_value_(true) {}
  /* implicit */ Result(T&& value) : value_(std::move(value)), has_value_(true) {}

  /// Moves the value, which the source still holds (moved from) until it is destroyed.
  Result(Result&& other) noexcept(std::is_nothrow_move_constructible<T>::value)
      : has_value_(other.has_value_) {
    if (has_value_) {
      // T may be const.
      new (const_cast<void*>(static_cast<const void*>(&value_))) T(std::move(other.value_));
    } else {
      error_ = other.error_;
    }
  }

  Result(const Result&) = delete;
  Result& operator=(const Result&) = delete;
  Result& operator=(Result&&) = delete;

  ~Result() {
    if (has_value_) {
      value_.~T();
    }
  }

  ET_NODISCARD bool ok() const { return has_value_; }

  /// Error::Ok if there is a value.
  ET_NODISCARD Error error() const { return has_value_ ? Error::Ok : error_; }

  T& get() {
    check_ok();
    return value_;
  }
  const T& get() const {
    check_ok();
    return value_;
  }

  T& operator*() & { return get(); }
  const T& operator*() const& { return get(); }
  T&& operator*() && { return std::move(get()); }
  T* operator->() { return &get(); }
  const T* operator->() const { return &get(); }

 private:
  void check_ok() const {
    ET_CHECK_MSG(has_value_, "Result has no value but %s", to_string(error_));
  }

  union {
    T value_;
    Error error_;
  };
  bool has_value_;
};

}  // namespace runtime
}  // namespace executorch

/**
 * ET_UNWRAP(expression[, format, ...]): the value of a Result; returns its error from the enclosing
 * function if there is none. Needs GNU statement expressions; ET_ASSIGN_OR_RETURN does not.
 */
#define ET_UNWRAP(_expression, ...)                                          \
  ({                                                                         \
    auto et_unwrapped_result = (_expression);                                \
    ET_CHECK_OK_OR_RETURN_ERROR(et_unwrapped_result.error(), ##__VA_ARGS__); \
    std::move(*et_unwrapped_result);                                         \
  })

/// ET_ASSIGN_OR_RETURN(variable, expression[, format, ...]): declares `variable` with the value.
#define ET_ASSIGN_OR_RETURN(_variable, _expression, ...)                         \
  auto ET_RESULT_NAME(_variable) = (_expression);                                \
  ET_CHECK_OK_OR_RETURN_ERROR(ET_RESULT_NAME(_variable).error(), ##__VA_ARGS__); \
  auto _variable = std::move(*ET_RESULT_NAME(_variable))
#define ET_RESULT_NAME(_variable) et_result_of_##_variable

namespace torch {
namespace executor {
using ::executorch::runtime::Result;
}  // namespace executor
}  // namespace torch
