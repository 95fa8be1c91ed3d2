// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * The Python module executorch.extension.pybindings._portable_lib; _portable_lib.pyi says what each
 * name does.
 */

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <executorch/extension/pybindings/loaded_program.h>
#include <executorch/extension/pybindings/python_error.h>
#ifdef ET_USE_THREADPOOL
#include <executorch/extension/threadpool/threadpool.h>
#endif
#include <executorch/runtime/backend/interface.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/kernel/operator_registry.h>
#include <executorch/runtime/platform/runtime.h>

namespace executorch {
namespace extension {
namespace pybindings {
namespace {

namespace py = pybind11;
using namespace pybind11::literals;

using runtime::BackendInterface;
using runtime::Error;
using runtime::Kernel;
using runtime::MethodMeta;
using runtime::Program;
using runtime::Result;
using runtime::Tag;
using runtime::TensorInfo;
using Verification = Program::Verification;

// ExecuTorchError; never freed, as an exception may be on its way while the interpreter shuts down.
PyObject* error_type = nullptr;

void set_python_error(const PythonError& error) {
  const auto type = py::reinterpret_borrow<py::object>(error_type);
  const py::object exception = type(error.what());
  exception.attr("code") = static_cast<uint32_t>(error.error());
  PyErr_SetObject(error_type, exception.ptr());
}

struct PyTensorInfo {
  std::shared_ptr<LoadedProgram> program;
  TensorInfo info;

  py::tuple sizes() const {
    py::list list;
    for (const int32_t size : info.sizes()) {
      list.append(size);
    }
    return py::tuple(list);
  }

  std::string repr() const {
    return py::str("TensorInfo(sizes={}, dtype={}, is_memory_planned={}, nbytes={})")
        .format(py::list(sizes()), runtime::toString(info.scalar_type()), info.is_memory_planned(),
                info.nbytes());
  }
};

struct PyMethodMeta {
  std::shared_ptr<LoadedProgram> program;
  MethodMeta meta;

  template <typename GetInfo>
  PyTensorInfo tensor_info(GetInfo get_info, size_t index) const {
    const Result<TensorInfo> info = std::invoke(get_info, meta, index);
    if (!info.ok()) {
      throw py::index_error(runtime::last_error_message());
    }
    return {program, *info};
  }

  std::string repr() const {
    py::list inputs;
    for (size_t i = 0; i < meta.num_inputs(); ++i) {
      inputs.append(describe(meta.input_tag(i), &MethodMeta::input_tensor_meta, i));
    }
    py::list outputs;
    for (size_t i = 0; i < meta.num_outputs(); ++i) {
      outputs.append(describe(meta.output_tag(i), &MethodMeta::output_tensor_meta, i));
    }
    return py::str(
               "MethodMeta(name='{}', num_inputs={}, input_tensor_meta={}, num_outputs={}, "
               "output_tensor_meta={})")
        .format(meta.name(), meta.num_inputs(), inputs, meta.num_outputs(), outputs);
  }

 private:
  template <typename GetInfo>
  std::string describe(const Result<Tag>& tag, GetInfo get_info, size_t index) const {
    if (!tag.ok()) {
      return "unknown";
    }
    return *tag == Tag::Tensor ? tensor_info(get_info, index).repr() : tag_to_string(*tag);
  }
};

struct PyProgram {
  std::shared_ptr<LoadedProgram> program;

  PyMethodMeta method_meta(const std::string& name) const {
    return {program, unwrap(program->program().method_meta(name.c_str()))};
  }
};

// The older interface: methods are loaded when they are first used, each with memory of its own.
class PyModule final {
 public:
  explicit PyModule(std::shared_ptr<LoadedProgram> loaded) : program(std::move(loaded)) {}
  PyModule(PyModule&&) = default;

  PyMethod& method(const std::string& name) {
    std::unique_ptr<PyMethod>& method = methods_[name];
    if (method == nullptr) {
      method = std::make_unique<PyMethod>(program, name);
    }
    return *method;
  }

  PyMethodMeta method_meta(const std::string& name) const {
    return PyProgram{program}.method_meta(name);
  }

  std::vector<std::string> method_names() const {
    std::vector<std::string> names;
    for (size_t i = 0; i < program->program().num_methods(); ++i) {
      names.emplace_back(unwrap(program->program().get_method_name(i)));
    }
    return names;
  }

  std::shared_ptr<LoadedProgram> program;

 private:
  std::map<std::string, std::unique_ptr<PyMethod>> methods_;
};

std::shared_ptr<LoadedProgram> load(Source source, std::optional<Source> data,
                                    Verification verification, bool share_buffers,
                                    bool enable_etdump, size_t debug_buffer_size) {
  return std::make_shared<LoadedProgram>(
      std::move(source), std::move(data), verification, share_buffers,
      enable_etdump ? std::optional<size_t>(debug_buffer_size) : std::nullopt);
}

std::optional<Source> optional_path(const std::optional<std::string>& path) {
  return path ? std::optional<Source>(Source::from_path(*path)) : std::nullopt;
}

std::optional<Source> optional_bytes(const std::optional<py::bytes>& data) {
  return data ? std::optional<Source>(Source::from_bytes(*data)) : std::nullopt;
}

#ifdef ET_PYBIND_DEVTOOLS
// A bundled program, with a module of its own to run its test cases with.
class PyBundledModule final {
 public:
  explicit PyBundledModule(const py::bytes& bytes)
      : bundle_(std::make_shared<Bundle>(bytes)),
        module_(load(bundle_->program(), std::nullopt, Verification::InternalConsistency,
                     /*share_buffers=*/false, /*enable_etdump=*/false, 0)) {}

  const std::shared_ptr<Bundle>& bundle() const { return bundle_; }

  py::list verify(const std::string& name, size_t testset_idx, double rtol, double atol) {
    PyMethod& method = module_.method(name);
    method.load_bundled_input(bundle_, testset_idx);
    method.execute();
    method.verify_bundled_output(*bundle_, testset_idx, rtol, atol);
    return method.get_outputs(/*clone_outputs=*/true);
  }

 private:
  std::shared_ptr<Bundle> bundle_;
  PyModule module_;
};
#endif

std::set<std::string> operator_names() {
  std::set<std::string> names;
  for (const Kernel& kernel : runtime::get_registered_kernels()) {
    names.emplace(kernel.name_);
  }
  for (const auto* library = runtime::get_kernel_libraries(); library != nullptr;
       library = library->next) {
    for (const Kernel& kernel : library->kernels) {
      names.emplace(kernel.name_);
    }
  }
  return names;
}

std::vector<std::string> backend_names() {
  std::vector<std::string> names;
  for (size_t i = 0; i < runtime::get_num_registered_backends(); ++i) {
    names.emplace_back(unwrap(runtime::get_backend_name(i)));
  }
  return names;
}

bool backend_is_available(const std::string& name) {
  const BackendInterface* backend = runtime::get_backend_class(name.c_str());
  return backend != nullptr && backend->is_available();
}

// Adds write_etdump_result_to_file() and has_etdump().
template <typename Class>
void define_etdump(Class& cls) {
  using Type = typename Class::type;
  cls.def("has_etdump", [](const Type& self) { return self.program->is_recorded(); });
  cls.def(
      "write_etdump_result_to_file",
      [](const Type& self, const std::string& path,
         const std::optional<std::string>& debug_buffer_path) {
        self.program->write_record(path, debug_buffer_path.value_or(""));
      },
      "path"_a, "debug_buffer_path"_a = py::none());
}

}  // namespace

PYBIND11_MODULE(_portable_lib, m) {
  runtime::runtime_init();

  error_type = PyErr_NewExceptionWithDoc(
      "executorch.extension.pybindings.portable_lib.ExecuTorchError",
      "The runtime's sentence about a failure. `code` is the number of its Error.",
      PyExc_RuntimeError, nullptr);
  m.attr("ExecuTorchError") = py::handle(error_type);
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) {
        std::rethrow_exception(pointer);
      }
    } catch (const PythonError& error) {
      set_python_error(error);
    }
  });

  py::enum_<Verification>(m, "Verification")
      .value("Minimal", Verification::Minimal)
      .value("InternalConsistency", Verification::InternalConsistency);

  py::class_<PyTensorInfo>(m, "TensorInfo")
      .def("sizes", &PyTensorInfo::sizes)
      .def("dtype",
           [](const PyTensorInfo& self) { return static_cast<int>(self.info.scalar_type()); })
      .def("is_memory_planned",
           [](const PyTensorInfo& self) { return self.info.is_memory_planned(); })
      .def("nbytes", [](const PyTensorInfo& self) { return self.info.nbytes(); })
      .def(
          "is_dynamic",
          [](const PyTensorInfo& self, size_t dim) {
            if (dim >= self.info.sizes().size()) {
              throw py::index_error("the tensor has " + std::to_string(self.info.sizes().size()) +
                                    " dimensions, none with index " + std::to_string(dim));
            }
            return self.info.is_dynamic(dim);
          },
          "dim"_a)
      .def("__repr__", &PyTensorInfo::repr);

  const auto tensor_meta = [](auto get_info) {
    return [get_info](const PyMethodMeta& self, size_t index) {
      return self.tensor_info(get_info, index);
    };
  };
  py::class_<PyMethodMeta>(m, "MethodMeta")
      .def("name", [](const PyMethodMeta& self) { return self.meta.name(); })
      .def("num_inputs", [](const PyMethodMeta& self) { return self.meta.num_inputs(); })
      .def("num_outputs", [](const PyMethodMeta& self) { return self.meta.num_outputs(); })
      .def("num_attributes", [](const PyMethodMeta& self) { return self.meta.num_attributes(); })
      .def("input_tensor_meta", tensor_meta(&MethodMeta::input_tensor_meta), "index"_a)
      .def("output_tensor_meta", tensor_meta(&MethodMeta::output_tensor_meta), "index"_a)
      .def("attribute_tensor_meta", tensor_meta(&MethodMeta::attribute_tensor_meta), "index"_a)
      .def("__repr__", &PyMethodMeta::repr);

  py::class_<PyMethod>(m, "ExecuTorchMethod")
      .def("set_inputs", &PyMethod::set_inputs, "inputs"_a)
      .def("execute", &PyMethod::execute)
      .def("get_outputs", &PyMethod::get_outputs, "clone_outputs"_a = true)
      .def("call", &PyMethod::call, "inputs"_a = py::tuple(), "clone_outputs"_a = true)
      .def("__call__", &PyMethod::call, "inputs"_a = py::tuple(), "clone_outputs"_a = true)
      .def("get_attribute", &PyMethod::get_attribute, "name"_a)
      .def("method_meta", [](PyMethod& self) {
        return PyMethodMeta{self.program(), self.meta()};
      });

  py::class_<PyProgram> program(m, "ExecuTorchProgram");
  program
      .def("num_methods",
           [](const PyProgram& self) { return self.program->program().num_methods(); })
      .def(
          "get_method_name",
          [](const PyProgram& self, size_t method_index) {
            return unwrap(self.program->program().get_method_name(method_index));
          },
          "method_index"_a)
      .def(
          "load_method",
          [](const PyProgram& self, const std::string& name) {
            return std::make_unique<PyMethod>(self.program, name);
          },
          "method_name"_a)
      .def("method_meta", &PyProgram::method_meta, "method_name"_a);
  define_etdump(program);

  py::class_<PyModule> module(m, "ExecuTorchModule");
  const auto run_forward = [](PyModule& self, py::handle inputs, bool clone_outputs) {
    return self.method("forward").call(inputs, clone_outputs);
  };
  module.def("forward", run_forward, "inputs"_a = py::tuple(), "clone_outputs"_a = true)
      .def("__call__", run_forward, "inputs"_a = py::tuple(), "clone_outputs"_a = true)
      .def(
          "run_method",
          [](PyModule& self, const std::string& name, py::handle inputs, bool clone_outputs) {
            return self.method(name).call(inputs, clone_outputs);
          },
          "method_name"_a, "inputs"_a = py::tuple(), "clone_outputs"_a = true)
      .def(
          "plan_execute",
          [](PyModule& self, const std::string& name, bool clone_outputs) {
            PyMethod& method = self.method(name);
            method.execute();
            return method.get_outputs(clone_outputs);
          },
          "method_name"_a, "clone_outputs"_a = true)
      .def("method_meta", &PyModule::method_meta, "method_name"_a)
      .def("method_names", &PyModule::method_names);
  define_etdump(module);

  m.def(
      "_load_for_executorch",
      [](const std::string& program_path, const std::optional<std::string>& data_path,
         bool enable_etdump, size_t debug_buffer_size, Verification verification) {
        return PyModule(load(Source::from_path(program_path), optional_path(data_path),
                             verification, /*share_buffers=*/false, enable_etdump,
                             debug_buffer_size));
      },
      "program_path"_a, "data_path"_a = py::none(), "enable_etdump"_a = false,
      "debug_buffer_size"_a = 0, "program_verification"_a = Verification::InternalConsistency);
  m.def(
      "_load_for_executorch_from_buffer",
      [](const py::bytes& buffer, const std::optional<py::bytes>& data_map_buffer,
         bool enable_etdump, size_t debug_buffer_size, Verification verification) {
        return PyModule(load(Source::from_bytes(buffer), optional_bytes(data_map_buffer),
                             verification, /*share_buffers=*/false, enable_etdump,
                             debug_buffer_size));
      },
      "buffer"_a, "data_map_buffer"_a = py::none(), "enable_etdump"_a = false,
      "debug_buffer_size"_a = 0, "program_verification"_a = Verification::InternalConsistency);
#ifdef ET_PYBIND_DEVTOOLS
  py::class_<PyBundledModule>(m, "BundledModule")
      .def("verify_result_with_bundled_expected_output", &PyBundledModule::verify, "method_name"_a,
           "testset_idx"_a, "rtol"_a = 1e-5, "atol"_a = 1e-8);
  module
      .def(
          "load_bundled_input",
          [](PyModule& self, const PyBundledModule& bundle, const std::string& name,
             size_t testset_idx) {
            self.method(name).load_bundled_input(bundle.bundle(), testset_idx);
          },
          "module"_a, "method_name"_a, "testset_idx"_a)
      .def(
          "verify_result_with_bundled_expected_output",
          [](PyModule& self, const PyBundledModule& bundle, const std::string& name,
             size_t testset_idx, double rtol, double atol) {
            self.method(name).verify_bundled_output(*bundle.bundle(), testset_idx, rtol, atol);
          },
          "module"_a, "method_name"_a, "testset_idx"_a, "rtol"_a = 1e-5, "atol"_a = 1e-8);
  m.def(
      "_load_bundled_program_from_buffer",
      [](const py::bytes& buffer, size_t) { return PyBundledModule(buffer); }, "buffer"_a,
      "non_const_pool_size"_a = 16384);
  m.def(
      "_load_for_executorch_from_bundled_program",
      [](const PyBundledModule& ptr, const std::optional<py::bytes>& data_map_buffer,
         bool enable_etdump, size_t debug_buffer_size) {
        return PyModule(load(ptr.bundle()->program(), optional_bytes(data_map_buffer),
                             Verification::InternalConsistency, /*share_buffers=*/false,
                             enable_etdump, debug_buffer_size));
      },
      "ptr"_a, "data_map_buffer"_a = py::none(), "enable_etdump"_a = false,
      "debug_buffer_size"_a = 0);
  m.def(
      "_load_for_executorch_from_bundled_program",
      [](const PyBundledModule& ptr, const std::string& data_path, bool enable_etdump,
         size_t debug_buffer_size) {
        return PyModule(load(ptr.bundle()->program(), Source::from_path(data_path),
                             Verification::InternalConsistency, /*share_buffers=*/false,
                             enable_etdump, debug_buffer_size));
      },
      "ptr"_a, "data_path"_a, "enable_etdump"_a = false, "debug_buffer_size"_a = 0);
#endif
  m.def(
      "_load_program",
      [](const std::string& path, bool enable_etdump, size_t debug_buffer_size,
         Verification verification, const std::optional<std::string>& data_path) {
        return PyProgram{load(Source::from_path(path), optional_path(data_path), verification,
                              /*share_buffers=*/true, enable_etdump, debug_buffer_size)};
      },
      "path"_a, "enable_etdump"_a = false, "debug_buffer_size"_a = 0,
      "program_verification"_a = Verification::Minimal, "data_path"_a = py::none());
  m.def(
      "_load_program_from_buffer",
      [](const py::bytes& buffer, bool enable_etdump, size_t debug_buffer_size,
         Verification verification, const std::optional<std::string>& data_path) {
        return PyProgram{load(Source::from_bytes(buffer), optional_path(data_path), verification,
                              /*share_buffers=*/true, enable_etdump, debug_buffer_size)};
      },
      "buffer"_a, "enable_etdump"_a = false, "debug_buffer_size"_a = 0,
      "program_verification"_a = Verification::Minimal, "data_path"_a = py::none());

  m.def("_get_operator_names", [] { return py::list(py::cast(operator_names())); });
  m.def("_get_registered_backend_names", &backend_names);
  m.def("_is_available", &backend_is_available, "backend_name"_a);

#ifdef ET_USE_THREADPOOL
  m.def("_threadpool_get_thread_count",
        [] { return threadpool::get_threadpool()->get_thread_count(); });
  m.def(
      "_unsafe_reset_threadpool",
      [](size_t num_threads) {
        if (!threadpool::get_threadpool()->set_num_threads(num_threads)) {
          throw_invalid_argument(runtime::last_error_message());
        }
      },
      "num_threads"_a);
#else
  m.def("_threadpool_get_thread_count", [] { return 1; });
  m.def(
      "_unsafe_reset_threadpool", [](size_t) {}, "num_threads"_a);
#endif

  // The older profiler, which no build of this runtime has: there never are any results.
  m.def(
      "_create_profile_block", [](const std::string&) {}, "name"_a);
  m.def("_dump_profile_results", [] { return py::bytes(); });
  m.def("_reset_profile_results", [] {});
}

}  // namespace pybindings
}  // namespace extension
}  // namespace executorch
