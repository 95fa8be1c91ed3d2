// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * The PAL of a hosted system: monotonic clock, standard error, malloc.
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <executorch/runtime/platform/platform.h>

extern "C" {

ET_WEAK void et_pal_init(void) {}

ET_NORETURN ET_WEAK void et_pal_abort(void) {
  abort();
}

ET_WEAK et_timestamp_t et_pal_current_ticks(void) {
  struct timespec now;
#if defined(_WIN32)
  timespec_get(&now, TIME_UTC);
#else
  clock_gettime(CLOCK_MONOTONIC, &now);
#endif
  return static_cast<et_timestamp_t>(now.tv_sec) * 1000000000u +
         static_cast<et_timestamp_t>(now.tv_nsec);
}

ET_WEAK et_tick_ratio_t et_pal_ticks_to_ns_multiplier(void) {
  return {1, 1};
}

ET_WEAK void et_pal_emit_log_message(et_timestamp_t timestamp, et_pal_log_level_t level,
                                     const char* filename, const char*, size_t line,
                                     const char* message, size_t) {
  const et_timestamp_t microseconds = timestamp / 1000u;
  fprintf(stderr, "%c %05llu.%06llu executorch:%s:%zu] %s\n", static_cast<int>(level),
          static_cast<unsigned long long>(microseconds / 1000000u),
          static_cast<unsigned long long>(microseconds % 1000000u), filename, line, message);
}

ET_WEAK void* et_pal_allocate(size_t size) {
  return malloc(size);
}

ET_WEAK void et_pal_free(void* ptr) {
  free(ptr);
}

}  // extern "C"
