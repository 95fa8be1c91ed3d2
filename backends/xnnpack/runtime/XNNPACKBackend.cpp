// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/backends/xnnpack/runtime/XNNPACKBackend.h>

#include <cstring>

#include <executorch/backends/xnnpack/runtime/delegate.h>
#include <executorch/backends/xnnpack/runtime/payload.h>
#include <executorch/backends/xnnpack/runtime/status_name.h>
#include <executorch/extension/threadpool/threadpool.h>

#ifndef ET_XNNPACK_SHARED_WORKSPACE
#define ET_XNNPACK_SHARED_WORKSPACE 1
#endif
#ifndef ET_XNNPACK_WEIGHT_CACHE
#define ET_XNNPACK_WEIGHT_CACHE 0
#endif

namespace executorch::backends::xnnpack {

using runtime::ArrayRef;
using runtime::BackendExecutionContext;
using runtime::BackendInitContext;
using runtime::BackendOption;
using runtime::BackendOptionContext;
using runtime::CompileSpec;
using runtime::DelegateHandle;
using runtime::Error;
using runtime::EValue;
using runtime::FreeableBuffer;
using runtime::Result;
using runtime::Span;

namespace {

// Once per process: the library finds out what the processor can do.
xnn_status initialize_library() {
  static const xnn_status status = xnn_initialize(nullptr);
  return status;
}

Error to_sharing_mode(int value, WorkspaceSharingMode* mode) {
  ET_CHECK_OR_RETURN_ERROR(value >= 0 && value <= static_cast<int>(WorkspaceSharingMode::Global),
                           InvalidArgument,
                           "option '%s' is %d; 0 (disabled), 1 (per model) or 2 (global) expected",
                           workspace_sharing_mode_option_key, value);
  *mode = static_cast<WorkspaceSharingMode>(value);
  return Error::Ok;
}

/// Reads an option of a load, if it is there.
template <typename T>
Error read_if_set(const BackendInitContext& context, const char* key, T* value) {
  Result<T> found = context.get_runtime_spec<T>(key);
  if (found.ok()) {
    *value = *found;
  }
  return found.ok() || found.error() == Error::NotFound ? Error::Ok : found.error();
}

}  // namespace

XnnpackBackend::XnnpackBackend()
    : sharing_mode_(ET_XNNPACK_SHARED_WORKSPACE ? WorkspaceSharingMode::Global
                                                : WorkspaceSharingMode::Disabled),
      weight_cache_enabled_(ET_XNNPACK_WEIGHT_CACHE != 0) {}

bool XnnpackBackend::is_available() const {
  return initialize_library() == xnn_status_success;
}

Result<DelegateHandle*> XnnpackBackend::init(BackendInitContext& context, FreeableBuffer* processed,
                                             ArrayRef<CompileSpec> /*compile_specs*/) const {
  ET_CHECK_OR_RETURN_ERROR(initialize_library() == xnn_status_success, NotSupported,
                           "XNNPACK cannot run on this processor: %s",
                           status_name(initialize_library()));
  WorkspaceSharingMode mode = sharing_mode_;
  int mode_number = static_cast<int>(mode);
  bool use_cache = weight_cache_enabled_;
  const char* cache_path = "";
  ET_CHECK_OK_OR_RETURN_ERROR(
      read_if_set(context, workspace_sharing_mode_option_key, &mode_number));
  ET_CHECK_OK_OR_RETURN_ERROR(to_sharing_mode(mode_number, &mode));
  ET_CHECK_OK_OR_RETURN_ERROR(read_if_set(context, weight_cache_option_key, &use_cache));
  ET_CHECK_OK_OR_RETURN_ERROR(read_if_set(context, packed_cache_path_option_key, &cache_path));

  Result<Payload> payload = Payload::parse(processed->data(), processed->size());
  if (!payload.ok()) {
    return payload.error();
  }
  Result<Graph> graph = Graph::build(*payload, context.get_named_data_map());
  if (!graph.ok()) {
    return graph.error();
  }
  Result<std::shared_ptr<Workspace>> workspace =
      Workspace::get(mode, context.get_runtime_allocator());
  if (!workspace.ok()) {
    return workspace.error();
  }
  std::unique_ptr<PackedWeights> packed_weights;
  if (use_cache || cache_path[0] != '\0') {
    packed_weights = std::make_unique<PackedWeights>(graph->cacheable, cache_path);
  }
  Result<std::unique_ptr<Delegate>> delegate =
      Delegate::create(std::move(*graph), std::move(*workspace), std::move(packed_weights),
                       extension::threadpool::get_pthreadpool(), context.event_tracer() != nullptr);
  if (!delegate.ok()) {
    return delegate.error();
  }
  processed->Free();
  return delegate->release();
}

Error XnnpackBackend::execute(BackendExecutionContext& context, DelegateHandle* handle,
                              Span<EValue*> args) const {
  ET_CHECK_OR_RETURN_ERROR(handle != nullptr, DelegateInvalidHandle,
                           "XNNPACK: execute() without a delegate");
  return static_cast<Delegate*>(handle)->execute(context, args,
                                                 extension::threadpool::get_pthreadpool());
}

void XnnpackBackend::destroy(DelegateHandle* handle) const {
  delete static_cast<Delegate*>(handle);
}

Error XnnpackBackend::set_option(BackendOptionContext& /*context*/,
                                 const Span<BackendOption>& options) {
  for (const BackendOption& option : options) {
    if (strcmp(option.key, workspace_sharing_mode_option_key) == 0) {
      int value = 0;
      WorkspaceSharingMode mode = WorkspaceSharingMode::Disabled;
      ET_CHECK_OK_OR_RETURN_ERROR(runtime::internal::read_option(option, &value));
      ET_CHECK_OK_OR_RETURN_ERROR(to_sharing_mode(value, &mode));
      sharing_mode_ = mode;
    } else if (strcmp(option.key, weight_cache_option_key) == 0) {
      bool enabled = false;
      ET_CHECK_OK_OR_RETURN_ERROR(runtime::internal::read_option(option, &enabled));
      weight_cache_enabled_ = enabled;
    } else if (strcmp(option.key, save_weight_cache_on_disk_option_key) == 0) {
      bool save = false;
      ET_CHECK_OK_OR_RETURN_ERROR(runtime::internal::read_option(option, &save));
      if (save) {
        ET_CHECK_OK_OR_RETURN_ERROR(PackedWeights::save_all());
      }
    }
  }
  return Error::Ok;
}

Error XnnpackBackend::get_option(BackendOptionContext& /*context*/, Span<BackendOption>& options) {
  for (BackendOption& option : options) {
    if (strcmp(option.key, workspace_sharing_mode_option_key) == 0) {
      option.value = static_cast<int>(sharing_mode_.load());
    } else if (strcmp(option.key, weight_cache_option_key) == 0) {
      option.value = weight_cache_enabled_.load();
    }
  }
  return Error::Ok;
}

}  // namespace executorch::backends::xnnpack
