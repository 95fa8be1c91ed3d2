// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/runtime/platform/platform.h>

namespace executorch {
namespace runtime {
namespace {

// Constant-initialised, so that logging works inside other objects' static constructors.
PalImpl pal_impl = {
    et_pal_init,
    et_pal_abort,
    et_pal_current_ticks,
    et_pal_ticks_to_ns_multiplier,
    et_pal_emit_log_message,
    et_pal_allocate,
    et_pal_free,
    __FILE__,
};

template <typename Hook>
void replace_if_set(Hook& active, Hook replacement) {
  if (replacement != nullptr) {
    active = replacement;
  }
}

}  // namespace

bool register_pal(PalImpl impl) {
  replace_if_set(pal_impl.init, impl.init);
  replace_if_set(pal_impl.abort, impl.abort);
  replace_if_set(pal_impl.current_ticks, impl.current_ticks);
  replace_if_set(pal_impl.ticks_to_ns_multiplier, impl.ticks_to_ns_multiplier);
  replace_if_set(pal_impl.emit_log_message, impl.emit_log_message);
  replace_if_set(pal_impl.allocate, impl.allocate);
  replace_if_set(pal_impl.free, impl.free);
  replace_if_set(pal_impl.source_filename, impl.source_filename);
  return true;
}

const PalImpl* get_pal_impl() {
  return &pal_impl;
}

void pal_init() {
  pal_impl.init();
}

ET_NORETURN void pal_abort() {
  pal_impl.abort();
  // A registered hook has no way to promise that it never returns.
  et_pal_abort();
}

et_timestamp_t pal_current_ticks() {
  return pal_impl.current_ticks();
}

et_tick_ratio_t pal_ticks_to_ns_multiplier() {
  return pal_impl.ticks_to_ns_multiplier();
}

void pal_emit_log_message(et_timestamp_t timestamp, et_pal_log_level_t level, const char* filename,
                          const char* function, size_t line, const char* message, size_t length) {
  pal_impl.emit_log_message(timestamp, level, filename, function, line, message, length);
}

void* pal_allocate(size_t size) {
  return pal_impl.allocate(size);
}

void pal_free(void* ptr) {
  pal_impl.free(ptr);
}

}  // namespace runtime
}  // namespace executorch
