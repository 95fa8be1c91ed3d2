// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/backends/xnnpack/runtime/workspace.h>

#include <unordered_map>

#include <executorch/backends/xnnpack/runtime/status_name.h>

namespace executorch::backends::xnnpack {

using runtime::Result;

Workspace::~Workspace() {
  if (handle != nullptr) {
    (void)xnn_release_workspace(handle);
  }
}

Result<std::shared_ptr<Workspace>> Workspace::get(WorkspaceSharingMode mode, const void* model) {
  static std::mutex mutex;
  static auto* workspaces = new std::unordered_map<const void*, std::weak_ptr<Workspace>>();
  const std::lock_guard<std::mutex> lock(mutex);
  const void* key = mode == WorkspaceSharingMode::Global ? nullptr : model;
  if (mode != WorkspaceSharingMode::Disabled) {
    const auto found = workspaces->find(key);
    if (found != workspaces->end()) {
      if (std::shared_ptr<Workspace> workspace = found->second.lock()) {
        return workspace;
      }
      workspaces->erase(found);
    }
  }
  auto workspace = std::make_shared<Workspace>();
  const xnn_status status = xnn_create_workspace(&workspace->handle);
  ET_CHECK_OR_RETURN_ERROR(status == xnn_status_success, DelegateMemoryAllocationFailed,
                           "XNNPACK: no workspace can be created: %s", status_name(status));
  if (mode != WorkspaceSharingMode::Disabled) {
    workspace->is_shared = true;
    (*workspaces)[key] = workspace;
  }
  return workspace;
}

}  // namespace executorch::backends::xnnpack
