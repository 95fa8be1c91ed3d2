// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * The socket for delegates: what a backend implements, and the registry that finds it by name.
 */
#pragma once

#include <cstddef>

#include <executorch/runtime/backend/backend_execution_context.h>
#include <executorch/runtime/backend/backend_init_context.h>
#include <executorch/runtime/backend/backend_option_context.h>
#include <executorch/runtime/backend/options.h>
#include <executorch/runtime/core/array_ref.h>
#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/freeable_buffer.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/core/span.h>

namespace executorch {
namespace ET_RUNTIME_NAMESPACE {

/// Bytes that someone else owns.
struct SizedBuffer {
  void* buffer;
  size_t nbytes;
};

/// A setting that the exporter stored with a delegate.
struct CompileSpec {
  const char* key;
  SizedBuffer value;
};

/// What a backend keeps between init() and destroy(); only the backend knows its type.
using DelegateHandle = void;

/**
 * A backend: runs parts of programs that were compiled for it. One object serves all programs, so
 * calls for different handles may come from several threads.
 */
class BackendInterface {
 public:
  virtual ~BackendInterface() = 0;

  /// Whether the backend can run on this device.
  ET_NODISCARD virtual bool is_available() const = 0;

  /**
   * Prepares one delegate.
   * @param processed what the backend's compiler produced. It lives until destroy(); the backend
   * may Free() it earlier, if it does not need it to execute.
   * @param compile_specs valid until destroy().
   * @returns what execute() and destroy() will be given. May be null.
   */
  ET_NODISCARD virtual Result<DelegateHandle*> init(BackendInitContext& context,
                                                    FreeableBuffer* processed,
                                                    ArrayRef<CompileSpec> compile_specs) const = 0;

  /**
   * Runs one delegate.
   * @param args all inputs, then all outputs. Outputs are to be resized, and written, in place.
   */
  ET_NODISCARD virtual Error execute(BackendExecutionContext& context, DelegateHandle* handle,
                                     Span<EValue*> args) const = 0;

  /// Applies settings of the backend as a whole. Unknown keys are ignored.
  ET_NODISCARD virtual Error set_option(ET_UNUSED BackendOptionContext& context,
                                        ET_UNUSED const Span<BackendOption>& backend_options) {
    return Error::Ok;
  }

  /// Fills in the values of the settings whose keys are given.
  ET_NODISCARD virtual Error get_option(ET_UNUSED BackendOptionContext& context,
                                        ET_UNUSED Span<BackendOption>& backend_options) {
    return Error::Ok;
  }

  /// Gives back what init() made.
  virtual void destroy(ET_UNUSED DelegateHandle* handle) const {}
};

/// The backend with this name (exact match), or nullptr.
BackendInterface* get_backend_class(const char* name);

/// A backend and the name by which programs refer to it.
struct Backend {
  const char* name;
  BackendInterface* backend;
};

/**
 * Registers a backend; name and object must live for ever. Not thread safe: meant for start-up.
 * InvalidArgument if something is null or another backend has the name; Internal if there are 16
 * backends already. Registering the same object again is harmless.
 */
ET_NODISCARD Error register_backend(const Backend& backend);

/// Number of registered backends.
size_t get_num_registered_backends();

/// Name of backend `index`. NotFound if out of range.
Result<const char*> get_backend_name(size_t index);

/// Passes settings to a backend. NotFound if there is none with this name.
Error set_option(const char* backend_name, Span<BackendOption> backend_options);

/// Reads settings of a backend in place. NotFound if there is none with this name.
Error get_option(const char* backend_name, Span<BackendOption> backend_options);

}  // namespace ET_RUNTIME_NAMESPACE
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::ET_RUNTIME_NAMESPACE::Backend;
using ::executorch::ET_RUNTIME_NAMESPACE::CompileSpec;
using ::executorch::ET_RUNTIME_NAMESPACE::DelegateHandle;
using ::executorch::ET_RUNTIME_NAMESPACE::get_backend_class;
using ::executorch::ET_RUNTIME_NAMESPACE::get_backend_name;
using ::executorch::ET_RUNTIME_NAMESPACE::get_num_registered_backends;
using ::executorch::ET_RUNTIME_NAMESPACE::register_backend;
using ::executorch::ET_RUNTIME_NAMESPACE::SizedBuffer;
using PyTorchBackendInterface = ::executorch::ET_RUNTIME_NAMESPACE::BackendInterface;
}  // namespace executor
}  // namespace torch
