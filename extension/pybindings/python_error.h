// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <exception>
#include <string>
#include <utility>

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/result.h>

namespace executorch {
namespace extension {
namespace pybindings {

/// A failure on its way to Python, where it becomes an ExecuTorchError.
class PythonError final : public std::exception {
 public:
  PythonError(runtime::Error error, const std::string& sentence)
      : error_(error), message_(sentence + " (" + runtime::to_string(error) + ")") {}

  runtime::Error error() const { return error_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  runtime::Error error_;
  std::string message_;
};

/// Throws the calling thread's latest sentence unless `error` is Ok.
inline void check(runtime::Error error) {
  if (error != runtime::Error::Ok) {
    throw PythonError(error, runtime::last_error_message());
  }
}

template <typename T>
T unwrap(runtime::Result<T> result) {
  check(result.error());
  return std::move(*result);
}

/// A wrong argument.
[[noreturn]] inline void throw_invalid_argument(const std::string& sentence) {
  throw PythonError(runtime::Error::InvalidArgument, sentence);
}

}  // namespace pybindings
}  // namespace extension
}  // namespace executorch
