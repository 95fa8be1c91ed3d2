// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Types of the platform abstraction layer. Usable from C.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A moment, in ticks of the platform's clock.
typedef uint64_t et_timestamp_t;

/// One tick lasts numerator / denominator nanoseconds.
typedef struct {
  uint64_t numerator;
  uint64_t denominator;
} et_tick_ratio_t;

/// Severity of a log line; each value is the letter that a log shows.
typedef enum {
  kDebug = 'D',
  kInfo = 'I',
  kError = 'E',
  kFatal = 'F',
  kUnknown = '?',
} et_pal_log_level_t;

#ifdef __cplusplus
}  // extern "C"
#endif
