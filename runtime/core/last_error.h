// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * The sentence that goes with an Error code: which operator, which argument, what was expected and
 * what was found. There is one fixed-size buffer per thread; on bare metal, one in all.
 */
#pragma once

#include <stddef.h>

#include <executorch/runtime/platform/compiler.h>

/// 0 removes the buffer and every sentence from the binary.
#ifndef ET_ERROR_MESSAGES_ENABLED
#define ET_ERROR_MESSAGES_ENABLED 1
#endif

namespace executorch {
namespace runtime {

#if ET_ERROR_MESSAGES_ENABLED

/**
 * The sentence of the calling thread's latest failure; "" when there is none. Never null.
 * The pointer stays valid; the text lasts until the thread's next failure.
 */
const char* last_error_message();

/**
 * Replaces the sentence. What does not fit in 255 characters is cut off. An argument may be
 * last_error_message() itself, so a caller can put its context around the callee's sentence.
 */
ET_PRINTFLIKE(1, 2)
void set_last_error(const char* format, ...);

/// Forgets the sentence.
void clear_last_error();

namespace internal {
/// set_last_error() and ET_LOG() in one call, to keep call sites small. See ET_REPORT_ERROR.
ET_PRINTFLIKE(4, 5)
void report_error(const char* filename, const char* function, size_t line, const char* format, ...);
}  // namespace internal

#else

inline const char* last_error_message() {
  return "";
}

/// Does nothing; being inline, it lets the compiler drop the text and the arguments.
ET_PRINTFLIKE(1, 2)
inline void set_last_error(const char*, ...) {}

inline void clear_last_error() {}

#endif

}  // namespace runtime
}  // namespace executorch
