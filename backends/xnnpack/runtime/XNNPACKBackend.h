// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * The backend `XnnpackBackend`: its name and its options. docs/xnnpack.md describes them.
 */
#pragma once

#include <atomic>

#include <executorch/backends/xnnpack/runtime/workspace.h>
#include <executorch/runtime/backend/interface.h>

namespace executorch::backends::xnnpack {

/// What programs call the backend.
inline constexpr char xnnpack_backend_key[] = "XnnpackBackend";

/// int, a WorkspaceSharingMode. For delegates that are loaded from then on.
inline constexpr char workspace_sharing_mode_option_key[] = "workspace_sharing_mode";
/// bool: share packed weights between delegates. For delegates that are loaded from then on.
inline constexpr char weight_cache_option_key[] = "weight_cache_enabled";
/// Text: a file with packed weights. Only among the options of a load.
inline constexpr char packed_cache_path_option_key[] = "packed_cache_path";
/// bool: true writes the files with packed weights now.
inline constexpr char save_weight_cache_on_disk_option_key[] = "save_weight_cache_on_disk";

/// Runs subgraphs with XNNPACK.
class XnnpackBackend final : public runtime::BackendInterface {
 public:
  XnnpackBackend();
  ~XnnpackBackend() override = default;

  bool is_available() const override;
  runtime::Result<runtime::DelegateHandle*> init(
      runtime::BackendInitContext& context, runtime::FreeableBuffer* processed,
      runtime::ArrayRef<runtime::CompileSpec> compile_specs) const override;
  runtime::Error execute(runtime::BackendExecutionContext& context, runtime::DelegateHandle* handle,
                         runtime::Span<runtime::EValue*> args) const override;
  runtime::Error set_option(runtime::BackendOptionContext& context,
                            const runtime::Span<runtime::BackendOption>& options) override;
  runtime::Error get_option(runtime::BackendOptionContext& context,
                            runtime::Span<runtime::BackendOption>& options) override;
  void destroy(runtime::DelegateHandle* handle) const override;

 private:
  std::atomic<WorkspaceSharingMode> sharing_mode_;
  std::atomic<bool> weight_cache_enabled_;
};

}  // namespace executorch::backends::xnnpack
