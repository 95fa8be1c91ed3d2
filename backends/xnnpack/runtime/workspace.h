// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <memory>
#include <mutex>

#include <xnnpack.h>

#include <executorch/runtime/core/result.h>

namespace executorch::backends::xnnpack {

/// Which delegates use the same memory for what they compute on the way. Those that do run one
/// after the other.
enum class WorkspaceSharingMode {
  Disabled = 0,
  /// The delegates of one method.
  PerModel = 1,
  /// All delegates of the process.
  Global = 2,
};

/// Memory of the library for intermediate values; grows as its users need, and goes with the last
/// of them.
struct Workspace {
  xnn_workspace_t handle = nullptr;
  /// To be held while a runtime that uses the workspace is created, reshaped, set up, run or
  /// deleted.
  std::mutex mutex;
  bool is_shared = false;

  Workspace() = default;
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  ~Workspace();

  /// @param model what the delegates of one method have in common.
  static runtime::Result<std::shared_ptr<Workspace>> get(WorkspaceSharingMode mode,
                                                         const void* model);
};

}  // namespace executorch::backends::xnnpack
