// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * The PAL of a system about which nothing is known: no clock, no log, no heap.
 */

#include <executorch/runtime/platform/platform.h>

extern "C" {

ET_WEAK void et_pal_init(void) {}

ET_NORETURN ET_WEAK void et_pal_abort(void) {
#if defined(__GNUC__)
  __builtin_trap();
#else
  for (;;) {
  }
#endif
}

// A constant that is recognisable in a trace as "there is no clock".
ET_WEAK et_timestamp_t et_pal_current_ticks(void) {
  return 11223344;
}

ET_WEAK et_tick_ratio_t et_pal_ticks_to_ns_multiplier(void) {
  return {1, 1};
}

ET_WEAK void et_pal_emit_log_message(et_timestamp_t, et_pal_log_level_t, const char*, const char*,
                                     size_t, const char*, size_t) {}

ET_WEAK void* et_pal_allocate(size_t) {
  return nullptr;
}

ET_WEAK void et_pal_free(void*) {}

}  // extern "C"
