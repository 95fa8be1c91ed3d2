// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#ifdef ET_PYBIND_DEVTOOLS
#include <executorch/devtools/etdump/etdump_flatcc.h>
#endif
#include <executorch/extension/flat_tensor/flat_tensor_data_map.h>
#include <executorch/extension/memory_allocator/planned_buffers.h>
#include <executorch/extension/pybindings/python_values.h>
#include <executorch/extension/runner_util/loaded_method.h>
#include <executorch/runtime/core/data_loader.h>
#include <executorch/runtime/executor/program.h>

namespace executorch {
namespace extension {
namespace pybindings {

/// What a Python bytes object holds, at an address that is aligned for any type. `owner` keeps it.
struct AlignedBytes {
  explicit AlignedBytes(const pybind11::bytes& bytes);

  void* data;
  size_t size;
  pybind11::object owner;
};

/// A source of bytes: a file that is mapped into memory, or a Python object that is kept.
class Source final {
 public:
  static Source from_path(const std::string& path);
  static Source from_bytes(const pybind11::bytes& data);
  /// `owner` keeps the memory.
  static Source from_memory(const void* data, size_t size, pybind11::object owner);

  runtime::DataLoader* loader() const { return loader_.get(); }

 private:
  Source(std::unique_ptr<runtime::DataLoader> loader, pybind11::object owner)
      : loader_(std::move(loader)), owner_(std::move(owner)) {}

  std::unique_ptr<runtime::DataLoader> loader_;
  pybind11::object owner_;
};

#ifdef ET_PYBIND_DEVTOOLS
/// A program with test cases around it.
class Bundle final {
 public:
  /// Throws PythonError if the bytes are no bundled program.
  explicit Bundle(const pybind11::bytes& bytes);

  const void* data() const { return bytes_.data; }

  /// The program inside.
  Source program() const;

 private:
  AlignedBytes bytes_;
  const void* program_;
  size_t program_size_;
};

/// Records what the methods of a program do.
class Recorder final {
 public:
  /// @param debug_buffer_size bytes for the values that instructions compute; 0: none are recorded.
  explicit Recorder(size_t debug_buffer_size);

  runtime::EventTracer* tracer() { return &tracer_; }

  /**
   * Writes the ETDump and, unless the path is empty, the recorded values; the next record starts
   * empty. Throws PythonError if nothing was recorded or a file cannot be written.
   */
  void write(const std::string& path, const std::string& debug_buffer_path);

 private:
  void reset_debug_buffer();

  etdump::ETDumpGen tracer_;
  std::vector<uint8_t> debug_buffer_;
  std::optional<etdump::BufferDataSink> sink_;
};
#endif

/// A program and what it refers to. Methods share its ownership.
class LoadedProgram final {
 public:
  /**
   * @param data source of a .ptd file, if there is one.
   * @param share_buffers whether methods share all planned buffers but the first.
   * @param debug_buffer_size if given, executions are recorded: see Recorder.
   */
  LoadedProgram(Source source, std::optional<Source> data,
                runtime::Program::Verification verification, bool share_buffers,
                std::optional<size_t> debug_buffer_size);

  const runtime::Program& program() const { return program_; }

  /// Throws PythonError if the method cannot be loaded.
  std::unique_ptr<LoadedMethod> load_method(const std::string& name);

  /// Held while a method runs, if methods share memory or a record; null otherwise.
  std::mutex* shared_mutex();

  bool is_recorded() const;
  /// See Recorder::write(). Throws PythonError if executions are not recorded.
  void write_record(const std::string& path, const std::string& debug_buffer_path);

 private:
  Source source_;
  std::optional<Source> data_;
  runtime::Program program_;
  std::optional<FlatTensorDataMap> data_map_;
  bool share_buffers_;
#ifdef ET_PYBIND_DEVTOOLS
  std::unique_ptr<Recorder> recorder_;
#endif
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

#ifdef ET_PYBIND_DEVTOOLS
  /// Sets the inputs to those of a test case. Throws PythonError if there is none with this index.
  void load_bundled_input(std::shared_ptr<Bundle> bundle, size_t testset_idx);
  /// Throws PythonError if the outputs are not those that the test case expects.
  void verify_bundled_output(const Bundle& bundle, size_t testset_idx, double rtol, double atol);
#endif

  /// A copy of a named tensor of the method.
  pybind11::object get_attribute(const std::string& name);

  runtime::MethodMeta meta() {
    return (**method_).method_meta();
  }
  const std::shared_ptr<LoadedProgram>& program() const {
    return program_;
  }

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
#ifdef ET_PYBIND_DEVTOOLS
  std::shared_ptr<Bundle> bundle_;
#endif
  std::mutex own_mutex_;
  std::mutex* mutex_;
};

}  // namespace pybindings
}  // namespace extension
}  // namespace executorch
