// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * ET_LOG(): printf-like logging through the PAL.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <executorch/runtime/platform/compiler.h>
#include <executorch/runtime/platform/platform.h>

/// 0 removes every log statement, with its text, from the binary.
#ifndef ET_LOG_ENABLED
#define ET_LOG_ENABLED 1
#endif

/// Statements below this level are removed: Debug, Info, Error or Fatal.
#ifndef ET_MIN_LOG_LEVEL
#define ET_MIN_LOG_LEVEL Info
#endif

namespace executorch {
namespace runtime {

enum class LogLevel : uint8_t {
  Debug,
  Info,
  Error,
  Fatal,
  NumLevels,
};

namespace internal {

/// The current time for a log line, in ticks.
et_timestamp_t get_log_timestamp();

/// Formats one log line into a buffer on the stack (truncating) and hands it to the PAL.
ET_PRINTFLIKE(6, 0)
void vlogf(LogLevel level, et_timestamp_t timestamp, const char* filename, const char* function,
           size_t line, const char* format, va_list args);

ET_PRINTFLIKE(6, 7)
inline void logf(LogLevel level, et_timestamp_t timestamp, const char* filename,
                 const char* function, size_t line, const char* format, ...) {
  va_list args;
  va_start(args, format);
  vlogf(level, timestamp, filename, function, line, format, args);
  va_end(args);
}

}  // namespace internal
}  // namespace runtime
}  // namespace executorch

/**
 * Logs a line.
 * @param _level Debug, Info, Error or Fatal.
 * @param _format printf format, without a newline.
 */
#if ET_LOG_ENABLED
#define ET_LOG(_level, _format, ...)                                                              \
  do {                                                                                            \
    if (static_cast<uint32_t>(::executorch::runtime::LogLevel::_level) >=                         \
        static_cast<uint32_t>(::executorch::runtime::LogLevel::ET_MIN_LOG_LEVEL)) {               \
      ::executorch::runtime::internal::logf(::executorch::runtime::LogLevel::_level,              \
                                            ::executorch::runtime::internal::get_log_timestamp(), \
                                            ET_SHORT_FILENAME, __func__, __LINE__, _format,       \
                                            ##__VA_ARGS__);                                       \
    }                                                                                             \
  } while (0)
#else
// Still type checked, so that a build without logs neither rots nor warns of unused variables.
#define ET_LOG(_level, _format, ...)                                                               \
  do {                                                                                             \
    if (false) {                                                                                   \
      ::executorch::runtime::internal::logf(::executorch::runtime::LogLevel::_level, 0, "", "", 0, \
                                            _format, ##__VA_ARGS__);                               \
    }                                                                                              \
  } while (0)
#endif

namespace torch {
namespace executor {
using ::executorch::runtime::LogLevel;
}  // namespace executor
}  // namespace torch
