// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/core/last_error.h>

#if ET_ERROR_MESSAGES_ENABLED

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

namespace executorch {
namespace runtime {
namespace {

constexpr int kMessageSize = 256;

ET_THREAD_LOCAL char message[kMessageSize];

}  // namespace

const char* last_error_message() {
  return message;
}

void set_last_error(const char* format, ...) {
  // Formatted aside because an argument may point into the buffer.
  char text[kMessageSize];
  va_list args;
  va_start(args, format);
  const int length = vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  if (length < 0) {
    text[0] = '\0';
  }
  memcpy(message, text, sizeof(text));
}

void clear_last_error() {
  message[0] = '\0';
}

}  // namespace runtime
}  // namespace executorch

#endif  // ET_ERROR_MESSAGES_ENABLED
