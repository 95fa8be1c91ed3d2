// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/platform/log.h>

#include <stdio.h>

namespace executorch {
namespace runtime {
namespace internal {
namespace {

constexpr size_t kMaxLogMessageLength = 256;

et_pal_log_level_t to_pal_level(LogLevel level) {
  switch (level) {
    case LogLevel::Debug:
      return et_pal_log_level_t::kDebug;
    case LogLevel::Info:
      return et_pal_log_level_t::kInfo;
    case LogLevel::Error:
      return et_pal_log_level_t::kError;
    case LogLevel::Fatal:
      return et_pal_log_level_t::kFatal;
    default:
      return et_pal_log_level_t::kUnknown;
  }
}

}  // namespace

et_timestamp_t get_log_timestamp() {
  return pal_current_ticks();
}

void vlogf(LogLevel level, et_timestamp_t timestamp, const char* filename, const char* function,
           size_t line, const char* format, va_list args) {
  char message[kMaxLogMessageLength];
  const int wanted = vsnprintf(message, sizeof(message), format, args);
  if (wanted < 0) {
    message[0] = '\0';
  }
  size_t length = wanted < 0 ? 0 : static_cast<size_t>(wanted);
  if (length >= sizeof(message)) {
    length = sizeof(message) - 1;
    message[length - 1] = '$';  // Shows that the line was cut.
  }
  pal_emit_log_message(timestamp, to_pal_level(level), filename, function, line, message, length);
}

}  // namespace internal
}  // namespace runtime
}  // namespace executorch
