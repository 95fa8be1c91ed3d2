// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Checks of conditions that only a defect in the program can break. They end the process; a
 * condition that data can break must return an Error instead (see runtime/core/error.h).
 */
#pragma once

#include <executorch/runtime/platform/abort.h>
#include <executorch/runtime/platform/compiler.h>
#include <executorch/runtime/platform/log.h>

#define ET_ASSERT_MESSAGE_EMIT(_format, ...) \
  ET_LOG(Fatal, "In function %s(), assert failed" _format, __func__, ##__VA_ARGS__)

/// Ends the process, with a message, unless `_cond` holds.
#define ET_CHECK_MSG(_cond, _format, ...)                               \
  do {                                                                  \
    if (ET_UNLIKELY(!(_cond))) {                                        \
      ET_ASSERT_MESSAGE_EMIT(" (%s): " _format, #_cond, ##__VA_ARGS__); \
      ::executorch::runtime::runtime_abort();                           \
    }                                                                   \
  } while (0)

/// Ends the process unless `_cond` holds.
#define ET_CHECK(_cond)                       \
  do {                                        \
    if (ET_UNLIKELY(!(_cond))) {              \
      ET_ASSERT_MESSAGE_EMIT(": %s", #_cond); \
      ::executorch::runtime::runtime_abort(); \
    }                                         \
  } while (0)

// Debug builds only: the condition is compiled, but not evaluated, with NDEBUG.
#ifdef NDEBUG
#define ET_DEBUG_ONLY while (false)
#define ET_DCHECK_MSG(_cond, _format, ...)         \
  do {                                             \
    if (false) {                                   \
      ET_CHECK_MSG(_cond, _format, ##__VA_ARGS__); \
    }                                              \
  } while (0)
#define ET_DCHECK(_cond) \
  do {                   \
    if (false) {         \
      ET_CHECK(_cond);   \
    }                    \
  } while (0)
#else
#define ET_DEBUG_ONLY
#define ET_DCHECK_MSG(_cond, _format, ...) ET_CHECK_MSG(_cond, _format, ##__VA_ARGS__)
#define ET_DCHECK(_cond) ET_CHECK(_cond)
#endif

/// Marks a place that control flow cannot reach.
#define ET_ASSERT_UNREACHABLE()                             \
  do {                                                      \
    ET_CHECK_MSG(false, "Execution should not reach this"); \
    ET_UNREACHABLE();                                       \
  } while (0)

#define ET_ASSERT_UNREACHABLE_MSG(_format, ...)                                      \
  do {                                                                               \
    ET_CHECK_MSG(false, "Execution should not reach this. " _format, ##__VA_ARGS__); \
    ET_UNREACHABLE();                                                                \
  } while (0)

/// Logs an error, and goes on, unless `_cond` holds.
#define ET_CHECK_OR_LOG_ERROR(_cond)             \
  do {                                           \
    if (ET_UNLIKELY(!(_cond))) {                 \
      ET_LOG(Error, "Check failed: %s", #_cond); \
    }                                            \
  } while (0)
