// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/pybindings/loaded_program.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/extension/data_loader/mmap_data_loader.h>
#include <executorch/extension/data_loader/shared_ptr_data_loader.h>
#include <executorch/extension/pybindings/python_error.h>

namespace executorch {
namespace extension {
namespace pybindings {

namespace py = pybind11;

using runtime::DataLoader;
using runtime::Error;
using runtime::MethodMeta;
using runtime::Program;

Source Source::from_path(const std::string& path) {
  auto loader = std::make_unique<MmapDataLoader>(
      unwrap(MmapDataLoader::from(path.c_str(), MmapDataLoader::MlockConfig::NoMlock)));
  return Source(std::move(loader), py::none());
}

Source Source::from_bytes(const py::bytes& data) {
  char* begin = nullptr;
  Py_ssize_t length = 0;
  if (PyBytes_AsStringAndSize(data.ptr(), &begin, &length) != 0) {
    throw py::error_already_set();
  }
  const auto size = static_cast<size_t>(length);
  if (reinterpret_cast<uintptr_t>(begin) % alignof(std::max_align_t) == 0) {
    return Source(std::make_unique<BufferDataLoader>(begin, size), data);
  }
  const std::shared_ptr<std::max_align_t[]> copy(
      new std::max_align_t[size / sizeof(std::max_align_t) + 1]);
  std::memcpy(copy.get(), begin, size);
  return Source(
      std::make_unique<SharedPtrDataLoader>(std::shared_ptr<void>(copy, copy.get()), size),
      py::none());
}

LoadedProgram::LoadedProgram(Source source, std::optional<Source> data,
                             Program::Verification verification, bool share_buffers)
    : source_(std::move(source)),
      data_(std::move(data)),
      program_(unwrap(Program::load(source_.loader(), verification))),
      share_buffers_(share_buffers) {
  if (data_) {
    data_map_.emplace(unwrap(FlatTensorDataMap::load(data_->loader())));
  }
}

std::unique_ptr<LoadedMethod> LoadedProgram::load_method(const std::string& name) {
  if (share_buffers_ && !shared_buffers_) {
    std::vector<size_t> sizes = planned_buffer_sizes(program_);
    if (!sizes.empty()) {
      sizes[0] = 0;
    }
    shared_buffers_.emplace(unwrap(PlannedBuffers::allocate(sizes)));
  }
  return unwrap(LoadedMethod::load(
      program_, name.c_str(),
      {data_map_ ? &*data_map_ : nullptr, shared_buffers_ ? &*shared_buffers_ : nullptr}));
}

PyMethod::PyMethod(std::shared_ptr<LoadedProgram> program, const std::string& name)
    : program_(std::move(program)),
      method_(program_->load_method(name)),
      mutex_(program_->shared_memory_mutex() != nullptr ? program_->shared_memory_mutex()
                                                        : &own_mutex_) {}

std::unique_lock<std::mutex> PyMethod::lock() const {
  std::unique_lock<std::mutex> lock(*mutex_, std::try_to_lock);
  if (!lock.owns_lock()) {
    // Whoever holds the mutex may need the GIL to let go of it.
    py::gil_scoped_release release;
    lock.lock();
  }
  return lock;
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
                              std::vector<std::shared_ptr<Inputs>>>;
    keep_alive = py::capsule(new Owners(program_, method_, inputs_),
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

py::object PyMethod::get_attribute(const std::string& name) {
  const auto guard = lock();
  const aten::Tensor tensor = unwrap((*method_)->get_attribute(name.c_str()));
  return to_python(tensor, family(), py::none());
}

}  // namespace pybindings
}  // namespace extension
}  // namespace executorch
