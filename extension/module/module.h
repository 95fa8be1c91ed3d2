// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <executorch/extension/memory_allocator/planned_buffers.h>
#include <executorch/extension/runner_util/loaded_method.h>
#include <executorch/runtime/backend/backend_options_map.h>
#include <executorch/runtime/core/data_loader.h>
#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/event_tracer.h>
#include <executorch/runtime/core/hierarchical_allocator.h>
#include <executorch/runtime/core/memory_allocator.h>
#include <executorch/runtime/core/named_data_map.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/core/span.h>
#include <executorch/runtime/executor/memory_manager.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/method_meta.h>
#include <executorch/runtime/executor/program.h>

/// The namespace of Module, which also is a name of executorch::extension.
#ifndef ET_MODULE_NAMESPACE
#define ET_MODULE_NAMESPACE module
#endif

class ExecuTorchJni;

namespace executorch {
namespace extension {
namespace ET_MODULE_NAMESPACE {

/**
 * A program file and the methods that are loaded from it, with all the memory that they need:
 *
 *   Module module("model.pte");
 *   const auto outputs = module.forward(make_tensor_ptr({1, 3}, {1.f, 2.f, 3.f}));
 *   if (outputs.ok()) {
 *     use(outputs->at(0).toTensor());
 *   }
 *
 * Program and methods are loaded when they are first needed. Outputs are valid until the method
 * runs again or is unloaded. A module may be used by one thread at a time; for several, make one
 * module for each, which share a program. Every failure leaves a sentence in
 * runtime::last_error_message().
 */
class Module {
 public:
  /// How files are read.
  enum class LoadMode {
    /// Into memory of its own.
    File,
    /// Mapped, and read where they are touched.
    Mmap,
    /// Mapped, and locked in memory; loading fails if the system refuses.
    MmapUseMlock,
    /// The same, but without a lock if the system refuses.
    MmapUseMlockIgnoreErrors,
    /// Mapped, and the system is asked to read ahead.
    MmapUseMadvise,
  };

  /**
   * Reads nothing yet.
   * @param file_path of a program.
   * @param event_tracer follows every method that is loaded without another one; may be null.
   * @param memory_allocator for the structures of loaded methods; null: the heap.
   * @param temp_allocator scratch memory of kernels and backends, reset after every instruction;
   * null: the heap.
   * @param share_memory_arenas whether all methods use the same planned buffers, of the sizes that
   * the largest of them need: less memory, and state that the exporter placed there is shared, but
   * the outputs of one method last only until another one runs.
   */
  explicit Module(const std::string& file_path, const LoadMode load_mode = LoadMode::File,
                  std::unique_ptr<runtime::EventTracer> event_tracer = nullptr,
                  std::unique_ptr<runtime::MemoryAllocator> memory_allocator = nullptr,
                  std::unique_ptr<runtime::MemoryAllocator> temp_allocator = nullptr,
                  bool share_memory_arenas = false);

  /// @param data_map_path of the file with the data that is not in the program (.ptd); "": none.
  explicit Module(const std::string& file_path, const std::string& data_map_path,
                  const LoadMode load_mode = LoadMode::File,
                  std::unique_ptr<runtime::EventTracer> event_tracer = nullptr,
                  std::unique_ptr<runtime::MemoryAllocator> memory_allocator = nullptr,
                  std::unique_ptr<runtime::MemoryAllocator> temp_allocator = nullptr,
                  bool share_memory_arenas = false);

  /// @param data_files of several such files; no key is in two of them.
  explicit Module(const std::string& file_path, std::vector<std::string> data_files,
                  const LoadMode load_mode = LoadMode::File,
                  std::unique_ptr<runtime::EventTracer> event_tracer = nullptr,
                  std::unique_ptr<runtime::MemoryAllocator> memory_allocator = nullptr,
                  std::unique_ptr<runtime::MemoryAllocator> temp_allocator = nullptr,
                  bool share_memory_arenas = false);

  /// @param data_loader of the program.
  /// @param data_map_loader of the data that is not in the program; may be null.
  explicit Module(std::unique_ptr<runtime::DataLoader> data_loader,
                  std::unique_ptr<runtime::MemoryAllocator> memory_allocator = nullptr,
                  std::unique_ptr<runtime::MemoryAllocator> temp_allocator = nullptr,
                  std::unique_ptr<runtime::EventTracer> event_tracer = nullptr,
                  std::unique_ptr<runtime::DataLoader> data_map_loader = nullptr,
                  bool share_memory_arenas = false);

  /// @param program of another module (see program()), or one whose loader outlives this module.
  explicit Module(std::shared_ptr<runtime::Program> program,
                  std::unique_ptr<runtime::MemoryAllocator> memory_allocator = nullptr,
                  std::unique_ptr<runtime::MemoryAllocator> temp_allocator = nullptr,
                  std::unique_ptr<runtime::EventTracer> event_tracer = nullptr,
                  std::unique_ptr<runtime::DataLoader> data_map_loader = nullptr,
                  bool share_memory_arenas = false);

  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  Module(Module&&) = delete;
  Module& operator=(Module&&) = delete;
  virtual ~Module();

  /// Loads the program, unless it is loaded: see Program::load(). AccessFailed if a file cannot be
  /// read, InvalidExternalData or NotFound if one is no .ptd.
  ET_NODISCARD virtual runtime::Error load(
      const runtime::Program::Verification verification = runtime::Program::Verification::Minimal);

  /// The same; the options, which are copied, go to the backends of every method that is loaded
  /// from now on.
  ET_NODISCARD virtual runtime::Error load(
      const runtime::LoadBackendOptionsMap& backend_options,
      const runtime::Program::Verification verification = runtime::Program::Verification::Minimal);

  virtual bool is_loaded() const;

  /// The program; null before it is loaded. It keeps alive what it was loaded from.
  std::shared_ptr<runtime::Program> program() const { return program_; }

  /// What load() was given; empty before.
  const runtime::LoadBackendOptionsMap& backend_options() const { return backend_options_; }

  // These load the program if need be.

  virtual runtime::Result<size_t> num_methods();

  virtual runtime::Result<std::unordered_set<std::string>> method_names();

  /**
   * Loads a method, unless it is loaded: see Program::load_method().
   * @param planned_memory the buffers of the memory plan, which must outlive the method; null: the
   * heap.
   * @param event_tracer instead of the module's; may be null.
   * @param backend_options instead of those of load(); may be null.
   * @param kernels searched before the global registry.
   */
  ET_NODISCARD virtual runtime::Error load_method(
      const std::string& method_name, runtime::HierarchicalAllocator* planned_memory = nullptr,
      runtime::EventTracer* event_tracer = nullptr,
      const runtime::LoadBackendOptionsMap* backend_options = nullptr,
      std::vector<runtime::Kernel> kernels = {});

  /// Frees a method. False if it was not loaded.
  inline virtual bool unload_method(const std::string& method_name) {
    return methods_.erase(method_name) != 0;
  }

  /// The method, loaded if need be; it dies with the module or with unload_method().
  ET_DEPRECATED ET_NODISCARD runtime::Result<runtime::Method*> method(
      const std::string& method_name);

  ET_NODISCARD inline runtime::Error load_forward(
      runtime::HierarchicalAllocator* planned_memory = nullptr,
      runtime::EventTracer* event_tracer = nullptr,
      const runtime::LoadBackendOptionsMap* backend_options = nullptr,
      std::vector<runtime::Kernel> kernels = {}) {
    return load_method("forward", planned_memory, event_tracer, backend_options,
                       std::move(kernels));
  }

  inline bool unload_forward() { return unload_method("forward"); }

  inline virtual bool is_method_loaded(const std::string& method_name) const {
    return methods_.count(method_name) != 0;
  }

  /// What the file says about a method, which need not be loaded.
  virtual runtime::Result<runtime::MethodMeta> method_meta(const std::string& method_name);

  // What follows loads the method if need be. Inputs that are not given keep the value that they
  // were set to; their tensors must live until the method has run.

  /**
   * Runs a method.
   * @returns its outputs; InvalidArgument if there are too many inputs, one is wrong, or one has
   * never been set; or an error of a kernel or a backend.
   */
  ET_NODISCARD virtual runtime::Result<std::vector<runtime::EValue>> execute(
      const std::string& method_name, const std::vector<runtime::EValue>& input_values);

  ET_NODISCARD inline runtime::Result<std::vector<runtime::EValue>> execute(
      const std::string& method_name, const runtime::EValue& input_value) {
    return execute(method_name, std::vector<runtime::EValue>{input_value});
  }

  ET_NODISCARD inline runtime::Result<std::vector<runtime::EValue>> execute(
      const std::string& method_name) {
    return execute(method_name, std::vector<runtime::EValue>{});
  }

  /// Runs a method for its first output. InvalidArgument if it has none.
  ET_NODISCARD runtime::Result<runtime::EValue> get(
      const std::string& method_name, const std::vector<runtime::EValue>& input_values);

  ET_NODISCARD inline runtime::Result<runtime::EValue> get(const std::string& method_name,
                                                           const runtime::EValue& input_value) {
    return get(method_name, std::vector<runtime::EValue>{input_value});
  }

  ET_NODISCARD inline runtime::Result<runtime::EValue> get(const std::string& method_name) {
    return get(method_name, std::vector<runtime::EValue>{});
  }

  ET_NODISCARD inline runtime::Result<std::vector<runtime::EValue>> forward(
      const std::vector<runtime::EValue>& input_values) {
    return execute("forward", input_values);
  }

  ET_NODISCARD inline runtime::Result<std::vector<runtime::EValue>> forward(
      const runtime::EValue& input_value) {
    return forward(std::vector<runtime::EValue>{input_value});
  }

  ET_NODISCARD inline runtime::Result<std::vector<runtime::EValue>> forward() {
    return forward(std::vector<runtime::EValue>{});
  }

  /// See Method::set_input().
  ET_NODISCARD virtual runtime::Error set_input(const std::string& method_name,
                                                const runtime::EValue& input_value,
                                                size_t input_index);

  ET_NODISCARD inline runtime::Error set_input(const runtime::EValue& input_value,
                                               size_t input_index) {
    return set_input("forward", input_value, input_index);
  }

  /// All inputs. InvalidArgument if their number is wrong.
  ET_NODISCARD virtual runtime::Error set_inputs(const std::string& method_name,
                                                 const std::vector<runtime::EValue>& input_values);

  ET_NODISCARD inline runtime::Error set_inputs(const std::vector<runtime::EValue>& input_values) {
    return set_inputs("forward", input_values);
  }

  /**
   * Makes the method write an output into the memory of a tensor, which must live until the last
   * execution.
   * @returns InvalidArgument if the value is not a tensor, the index is out of range, or the type
   * or the size does not fit; InvalidState if the memory plan holds the output.
   */
  ET_NODISCARD virtual runtime::Error set_output(const std::string& method_name,
                                                 runtime::EValue output_value,
                                                 size_t output_index = 0);

  ET_NODISCARD inline runtime::Error set_output(runtime::EValue output_value,
                                                size_t output_index = 0) {
    return set_output("forward", output_value, output_index);
  }

  /// All outputs. InvalidArgument if their number is wrong.
  ET_NODISCARD virtual runtime::Error set_outputs(
      const std::string& method_name, const std::vector<runtime::EValue>& output_values);

  ET_NODISCARD inline runtime::Error set_outputs(
      const std::vector<runtime::EValue>& output_values) {
    return set_outputs("forward", output_values);
  }

  /// The outputs of the latest execution.
  ET_NODISCARD virtual runtime::Result<std::vector<runtime::EValue>> get_outputs(
      const std::string& method_name);

  ET_NODISCARD inline runtime::Result<std::vector<runtime::EValue>> get_outputs() {
    return get_outputs("forward");
  }

  /// One of them. InvalidArgument if the index is out of range.
  ET_NODISCARD virtual runtime::Result<runtime::EValue> get_output(const std::string& method_name,
                                                                   size_t output_index = 0);

  ET_NODISCARD inline runtime::Result<runtime::EValue> get_output(size_t output_index = 0) {
    return get_output("forward", output_index);
  }

  /// The tracer that the constructor was given. May be null.
  inline runtime::EventTracer* event_tracer() const { return event_tracer_.get(); }

  /// Memory for what a tracer records. Belongs to the module; empty unless a subclass sets it.
  ET_DEPRECATED runtime::Span<uint8_t> debug_buffer() {
    return {debug_buffer_.data(), debug_buffer_.size()};
  }

 private:
  friend class ::ExecuTorchJni;

  runtime::Error load_data_maps();
  /// The method, loaded if need be.
  runtime::Result<runtime::Method*> loaded_method(const std::string& method_name);

  std::string file_path_;
  std::vector<std::string> data_files_;
  LoadMode load_mode_ = LoadMode::File;
  bool share_memory_arenas_;
  std::shared_ptr<runtime::Program> program_;
  std::unique_ptr<runtime::DataLoader> data_loader_;
  std::unique_ptr<runtime::MemoryAllocator> memory_allocator_;
  std::unique_ptr<runtime::MemoryAllocator> temp_allocator_;
  std::unique_ptr<runtime::EventTracer> event_tracer_;
  std::vector<std::unique_ptr<runtime::DataLoader>> data_map_loaders_;
  std::vector<std::unique_ptr<runtime::NamedDataMap>> named_data_maps_;
  /// What methods are given: the only one of them, or all merged. Null if there are none.
  const runtime::NamedDataMap* data_map_ = nullptr;
  /// With share_memory_arenas, made for the first method.
  std::optional<PlannedBuffers> shared_buffers_;
  std::vector<std::vector<runtime::BackendOption>> backend_option_lists_;
  runtime::LoadBackendOptionsMap backend_options_;

 protected:
  std::vector<uint8_t> debug_buffer_;
  // Declared last: methods use everything above.
  std::unordered_map<std::string, std::unique_ptr<LoadedMethod>> methods_;
};

}  // namespace ET_MODULE_NAMESPACE

using ET_MODULE_NAMESPACE::Module;

}  // namespace extension
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::extension::ET_MODULE_NAMESPACE::Module;
}  // namespace executor
}  // namespace torch
