// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Error codes, and the macros that check a condition and return one.
 */
#pragma once

#include <stdint.h>

#include <executorch/runtime/core/last_error.h>
#include <executorch/runtime/platform/log.h>

namespace executorch {
namespace runtime {

using error_code_t = uint32_t;

/// Why a call failed. The numbers are stable: they cross process and language boundaries.
enum class Error : error_code_t {
  // System.
  Ok = 0x00,
  /// A defect in the library, or in something that it called.
  Internal = 0x01,
  /// The object is not in a state in which the call is allowed.
  InvalidState = 0x02,
  /// step(): the method has no more instructions.
  EndOfMethod = 0x03,
  /// The resource has been loaded before.
  AlreadyLoaded = 0x04,

  // Logic.
  NotSupported = 0x10,
  NotImplemented = 0x11,
  InvalidArgument = 0x12,
  /// A value is of another kind than the operation needs.
  InvalidType = 0x13,
  /// The program uses an operator that no linked kernel implements.
  OperatorMissing = 0x14,
  RegistrationExceedingMaxKernels = 0x15,
  RegistrationAlreadyRegistered = 0x16,

  // Resources.
  NotFound = 0x20,
  MemoryAllocationFailed = 0x21,
  AccessFailed = 0x22,
  InvalidProgram = 0x23,
  InvalidExternalData = 0x24,
  OutOfResources = 0x25,

  // Delegates.
  DelegateInvalidCompatibility = 0x30,
  DelegateMemoryAllocationFailed = 0x31,
  DelegateInvalidHandle = 0x32,
};

/// The name of an error, e.g. "Error::InvalidProgram".
constexpr const char* to_string(const Error error) {
  switch (error) {
    case Error::Ok:
      return "Error::Ok";
    case Error::Internal:
      return "Error::Internal";
    case Error::InvalidState:
      return "Error::InvalidState";
    case Error::EndOfMethod:
      return "Error::EndOfMethod";
    case Error::AlreadyLoaded:
      return "Error::AlreadyLoaded";
    case Error::NotSupported:
      return "Error::NotSupported";
    case Error::NotImplemented:
      return "Error::NotImplemented";
    case Error::InvalidArgument:
      return "Error::InvalidArgument";
    case Error::InvalidType:
      return "Error::InvalidType";
    case Error::OperatorMissing:
      return "Error::OperatorMissing";
    case Error::RegistrationExceedingMaxKernels:
      return "Error::RegistrationExceedingMaxKernels";
    case Error::RegistrationAlreadyRegistered:
      return "Error::RegistrationAlreadyRegistered";
    case Error::NotFound:
      return "Error::NotFound";
    case Error::MemoryAllocationFailed:
      return "Error::MemoryAllocationFailed";
    case Error::AccessFailed:
      return "Error::AccessFailed";
    case Error::InvalidProgram:
      return "Error::InvalidProgram";
    case Error::InvalidExternalData:
      return "Error::InvalidExternalData";
    case Error::OutOfResources:
      return "Error::OutOfResources";
    case Error::DelegateInvalidCompatibility:
      return "Error::DelegateInvalidCompatibility";
    case Error::DelegateMemoryAllocationFailed:
      return "Error::DelegateMemoryAllocationFailed";
    case Error::DelegateInvalidHandle:
      return "Error::DelegateInvalidHandle";
  }
  return "Error::Unknown";
}

}  // namespace runtime
}  // namespace executorch

/// Records (see last_error.h) and logs the sentence of a failure.
#if ET_ERROR_MESSAGES_ENABLED && ET_LOG_ENABLED
#define ET_REPORT_ERROR(_format, ...)                                                           \
  ::executorch::runtime::internal::report_error(ET_SHORT_FILENAME, __func__, __LINE__, _format, \
                                                ##__VA_ARGS__)
#else
#define ET_REPORT_ERROR(_format, ...)                              \
  do {                                                             \
    ::executorch::runtime::set_last_error(_format, ##__VA_ARGS__); \
    ET_LOG(Error, _format, ##__VA_ARGS__);                         \
  } while (0)
#endif

/**
 * Returns `Error::_error` from the enclosing function, with a sentence, unless `_cond` holds.
 * The function may return Error or Result<T>.
 */
#define ET_CHECK_OR_RETURN_ERROR(_cond, _error, _format, ...) \
  do {                                                        \
    if (ET_UNLIKELY(!(_cond))) {                              \
      ET_REPORT_ERROR(_format, ##__VA_ARGS__);                \
      return ::executorch::runtime::Error::_error;            \
    }                                                         \
  } while (0)

/// Returns false from the enclosing function, with a sentence, unless `_cond` holds.
#define ET_CHECK_OR_RETURN_FALSE(_cond, _format, ...)                        \
  do {                                                                       \
    if (ET_UNLIKELY(!(_cond))) {                                             \
      ET_REPORT_ERROR("Check failed (%s): " _format, #_cond, ##__VA_ARGS__); \
      return false;                                                          \
    }                                                                        \
  } while (0)

/**
 * ET_CHECK_OK_OR_RETURN_ERROR(error) returns `error` from the enclosing function unless it is Ok,
 * leaving the callee's sentence as it is. With a format and arguments, these become the sentence.
 */
#define ET_CHECK_OK_OR_RETURN_ERROR(_error, ...)                                                \
  ET_INTERNAL_CHECK_OK_SELECT(_, ##__VA_ARGS__, FORMAT, FORMAT, FORMAT, FORMAT, FORMAT, FORMAT, \
                              FORMAT, FORMAT, FORMAT, FORMAT, FORMAT, FORMAT, FORMAT, FORMAT,   \
                              FORMAT, PLAIN)                                                    \
  (_error, ##__VA_ARGS__)

#define ET_INTERNAL_CHECK_OK_SELECT(_0, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, \
                                    _14, _15, _kind, ...)                                       \
  ET_INTERNAL_CHECK_OK_##_kind

#define ET_INTERNAL_CHECK_OK_PLAIN(_error)                                   \
  do {                                                                       \
    const auto et_checked_error = (_error);                                  \
    if (ET_UNLIKELY(et_checked_error != ::executorch::runtime::Error::Ok)) { \
      return et_checked_error;                                               \
    }                                                                        \
  } while (0)

#define ET_INTERNAL_CHECK_OK_FORMAT(_error, _format, ...)                    \
  do {                                                                       \
    const auto et_checked_error = (_error);                                  \
    if (ET_UNLIKELY(et_checked_error != ::executorch::runtime::Error::Ok)) { \
      ET_REPORT_ERROR(_format, ##__VA_ARGS__);                               \
      return et_checked_error;                                               \
    }                                                                        \
  } while (0)

namespace torch {
namespace executor {
using ::executorch::runtime::Error;
using ::executorch::runtime::error_code_t;
}  // namespace executor
}  // namespace torch
