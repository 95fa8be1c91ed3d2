// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/pybindings/loaded_program.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

#ifdef ET_PYBIND_DEVTOOLS
#include <executorch/devtools/bundled_program/bundled_program.h>
#endif
#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/extension/data_loader/mmap_data_loader.h>
#include <executorch/extension/pybindings/python_error.h>

namespace executorch {
namespace extension {
namespace pybindings {

namespace py = pybind11;

using runtime::DataLoader;
using runtime::Error;
using runtime::MethodMeta;
using runtime::Program;

namespace {

/// Locks a mutex whose holder may need the GIL to let go of it.
std::unique_lock<std::mutex> lock_without_gil(std::mutex& mutex) {
  std::unique_lock<std::mutex> lock(mutex, std::try_to_lock);
  if (!lock.owns_lock()) {
    py::gil_scoped_release release;
    lock.lock();
  }
  return lock;
}

}  // namespace

Source Source::from_path(const std::string& path) {
  auto loader = std::make_unique<MmapDataLoader>(
      unwrap(MmapDataLoader::from(path.c_str(), MmapDataLoader::MlockConfig::NoMlock)));
  return Source(std::move(loader), py::none());
}

Source Source::from_memory(const void* data, size_t size, py::object owner) {
  return Source(std::make_unique<BufferDataLoader>(data, size), std::move(owner));
}

Source Source::from_bytes(const py::bytes& data) {
  const AlignedBytes bytes(data);
  return from_memory(bytes.data, bytes.size, bytes.owner);
}

AlignedBytes::AlignedBytes(const py::bytes& bytes) : owner(bytes) {
  char* begin = nullptr;
  Py_ssize_t length = 0;
  if (PyBytes_AsStringAndSize(bytes.ptr(), &begin, &length) != 0) {
    throw py::error_already_set();
  }
  data = begin;
  size = static_cast<size_t>(length);
  if (reinterpret_cast<uintptr_t>(begin) % alignof(std::max_align_t) != 0) {
    auto* copy = new std::max_align_t[size / sizeof(std::max_align_t) + 1];
    owner = py::capsule(copy, [](void* p) { delete[] static_cast<std::max_align_t*>(p); });
    data = std::memcpy(copy, begin, size);
  }
}

#ifdef ET_PYBIND_DEVTOOLS

Bundle::Bundle(const py::bytes& bytes) : bytes_(bytes) {
  if (!bundled_program::is_bundled_program(bytes_.data, bytes_.size)) {
    throw PythonError(Error::NotSupported, "the bytes are no bundled program");
  }
  check(bundled_program::get_program_data(bytes_.data, bytes_.size, &program_, &program_size_));
}

Source Bundle::program() const {
  return Source::from_memory(program_, program_size_, bytes_.owner);
}

Recorder::Recorder(size_t debug_buffer_size) : debug_buffer_(debug_buffer_size) {
  if (debug_buffer_size > 0) {
    reset_debug_buffer();
    tracer_.set_event_tracer_debug_level(runtime::EventTracerDebugLogLevel::kIntermediateOutputs);
  }
}

void Recorder::reset_debug_buffer() {
  sink_.emplace(unwrap(etdump::BufferDataSink::create(debug_buffer_.data(), debug_buffer_.size())));
  tracer_.set_data_sink(&*sink_);
}

namespace {

void write_file(const std::string& path, const void* data, size_t size) {
  std::ofstream file(path, std::ios::binary);
  file.write(static_cast<const char*>(data), static_cast<std::streamsize>(size));
  file.close();
  if (!file) {
    throw PythonError(Error::AccessFailed, "cannot write '" + path + "': " + std::strerror(errno));
  }
}

}  // namespace

void Recorder::write(const std::string& path, const std::string& debug_buffer_path) {
  if (!debug_buffer_path.empty() && !sink_) {
    throw PythonError(Error::InvalidArgument,
                      "no values were recorded for '" + debug_buffer_path +
                          "': the program was loaded with a debug buffer of 0 bytes");
  }
  const etdump::ETDumpResult dump = tracer_.get_etdump_data();
  const std::unique_ptr<void, decltype(&std::free)> owner(dump.buf, &std::free);
  if (dump.buf == nullptr) {
#ifdef ET_EVENT_TRACER_ENABLED
    throw PythonError(Error::InvalidState, "nothing has been recorded since the last ETDump");
#else
    throw PythonError(
        Error::NotSupported,
        "the runtime was built without EXECUTORCH_ENABLE_EVENT_TRACER: it records nothing");
#endif
  }
  write_file(path, dump.buf, dump.size);
  if (!debug_buffer_path.empty()) {
    write_file(debug_buffer_path, debug_buffer_.data(), sink_->get_used_bytes());
  }
  tracer_.reset();
  if (sink_) {
    reset_debug_buffer();
  }
}

#endif  // ET_PYBIND_DEVTOOLS

LoadedProgram::LoadedProgram(Source source, std::optional<Source> data,
                             Program::Verification verification, bool share_buffers,
                             std::optional<size_t> debug_buffer_size)
    : source_(std::move(source)),
      data_(std::move(data)),
      program_(unwrap(Program::load(source_.loader(), verification))),
      share_buffers_(share_buffers) {
  if (data_) {
    data_map_.emplace(unwrap(FlatTensorDataMap::load(data_->loader())));
  }
  if (debug_buffer_size) {
#ifdef ET_PYBIND_DEVTOOLS
    recorder_ = std::make_unique<Recorder>(*debug_buffer_size);
#else
    throw PythonError(Error::NotSupported, "this build cannot record an ETDump");
#endif
  }
}

#ifdef ET_PYBIND_DEVTOOLS

std::mutex* LoadedProgram::shared_mutex() {
  return share_buffers_ || recorder_ != nullptr ? &mutex_ : nullptr;
}

bool LoadedProgram::is_recorded() const {
  return recorder_ != nullptr;
}

#else

std::mutex* LoadedProgram::shared_mutex() {
  return share_buffers_ ? &mutex_ : nullptr;
}

bool LoadedProgram::is_recorded() const {
  return false;
}

#endif

void LoadedProgram::write_record(ET_UNUSED const std::string& path,
                                 ET_UNUSED const std::string& debug_buffer_path) {
  if (!is_recorded()) {
    throw PythonError(Error::InvalidState,
                      "there is no ETDump: the program was loaded without enable_etdump");
  }
#ifdef ET_PYBIND_DEVTOOLS
  const auto guard = lock_without_gil(mutex_);
  recorder_->write(path, debug_buffer_path);
#endif
}

std::unique_ptr<LoadedMethod> LoadedProgram::load_method(const std::string& name) {
  if (share_buffers_ && !shared_buffers_) {
    std::vector<size_t> sizes = planned_buffer_sizes(program_);
    if (!sizes.empty()) {
      sizes[0] = 0;
    }
    shared_buffers_.emplace(unwrap(PlannedBuffers::allocate(sizes)));
  }
  LoadedMethodOptions options;
  options.named_data_map = data_map_ ? &*data_map_ : nullptr;
  options.shared_buffers = shared_buffers_ ? &*shared_buffers_ : nullptr;
#ifdef ET_PYBIND_DEVTOOLS
  // The tracer is also told what loading does.
  std::unique_lock<std::mutex> guard;
  if (recorder_ != nullptr) {
    guard = lock_without_gil(mutex_);
    options.event_tracer = recorder_->tracer();
  }
#endif
  return unwrap(LoadedMethod::load(program_, name.c_str(), options));
}

PyMethod::PyMethod(std::shared_ptr<LoadedProgram> program, const std::string& name)
    : program_(std::move(program)),
      method_(program_->load_method(name)),
      mutex_(program_->shared_mutex() != nullptr ? program_->shared_mutex() : &own_mutex_) {}

std::unique_lock<std::mutex> PyMethod::lock() const {
  return lock_without_gil(*mutex_);
}

void PyMethod::set_inputs_locked(std::shared_ptr<Inputs> inputs) {
  inputs_.push_back(std::move(inputs));
  check((*method_)->set_inputs(inputs_.back()->values()));
  inputs_.erase(inputs_.begin(), inputs_.end() - 1);
}

TensorFamily PyMethod::family() const {
  return inputs_.empty() ? default_tensor_family() : inputs_.back()->family();
}

void PyMethod::execute_locked() {
  Error error;
  {
    py::gil_scoped_release release;
    error = (*method_)->execute();
  }
  check(error);
}

py::list PyMethod::outputs_locked(bool clone_outputs) {
  py::object keep_alive = py::none();
  if (!clone_outputs) {
    // An output may lie in the method's memory, in the program or in an input.
    using Owners = std::tuple<std::shared_ptr<LoadedProgram>, std::shared_ptr<LoadedMethod>,
                              std::vector<std::shared_ptr<Inputs>>, std::shared_ptr<void>>;
    std::shared_ptr<void> bundle;
#ifdef ET_PYBIND_DEVTOOLS
    bundle = bundle_;
#endif
    keep_alive = py::capsule(new Owners(program_, method_, inputs_, std::move(bundle)),
                             [](void* owners) { delete static_cast<Owners*>(owners); });
  }
  py::list outputs;
  for (size_t i = 0; i < (*method_)->outputs_size(); ++i) {
    outputs.append(to_python((*method_)->get_output(i), family(), keep_alive));
  }
  return outputs;
}

void PyMethod::set_inputs(py::handle inputs) {
  auto converted = std::make_shared<Inputs>(inputs, meta());
  const auto guard = lock();
  set_inputs_locked(std::move(converted));
}

void PyMethod::execute() {
  const auto guard = lock();
  execute_locked();
}

py::list PyMethod::get_outputs(bool clone_outputs) {
  const auto guard = lock();
  return outputs_locked(clone_outputs);
}

py::list PyMethod::call(py::handle inputs, bool clone_outputs) {
  auto converted = std::make_shared<Inputs>(inputs, meta());
  const auto guard = lock();
  set_inputs_locked(std::move(converted));
  execute_locked();
  return outputs_locked(clone_outputs);
}

#ifdef ET_PYBIND_DEVTOOLS

void PyMethod::load_bundled_input(std::shared_ptr<Bundle> bundle, size_t testset_idx) {
  const auto guard = lock();
  const std::shared_ptr<Bundle> former = std::move(bundle_);
  bundle_ = std::move(bundle);
  check(bundled_program::load_bundled_input(**method_, bundle_->data(), testset_idx));
}

void PyMethod::verify_bundled_output(const Bundle& bundle, size_t testset_idx, double rtol,
                                     double atol) {
  const auto guard = lock();
  check(bundled_program::verify_method_outputs(**method_, bundle.data(), testset_idx, rtol, atol));
}

#endif  // ET_PYBIND_DEVTOOLS

py::object PyMethod::get_attribute(const std::string& name) {
  const auto guard = lock();
  const aten::Tensor tensor = unwrap((*method_)->get_attribute(name.c_str()));
  return to_python(tensor, family(), py::none());
}

}  // namespace pybindings
}  // namespace extension
}  // namespace executorch
