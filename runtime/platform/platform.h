// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * Platform abstraction layer (PAL): the few things that the runtime asks of its host.
 *
 * A host replaces them in one of two ways:
 *  - at link time, by defining any of the `et_pal_*` functions (the defaults are weak symbols);
 *  - at run time, by calling register_pal() with a PalImpl before anything else.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <executorch/runtime/platform/compiler.h>
#include <executorch/runtime/platform/types.h>

extern "C" {

/// Called once by runtime_init(), before any other hook.
void et_pal_init(void);

/// Ends the process (or the task) immediately. Must not return.
ET_NORETURN void et_pal_abort(void);

/// A monotonic time stamp, in ticks.
et_timestamp_t et_pal_current_ticks(void);

/// Nanoseconds per tick, as a ratio.
et_tick_ratio_t et_pal_ticks_to_ns_multiplier(void);

/**
 * Writes one log line.
 * @param timestamp ticks at which it was logged.
 * @param filename,function,line where it was logged.
 * @param message,length the text, NUL terminated, without a newline.
 */
void et_pal_emit_log_message(et_timestamp_t timestamp, et_pal_log_level_t level,
                             const char* filename, const char* function, size_t line,
                             const char* message, size_t length);

/// Returns `size` bytes aligned for any basic type, or nullptr. The core itself never calls it.
void* et_pal_allocate(size_t size);

/// Frees what et_pal_allocate() returned. nullptr is allowed.
void et_pal_free(void* ptr);

}  // extern "C"

namespace executorch {
namespace runtime {

using pal_init_method = void (*)();
using pal_abort_method = void (*)();
using pal_current_ticks_method = et_timestamp_t (*)();
using pal_ticks_to_ns_multiplier_method = et_tick_ratio_t (*)();
using pal_emit_log_message_method = void (*)(et_timestamp_t timestamp, et_pal_log_level_t level,
                                             const char* filename, const char* function,
                                             size_t line, const char* message, size_t length);
using pal_allocate_method = void* (*)(size_t size);
using pal_free_method = void (*)(void* ptr);

/// A table of hooks for register_pal(). A null entry keeps the hook that is active.
struct PalImpl {
  /// The common case: only logging is redirected.
  static PalImpl create(pal_emit_log_message_method emit_log_message, const char* source_filename) {
    return create(nullptr, nullptr, nullptr, nullptr, emit_log_message, nullptr, nullptr,
                  source_filename);
  }

  static PalImpl create(pal_init_method init, pal_abort_method abort,
                        pal_current_ticks_method current_ticks,
                        pal_ticks_to_ns_multiplier_method ticks_to_ns_multiplier,
                        pal_emit_log_message_method emit_log_message, pal_allocate_method allocate,
                        pal_free_method free, const char* source_filename) {
    return PalImpl{init,     abort, current_ticks,  ticks_to_ns_multiplier, emit_log_message,
                   allocate, free,  source_filename};
  }

  pal_init_method init;
  pal_abort_method abort;
  pal_current_ticks_method current_ticks;
  pal_ticks_to_ns_multiplier_method ticks_to_ns_multiplier;
  pal_emit_log_message_method emit_log_message;
  pal_allocate_method allocate;
  pal_free_method free;
  /// The file that registered the table, for diagnosis.
  const char* source_filename;
};

/**
 * Replaces hooks at run time. Not thread safe: call it before the runtime is used.
 * @returns true (every table is acceptable).
 */
bool register_pal(PalImpl impl);

/// The hooks that are active. Never null.
const PalImpl* get_pal_impl();

// Dispatchers: what the runtime itself calls.
void pal_init();
ET_NORETURN void pal_abort();
et_timestamp_t pal_current_ticks();
et_tick_ratio_t pal_ticks_to_ns_multiplier();
void pal_emit_log_message(et_timestamp_t timestamp, et_pal_log_level_t level, const char* filename,
                          const char* function, size_t line, const char* message, size_t length);
void* pal_allocate(size_t size);
void pal_free(void* ptr);

}  // namespace runtime
}  // namespace executorch
