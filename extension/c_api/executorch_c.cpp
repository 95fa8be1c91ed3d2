// SPDX-License-Identifier: BSD-3-Clause
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <executorch/extension/c_api/executorch.h>
#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/extension/data_loader/file_data_loader.h>
#include <executorch/extension/module/module.h>
#include <executorch/runtime/core/exec_aten/util/dim_order_util.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/platform/runtime.h>
#ifdef EXECUTORCH_C_API_PROFILING
#include <executorch/devtools/etdump/etdump_flatcc.h>
#endif
#ifdef EXECUTORCH_C_API_THREADS
#include <executorch/extension/threadpool/threadpool.h>
#endif

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::extension::Module;
using executorch::runtime::BackendOption;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::MethodMeta;
using executorch::runtime::Program;
using executorch::runtime::Result;
using executorch::runtime::Tag;
using executorch::runtime::TensorInfo;

static_assert(ET_MAX_RANK == executorch::runtime::kTensorDimensionLimit);

struct et_value {
  EValue value;
  // What `value` refers to, if it is the caller's tensor or string.
  int32_t sizes[ET_MAX_RANK];
  uint8_t dim_order[ET_MAX_RANK];
  int32_t strides[ET_MAX_RANK];
  std::optional<TensorImpl> tensor;
  std::string text;
  executorch::aten::ArrayRef<char> characters;
};

struct et_options {
  Module::LoadMode mode = Module::LoadMode::Mmap;
  Program::Verification verification = Program::Verification::Minimal;
  std::vector<std::string> data_files;
  bool is_profiling = false;
  std::map<std::string, std::vector<BackendOption>> backends;
};

struct et_module {
  std::unique_ptr<Module> module;
  std::vector<std::string> method_names;
  std::map<std::string, std::vector<et_value>> outputs;
};

namespace {

et_status to_status(Error error) {
  return static_cast<et_status>(error);
}

/// Runs f(function), which returns an Error. Nothing is thrown across the interface.
template <typename F>
et_status guarded(const char* function, const F& f) {
  try {
    return to_status(f(function));
  } catch (const std::bad_alloc&) {
    executorch::runtime::set_last_error("%s: out of memory", function);
    return ET_MEMORY_ALLOCATION_FAILED;
  } catch (const std::exception& exception) {
    executorch::runtime::set_last_error("%s: %s", function, exception.what());
    return ET_INTERNAL;
  }
}

// In a scope where `function` is the name of the function that the caller called.
#define CHECK_NOT_NULL(argument)                                                               \
  ET_CHECK_OR_RETURN_ERROR((argument) != nullptr, InvalidArgument, "%s: %s is null", function, \
                           #argument)

/// A new object for the caller, filled by f(T&).
template <typename T, typename F>
et_status create(T** out, const char* function, const F& fill) {
  return guarded(function, [&](const char*) {
    ET_CHECK_OR_RETURN_ERROR(out != nullptr, InvalidArgument, "%s: out is null", function);
    auto object = std::make_unique<T>();
    ET_CHECK_OK_OR_RETURN_ERROR(fill(*object));
    *out = object.release();
    return Error::Ok;
  });
}

et_kind to_kind(Tag tag) {
  switch (tag) {
    case Tag::None:
      return ET_KIND_NONE;
    case Tag::Tensor:
      return ET_KIND_TENSOR;
    case Tag::String:
      return ET_KIND_STRING;
    case Tag::Double:
      return ET_KIND_DOUBLE;
    case Tag::Int:
      return ET_KIND_INT;
    case Tag::Bool:
      return ET_KIND_BOOL;
    default:
      return ET_KIND_LIST;
  }
}

const Tensor* tensor_of(const et_value* value) {
  return value != nullptr && value->value.isTensor() ? &value->value.toTensor() : nullptr;
}

Error fill_tensor(et_value& value, et_dtype dtype, size_t rank, const int32_t* sizes,
                  const uint8_t* dim_order, void* data, size_t nbytes) {
  const auto type = static_cast<ScalarType>(dtype);
  ET_CHECK_OR_RETURN_ERROR(dtype >= 0 && dtype < 127 && executorch::runtime::isValid(type),
                           InvalidArgument, "A tensor cannot have elements of type %d",
                           static_cast<int>(dtype));
  ET_CHECK_OR_RETURN_ERROR(
      rank <= ET_MAX_RANK && (sizes != nullptr || rank == 0), InvalidArgument,
      "A tensor of rank %zu, sizes at %p: expected at most %d dimensions and a "
      "size for each",
      rank, static_cast<const void*>(sizes), ET_MAX_RANK);
  const size_t element_size = executorch::runtime::elementSize(type);
  size_t needed = element_size;
  for (size_t i = 0; i < rank; ++i) {
    ET_CHECK_OR_RETURN_ERROR(
        sizes[i] >= 0 && (sizes[i] == 0 || needed <= INT64_MAX / static_cast<size_t>(sizes[i])),
        InvalidArgument, "Dimension %zu of a tensor cannot have size %" PRId32, i, sizes[i]);
    needed *= static_cast<size_t>(sizes[i]);
    value.sizes[i] = sizes[i];
    value.dim_order[i] = dim_order == nullptr ? static_cast<uint8_t>(i) : dim_order[i];
  }
  ET_CHECK_OR_RETURN_ERROR(nbytes == needed, InvalidArgument,
                           "A tensor of this shape and type takes %zu bytes, got %zu", needed,
                           nbytes);
  ET_CHECK_OR_RETURN_ERROR(
      nbytes == 0 || (data != nullptr && reinterpret_cast<uintptr_t>(data) % element_size == 0),
      InvalidArgument, "The data of a tensor is null or not aligned to %zu bytes: %p", element_size,
      data);
  ET_CHECK_OK_OR_RETURN_ERROR(
      executorch::runtime::dim_order_to_stride(value.sizes, value.dim_order, rank, value.strides),
      "The dim order of a tensor is not a permutation");
  value.tensor.emplace(type, static_cast<ssize_t>(rank), value.sizes, data, value.dim_order,
                       value.strides);
  value.value = EValue(Tensor(&*value.tensor));
  return Error::Ok;
}

template <typename T>
et_status get_number(const char* function, const et_value* value, bool has_kind, const char* kind,
                     T* out, const T& number) {
  return guarded(function, [&](const char*) {
    CHECK_NOT_NULL(value);
    CHECK_NOT_NULL(out);
    ET_CHECK_OR_RETURN_ERROR(has_kind, InvalidType, "The value is not %s", kind);
    *out = number;
    return Error::Ok;
  });
}

et_status set_backend_option(const char* function, et_options* options, const char* backend,
                             const char* key, const executorch::runtime::OptionValue& value) {
  return guarded(function, [&](const char*) {
    CHECK_NOT_NULL(options);
    CHECK_NOT_NULL(backend);
    CHECK_NOT_NULL(key);
    BackendOption option;
    ET_CHECK_OR_RETURN_ERROR(std::strlen(key) < sizeof(option.key), InvalidArgument,
                             "Option '%s' has more than %zu characters", key,
                             sizeof(option.key) - 1);
    std::strcpy(option.key, key);
    option.value = value;
    options->backends[backend].push_back(option);
    return Error::Ok;
  });
}

Error init_module(et_module& result, const et_options& options,
                  std::unique_ptr<executorch::runtime::EventTracer> tracer, const char* path,
                  const void* data, size_t nbytes) {
  if (path != nullptr) {
    result.module =
        std::make_unique<Module>(path, options.data_files, options.mode, std::move(tracer));
  } else {
    ET_CHECK_OR_RETURN_ERROR(options.data_files.size() <= 1, NotSupported,
                             "A program in memory can have one data file, got %zu",
                             options.data_files.size());
    std::unique_ptr<executorch::runtime::DataLoader> data_map;
    if (!options.data_files.empty()) {
      auto loader = executorch::extension::FileDataLoader::from(options.data_files.front().c_str());
      ET_CHECK_OK_OR_RETURN_ERROR(loader.error());
      data_map = std::make_unique<executorch::extension::FileDataLoader>(std::move(*loader));
    }
    result.module = std::make_unique<Module>(
        std::make_unique<executorch::extension::BufferDataLoader>(data, nbytes), nullptr, nullptr,
        std::move(tracer), std::move(data_map));
  }
  executorch::runtime::LoadBackendOptionsMap backends;
  auto lists = options.backends;
  for (auto& [backend, list] : lists) {
    ET_CHECK_OK_OR_RETURN_ERROR(backends.set_options(backend.c_str(), {list.data(), list.size()}));
  }
  ET_CHECK_OK_OR_RETURN_ERROR(result.module->load(backends, options.verification));
  const auto program = result.module->program();
  for (size_t i = 0; i < program->num_methods(); ++i) {
    const auto name = program->get_method_name(i);
    ET_CHECK_OK_OR_RETURN_ERROR(name.error());
    result.method_names.emplace_back(*name);
  }
  return Error::Ok;
}

et_status load(const char* path, const void* data, size_t nbytes, const et_options* options,
               const char* function, et_module** out) {
  return create(out, function, [&](et_module& module) {
    executorch::runtime::runtime_init();
    ET_CHECK_OR_RETURN_ERROR(path != nullptr || data != nullptr, InvalidArgument,
                             "%s: there is no program to load", function);
    const et_options defaults;
    const et_options& chosen = options == nullptr ? defaults : *options;
    std::unique_ptr<executorch::runtime::EventTracer> tracer;
    if (chosen.is_profiling) {
#ifdef EXECUTORCH_C_API_PROFILING
      tracer = std::make_unique<executorch::etdump::ETDumpGen>();
#else
      ET_CHECK_OR_RETURN_ERROR(false, NotSupported,
                               "This library was built without the event tracer");
#endif
    }
    return init_module(module, chosen, std::move(tracer), path, data, nbytes);
  });
}

/// Calls f(MethodMeta).
template <typename F>
et_status with_meta(const char* function, et_module* module, const char* method, const F& f) {
  return guarded(function, [&](const char*) {
    CHECK_NOT_NULL(module);
    CHECK_NOT_NULL(method);
    const Result<MethodMeta> meta = module->module->method_meta(method);
    ET_CHECK_OK_OR_RETURN_ERROR(meta.error());
    return f(*meta);
  });
}

Error get_info(const Result<Tag>& tag, const Result<TensorInfo>& info, et_kind* kind,
               et_dtype* dtype, size_t* rank, int32_t* sizes) {
  ET_CHECK_OK_OR_RETURN_ERROR(tag.error());
  if (*tag == Tag::Tensor) {
    ET_CHECK_OK_OR_RETURN_ERROR(info.error());
    if (dtype != nullptr) {
      *dtype = static_cast<et_dtype>(info->scalar_type());
    }
    if (rank != nullptr) {
      *rank = info->sizes().size();
    }
    for (size_t i = 0; sizes != nullptr && i < info->sizes().size(); ++i) {
      sizes[i] = info->sizes()[i];
    }
  }
  if (kind != nullptr) {
    *kind = to_kind(*tag);
  }
  return Error::Ok;
}

}  // namespace

extern "C" {

uint32_t et_c_api_version(void) {
  return ET_C_API_VERSION_MAJOR << 16 | ET_C_API_VERSION_MINOR;
}

const char* et_status_name(et_status status) {
  return executorch::runtime::to_string(static_cast<Error>(status));
}

const char* et_last_error(void) {
  return executorch::runtime::last_error_message();
}

// --- Values
// ---------------------------------------------------------------------------------------

et_status et_value_new_tensor(et_dtype dtype, size_t rank, const int32_t* sizes,
                              const uint8_t* dim_order, void* data, size_t nbytes, et_value** out) {
  return create(out, __func__, [&](et_value& value) {
    return fill_tensor(value, dtype, rank, sizes, dim_order, data, nbytes);
  });
}

et_status et_value_new_int(int64_t number, et_value** out) {
  return create(out, __func__, [&](et_value& value) {
    value.value = EValue(number);
    return Error::Ok;
  });
}

et_status et_value_new_double(double number, et_value** out) {
  return create(out, __func__, [&](et_value& value) {
    value.value = EValue(number);
    return Error::Ok;
  });
}

et_status et_value_new_bool(int truth, et_value** out) {
  return create(out, __func__, [&](et_value& value) {
    value.value = EValue(truth != 0);
    return Error::Ok;
  });
}

et_status et_value_new_string(const char* text, et_value** out) {
  return create(out, __func__, [&](et_value& value) {
    ET_CHECK_OR_RETURN_ERROR(text != nullptr, InvalidArgument, "et_value_new_string: text is null");
    value.text = text;
    value.characters = {value.text.data(), value.text.size()};
    value.value = EValue(&value.characters);
    return Error::Ok;
  });
}

et_status et_value_new_none(et_value** out) {
  return create(out, __func__, [](et_value&) { return Error::Ok; });
}

void et_value_free(et_value* value) {
  delete value;
}

et_kind et_value_kind(const et_value* value) {
  return value == nullptr ? ET_KIND_NONE : to_kind(value->value.tag);
}

et_status et_value_get_int(const et_value* value, int64_t* out) {
  const bool fits = value != nullptr && value->value.isInt();
  return get_number(__func__, value, fits, "an integer", out, fits ? value->value.toInt() : 0);
}

et_status et_value_get_double(const et_value* value, double* out) {
  const bool fits = value != nullptr && value->value.isDouble();
  return get_number(__func__, value, fits, "a double", out, fits ? value->value.toDouble() : 0.0);
}

et_status et_value_get_bool(const et_value* value, int* out) {
  const bool fits = value != nullptr && value->value.isBool();
  return get_number(__func__, value, fits, "a bool", out,
                    static_cast<int>(fits && value->value.toBool()));
}

et_status et_value_get_string(const et_value* value, const char** out) {
  // Both the exporter's strings and those of et_value_new_string() end in a zero byte.
  const bool fits = value != nullptr && value->value.isString();
  return get_number(__func__, value, fits, "a string", out,
                    fits ? value->value.toString().data() : nullptr);
}

et_dtype et_tensor_dtype(const et_value* value) {
  const Tensor* tensor = tensor_of(value);
  return tensor == nullptr ? -1 : static_cast<et_dtype>(tensor->scalar_type());
}

size_t et_tensor_rank(const et_value* value) {
  const Tensor* tensor = tensor_of(value);
  return tensor == nullptr ? 0 : static_cast<size_t>(tensor->dim());
}

const int32_t* et_tensor_sizes(const et_value* value) {
  const Tensor* tensor = tensor_of(value);
  return tensor == nullptr ? nullptr : tensor->sizes().data();
}

const uint8_t* et_tensor_dim_order(const et_value* value) {
  const Tensor* tensor = tensor_of(value);
  return tensor == nullptr ? nullptr : tensor->dim_order().data();
}

const void* et_tensor_data(const et_value* value) {
  const Tensor* tensor = tensor_of(value);
  return tensor == nullptr ? nullptr : tensor->const_data_ptr();
}

size_t et_tensor_nbytes(const et_value* value) {
  const Tensor* tensor = tensor_of(value);
  return tensor == nullptr ? 0 : tensor->nbytes();
}

// --- Options
// --------------------------------------------------------------------------------------

et_status et_options_new(et_options** out) {
  return create(out, __func__, [](et_options&) { return Error::Ok; });
}

void et_options_free(et_options* options) {
  delete options;
}

et_status et_options_set_load_mode(et_options* options, et_load_mode mode) {
  return guarded(__func__, [&](const char* function) {
    CHECK_NOT_NULL(options);
    ET_CHECK_OR_RETURN_ERROR(mode >= ET_LOAD_FILE && mode <= ET_LOAD_MMAP_MADVISE, InvalidArgument,
                             "There is no load mode %d", static_cast<int>(mode));
    options->mode = static_cast<Module::LoadMode>(mode);
    return Error::Ok;
  });
}

et_status et_options_set_full_verification(et_options* options, int enable) {
  return guarded(__func__, [&](const char* function) {
    CHECK_NOT_NULL(options);
    options->verification =
        enable != 0 ? Program::Verification::InternalConsistency : Program::Verification::Minimal;
    return Error::Ok;
  });
}

et_status et_options_add_data_file(et_options* options, const char* path) {
  return guarded(__func__, [&](const char* function) {
    CHECK_NOT_NULL(options);
    CHECK_NOT_NULL(path);
    options->data_files.emplace_back(path);
    return Error::Ok;
  });
}

et_status et_options_set_profiling(et_options* options, int enable) {
  return guarded(__func__, [&](const char* function) {
    CHECK_NOT_NULL(options);
    options->is_profiling = enable != 0;
    return Error::Ok;
  });
}

et_status et_options_set_backend_int(et_options* options, const char* backend, const char* key,
                                     int value) {
  return set_backend_option(__func__, options, backend, key, value);
}

et_status et_options_set_backend_bool(et_options* options, const char* backend, const char* key,
                                      int value) {
  return set_backend_option(__func__, options, backend, key, value != 0);
}

et_status et_options_set_backend_string(et_options* options, const char* backend, const char* key,
                                        const char* value) {
  std::array<char, executorch::runtime::kMaxOptionValueLength> text = {};
  if (value == nullptr || std::strlen(value) >= text.size()) {
    executorch::runtime::set_last_error("%s: the text is null or too long", __func__);
    return ET_INVALID_ARGUMENT;
  }
  std::strcpy(text.data(), value);
  return set_backend_option(__func__, options, backend, key, text);
}

// --- Modules
// --------------------------------------------------------------------------------------

et_status et_module_load(const char* path, const et_options* options, et_module** out) {
  return load(path, nullptr, 0, options, __func__, out);
}

et_status et_module_load_buffer(const void* data, size_t nbytes, const et_options* options,
                                et_module** out) {
  return load(nullptr, data, nbytes, options, __func__, out);
}

void et_module_free(et_module* module) {
  delete module;
}

size_t et_module_num_methods(const et_module* module) {
  return module == nullptr ? 0 : module->method_names.size();
}

const char* et_module_method_name(const et_module* module, size_t index) {
  return index < et_module_num_methods(module) ? module->method_names[index].c_str() : nullptr;
}

et_status et_module_num_inputs(et_module* module, const char* method, size_t* out) {
  return with_meta(__func__, module, method, [&](const MethodMeta& meta) {
    ET_CHECK_OR_RETURN_ERROR(out != nullptr, InvalidArgument, "et_module_num_inputs: out is null");
    *out = meta.num_inputs();
    return Error::Ok;
  });
}

et_status et_module_num_outputs(et_module* module, const char* method, size_t* out) {
  return with_meta(__func__, module, method, [&](const MethodMeta& meta) {
    ET_CHECK_OR_RETURN_ERROR(out != nullptr, InvalidArgument, "et_module_num_outputs: out is null");
    *out = meta.num_outputs();
    return Error::Ok;
  });
}

et_status et_module_input_info(et_module* module, const char* method, size_t index, et_kind* kind,
                               et_dtype* dtype, size_t* rank, int32_t* sizes) {
  return with_meta(__func__, module, method, [&](const MethodMeta& meta) {
    return get_info(meta.input_tag(index), meta.input_tensor_meta(index), kind, dtype, rank, sizes);
  });
}

et_status et_module_output_info(et_module* module, const char* method, size_t index, et_kind* kind,
                                et_dtype* dtype, size_t* rank, int32_t* sizes) {
  return with_meta(__func__, module, method, [&](const MethodMeta& meta) {
    return get_info(meta.output_tag(index), meta.output_tensor_meta(index), kind, dtype, rank,
                    sizes);
  });
}

et_status et_module_load_method(et_module* module, const char* method) {
  return guarded(__func__, [&](const char* function) {
    CHECK_NOT_NULL(module);
    CHECK_NOT_NULL(method);
    return module->module->load_method(method);
  });
}

et_status et_module_set_input(et_module* module, const char* method, size_t index,
                              const et_value* value) {
  return guarded(__func__, [&](const char* function) {
    CHECK_NOT_NULL(module);
    CHECK_NOT_NULL(method);
    CHECK_NOT_NULL(value);
    return module->module->set_input(method, value->value, index);
  });
}

et_status et_module_run(et_module* module, const char* method) {
  return guarded(__func__, [&](const char* function) {
    CHECK_NOT_NULL(module);
    CHECK_NOT_NULL(method);
    module->outputs.erase(method);
    const auto values = module->module->execute(method);
    ET_CHECK_OK_OR_RETURN_ERROR(values.error());
    std::vector<et_value> outputs(values->size());
    for (size_t i = 0; i < values->size(); ++i) {
      outputs[i].value = (*values)[i];
    }
    module->outputs[method] = std::move(outputs);
    return Error::Ok;
  });
}

et_status et_module_output(et_module* module, const char* method, size_t index,
                           const et_value** out) {
  return guarded(__func__, [&](const char* function) {
    CHECK_NOT_NULL(module);
    CHECK_NOT_NULL(method);
    CHECK_NOT_NULL(out);
    const auto outputs = module->outputs.find(method);
    ET_CHECK_OR_RETURN_ERROR(outputs != module->outputs.end(), InvalidState,
                             "Method %s has not run, or its latest run failed", method);
    ET_CHECK_OR_RETURN_ERROR(index < outputs->second.size(), InvalidArgument,
                             "Method %s has %zu outputs, none with index %zu", method,
                             outputs->second.size(), index);
    *out = &outputs->second[index];
    return Error::Ok;
  });
}

et_status et_module_write_profile(et_module* module, const char* path) {
  return guarded(__func__, [&](const char* function) {
    CHECK_NOT_NULL(module);
    CHECK_NOT_NULL(path);
#ifdef EXECUTORCH_C_API_PROFILING
    auto* tracer = static_cast<executorch::etdump::ETDumpGen*>(module->module->event_tracer());
    ET_CHECK_OR_RETURN_ERROR(tracer != nullptr, InvalidState,
                             "The module was loaded without et_options_set_profiling()");
    const executorch::etdump::ETDumpResult dump = tracer->get_etdump_data();
    const std::unique_ptr<void, void (*)(void*)> memory(dump.buf, std::free);
    ET_CHECK_OR_RETURN_ERROR(dump.buf != nullptr, InvalidState, "Nothing has been recorded");
    tracer->reset();
    FILE* file = std::fopen(path, "wb");
    ET_CHECK_OR_RETURN_ERROR(file != nullptr, AccessFailed, "Cannot write %s", path);
    const bool written = std::fwrite(dump.buf, 1, dump.size, file) == dump.size;
    ET_CHECK_OR_RETURN_ERROR(std::fclose(file) == 0 && written, AccessFailed,
                             "Could not write %zu bytes to %s", dump.size, path);
    return Error::Ok;
#else
    ET_CHECK_OR_RETURN_ERROR(false, NotSupported,
                             "This library was built without the event tracer");
#endif
  });
}

// --- Threads
// --------------------------------------------------------------------------------------

et_status et_set_num_threads(uint32_t num_threads) {
  return guarded(__func__, [&](const char* function) {
    ET_CHECK_OR_RETURN_ERROR(num_threads > 0, InvalidArgument, "%s: expected at least one thread",
                             function);
#ifdef EXECUTORCH_C_API_THREADS
    auto* pool = executorch::extension::threadpool::get_threadpool();
    ET_CHECK_OR_RETURN_ERROR(pool != nullptr && pool->set_num_threads(num_threads), InvalidArgument,
                             "There cannot be %" PRIu32 " threads", num_threads);
    return Error::Ok;
#else
    ET_CHECK_OR_RETURN_ERROR(num_threads == 1, NotSupported,
                             "This library was built without threads");
    return Error::Ok;
#endif
  });
}

uint32_t et_get_num_threads(void) {
#ifdef EXECUTORCH_C_API_THREADS
  auto* pool = executorch::extension::threadpool::get_threadpool();
  return pool == nullptr ? 1 : static_cast<uint32_t>(pool->get_thread_count());
#else
  return 1;
#endif
}

}  // extern "C"
