// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace executorch {
namespace extension {
namespace threadpool {

/// While one lives, its thread does all work itself instead of sharing it out to the pool.
struct NoThreadPoolGuard {
  /// Whether the calling thread works alone.
  static bool is_enabled();
  static void set_enabled(bool enabled);

  NoThreadPoolGuard() : was_enabled_(is_enabled()) { set_enabled(true); }
  ~NoThreadPoolGuard() { set_enabled(was_enabled_); }

  NoThreadPoolGuard(const NoThreadPoolGuard&) = delete;
  NoThreadPoolGuard& operator=(const NoThreadPoolGuard&) = delete;

 private:
  const bool was_enabled_;
};

}  // namespace threadpool
}  // namespace extension
}  // namespace executorch
