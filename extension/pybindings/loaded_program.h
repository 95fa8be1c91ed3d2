// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <executorch/extension/flat_tensor/flat_tensor_data_map.h>
#include <executorch/extension/memory_allocator/planned_buffers.h>
#include <executorch/extension/pybindings/python_values.h>
#include <executorch/extension/runner_util/loaded_method.h>
#include <executorch/runtime/core/data_loader.h>
#include <executorch/runtime/executor/program.h>

namespace executorch {
namespace extension {
namespace pybindings {

/// A source of bytes: a file that is mapped into memory, or a Python object that is kept.
class Source final {
 public:
  static Source from_path(const std::string& path);
  static Source from_bytes(const pybind11::bytes& data);

  runtime::DataLoader* loader() const { return loader_.get(); }

 private:
  Source(std::unique_ptr<runtime::DataLoader> loader, pybind11::object owner)
      : loader_(std::move(loader)), owner_(std::move(owner)) {}

  std::unique_ptr<runtime::DataLoader> loader_;
  pybind11::object owner_;
};

/// A program and what it refers to. Methods share its ownership.
class LoadedProgram final {
 public:
  /**
   * @param data source of a .ptd file, if there is one.
   * @param share_buffers whether methods share all planned buffers but the first.
   */
  LoadedProgram(Source source, std::optional<Source> data,
                runtime::Program::Verification verification, bool share_buffers);

  const runtime::Program& program() const { return program_; }

  /// Throws PythonError if the method cannot be loaded.
  std::unique_ptr<LoadedMethod> load_method(const std::string& name);

  /// Held while a method runs, if methods share memory; null otherwise.
  std::mutex* shared_memory_mutex() { return share_buffers_ ? &mutex_ : nullptr; }

 private:
  Source source_;
  std::optional<Source> data_;
  runtime::Program program_;
  std::optional<FlatTensorDataMap> data_map_;
  bool share_buffers_;
  /// Made for the first method.
  std::optional<PlannedBuffers> shared_buffers_;
  std::mutex mutex_;
};

/// A method, from Python's point of view. Several threads may use it; they run one after the other.
class PyMethod final {
 public:
  PyMethod(std::shared_ptr<LoadedProgram> program, const std::string& name);

  void set_inputs(pybind11::handle inputs);
  void execute();
  pybind11::list get_outputs(bool clone_outputs);

  /// set_inputs(), execute() and get_outputs() in one step.
  pybind11::list call(pybind11::handle inputs, bool clone_outputs);

  /// A copy of a named tensor of the method.
  pybind11::object get_attribute(const std::string& name);

  runtime::MethodMeta meta() { return (**method_).method_meta(); }
  const std::shared_ptr<LoadedProgram>& program() const { return program_; }

 private:
  /// Locks mutex_ without keeping other Python threads from running meanwhile.
  std::unique_lock<std::mutex> lock() const;
  void set_inputs_locked(std::shared_ptr<Inputs> inputs);
  void execute_locked();
  pybind11::list outputs_locked(bool clone_outputs);
  TensorFamily family() const;

  std::shared_ptr<LoadedProgram> program_;
  std::shared_ptr<LoadedMethod> method_;
  /// What the method may refer to: the latest inputs and, if setting them failed halfway, the ones
  /// before.
  std::vector<std::shared_ptr<Inputs>> inputs_;
  std::mutex own_mutex_;
  std::mutex* mutex_;
};

}  // namespace pybindings
}  // namespace extension
}  // namespace executorch
