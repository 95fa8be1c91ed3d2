// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/core/last_error.h>

#if ET_ERROR_MESSAGES_ENABLED

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <executorch/runtime/platform/log.h>

namespace executorch {
namespace runtime {
namespace {

constexpr size_t kMessageSize = 256;

ET_THREAD_LOCAL char message[kMessageSize];

void set_message(const char* format, va_list args) {
  // Formatted aside because an argument may point into the buffer.
  char text[kMessageSize];
  if (vsnprintf(text, sizeof(text), format, args) < 0) {
    text[0] = '\0';
  }
  memcpy(message, text, sizeof(text));
}

}  // namespace

const char* last_error_message() {
  return message;
}

void set_last_error(const char* format, ...) {
  va_list args;
  va_start(args, format);
  set_message(format, args);
  va_end(args);
}

void internal::report_error(ET_UNUSED const char* filename, ET_UNUSED const char* function,
                            ET_UNUSED size_t line, const char* format, ...) {
  va_list args;
  va_start(args, format);
  set_message(format, args);
  va_end(args);
#if ET_LOG_ENABLED
  if (LogLevel::Error >= LogLevel::ET_MIN_LOG_LEVEL) {
    logf(LogLevel::Error, get_log_timestamp(), filename, function, line, "%s", message);
  }
#endif
}

void clear_last_error() {
  message[0] = '\0';
}

}  // namespace runtime
}  // namespace executorch

#endif  // ET_ERROR_MESSAGES_ENABLED
