// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/module/module.h>

#include <algorithm>
#include <iterator>

#include <executorch/extension/data_loader/file_data_loader.h>
#include <executorch/extension/data_loader/mmap_data_loader.h>
#include <executorch/extension/flat_tensor/flat_tensor_data_map.h>
#include <executorch/extension/named_data_map/merged_data_map.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/platform/runtime.h>

namespace executorch {
namespace extension {
namespace ET_MODULE_NAMESPACE {

using runtime::DataLoader;
using runtime::Error;
using runtime::EValue;
using runtime::EventTracer;
using runtime::HierarchicalAllocator;
using runtime::LoadBackendOptionsMap;
using runtime::MemoryAllocator;
using runtime::Method;
using runtime::MethodMeta;
using runtime::NamedDataMap;
using runtime::Program;
using runtime::Result;

namespace {

template <typename Loader>
Result<std::unique_ptr<DataLoader>> to_pointer(Result<Loader> loader) {
  ET_CHECK_OK_OR_RETURN_ERROR(loader.error());
  return std::unique_ptr<DataLoader>(new Loader(std::move(*loader)));
}

Result<std::unique_ptr<DataLoader>> open_file(const std::string& path, Module::LoadMode mode) {
  using MlockConfig = MmapDataLoader::MlockConfig;
  switch (mode) {
    case Module::LoadMode::File:
      return to_pointer(FileDataLoader::from(path.c_str()));
    case Module::LoadMode::Mmap:
      return to_pointer(MmapDataLoader::from(path.c_str(), MlockConfig::NoMlock));
    case Module::LoadMode::MmapUseMlock:
      return to_pointer(MmapDataLoader::from(path.c_str(), MlockConfig::UseMlock));
    case Module::LoadMode::MmapUseMlockIgnoreErrors:
      return to_pointer(MmapDataLoader::from(path.c_str(), MlockConfig::UseMlockIgnoreErrors));
    case Module::LoadMode::MmapUseMadvise:
      return to_pointer(MmapDataLoader::from(path.c_str(), MlockConfig::UseMadvise));
  }
  ET_CHECK_OR_RETURN_ERROR(false, InvalidArgument, "load mode %d is none", static_cast<int>(mode));
}

// A program with what it was loaded from.
struct OwnedProgram final {
  OwnedProgram(std::unique_ptr<DataLoader> loader_in, Program program_in)
      : loader(std::move(loader_in)), program(std::move(program_in)) {}

  std::unique_ptr<DataLoader> loader;
  Program program;
};

std::vector<EValue> outputs_of(const Method& method) {
  std::vector<EValue> outputs;
  const size_t count = method.outputs_size();
  outputs.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    outputs.push_back(method.get_output(i));
  }
  return outputs;
}

}  // namespace

Module::Module(const std::string& file_path, const LoadMode load_mode,
               std::unique_ptr<EventTracer> event_tracer,
               std::unique_ptr<MemoryAllocator> memory_allocator,
               std::unique_ptr<MemoryAllocator> temp_allocator, bool share_memory_arenas)
    : Module(file_path, std::vector<std::string>(), load_mode, std::move(event_tracer),
             std::move(memory_allocator), std::move(temp_allocator), share_memory_arenas) {}

Module::Module(const std::string& file_path, const std::string& data_map_path,
               const LoadMode load_mode, std::unique_ptr<EventTracer> event_tracer,
               std::unique_ptr<MemoryAllocator> memory_allocator,
               std::unique_ptr<MemoryAllocator> temp_allocator, bool share_memory_arenas)
    : Module(file_path,
             data_map_path.empty() ? std::vector<std::string>()
                                   : std::vector<std::string>{data_map_path},
             load_mode, std::move(event_tracer), std::move(memory_allocator),
             std::move(temp_allocator), share_memory_arenas) {}

Module::Module(const std::string& file_path, std::vector<std::string> data_files,
               const LoadMode load_mode, std::unique_ptr<EventTracer> event_tracer,
               std::unique_ptr<MemoryAllocator> memory_allocator,
               std::unique_ptr<MemoryAllocator> temp_allocator, bool share_memory_arenas)
    : file_path_(file_path),
      data_files_(std::move(data_files)),
      load_mode_(load_mode),
      share_memory_arenas_(share_memory_arenas),
      memory_allocator_(std::move(memory_allocator)),
      temp_allocator_(std::move(temp_allocator)),
      event_tracer_(std::move(event_tracer)) {
  runtime::runtime_init();
}

Module::Module(std::unique_ptr<DataLoader> data_loader,
               std::unique_ptr<MemoryAllocator> memory_allocator,
               std::unique_ptr<MemoryAllocator> temp_allocator,
               std::unique_ptr<EventTracer> event_tracer,
               std::unique_ptr<DataLoader> data_map_loader, bool share_memory_arenas)
    : share_memory_arenas_(share_memory_arenas),
      data_loader_(std::move(data_loader)),
      memory_allocator_(std::move(memory_allocator)),
      temp_allocator_(std::move(temp_allocator)),
      event_tracer_(std::move(event_tracer)) {
  if (data_map_loader != nullptr) {
    data_map_loaders_.push_back(std::move(data_map_loader));
  }
  runtime::runtime_init();
}

Module::Module(std::shared_ptr<Program> program, std::unique_ptr<MemoryAllocator> memory_allocator,
               std::unique_ptr<MemoryAllocator> temp_allocator,
               std::unique_ptr<EventTracer> event_tracer,
               std::unique_ptr<DataLoader> data_map_loader, bool share_memory_arenas)
    : Module(std::unique_ptr<DataLoader>(), std::move(memory_allocator), std::move(temp_allocator),
             std::move(event_tracer), std::move(data_map_loader), share_memory_arenas) {
  program_ = std::move(program);
}

Module::~Module() = default;

Error Module::load_data_maps() {
  if (data_map_ != nullptr) {
    return Error::Ok;
  }
  // Into local variables first: a failure leaves the module as it was.
  std::vector<std::unique_ptr<DataLoader>> loaders;
  for (const std::string& path : data_files_) {
    ET_ASSIGN_OR_RETURN(loader, open_file(path, load_mode_));
    loaders.push_back(std::move(loader));
  }
  std::vector<std::unique_ptr<NamedDataMap>> maps;
  const auto add_map = [&](DataLoader* loader) {
    auto map = FlatTensorDataMap::load(loader);
    ET_CHECK_OK_OR_RETURN_ERROR(map.error());
    maps.push_back(std::make_unique<FlatTensorDataMap>(std::move(*map)));
    return Error::Ok;
  };
  for (const auto& loader : data_map_loaders_) {
    ET_CHECK_OK_OR_RETURN_ERROR(add_map(loader.get()));
  }
  for (const auto& loader : loaders) {
    ET_CHECK_OK_OR_RETURN_ERROR(add_map(loader.get()));
  }
  if (maps.empty()) {
    return Error::Ok;
  }
  const NamedDataMap* result = maps.front().get();
  if (maps.size() > 1) {
    std::vector<const NamedDataMap*> parts(maps.size());
    std::transform(maps.begin(), maps.end(), parts.begin(),
                   [](const auto& map) { return map.get(); });
    ET_ASSIGN_OR_RETURN(merged, MergedDataMap::load({parts.data(), parts.size()}));
    maps.push_back(std::make_unique<MergedDataMap>(std::move(merged)));
    result = maps.back().get();
  }
  std::move(loaders.begin(), loaders.end(), std::back_inserter(data_map_loaders_));
  named_data_maps_ = std::move(maps);
  data_map_ = result;
  return Error::Ok;
}

Error Module::load(const Program::Verification verification) {
  if (program_ == nullptr) {
    std::unique_ptr<DataLoader> opened;
    if (data_loader_ == nullptr) {
      ET_ASSIGN_OR_RETURN(loader, open_file(file_path_, load_mode_));
      opened = std::move(loader);
    }
    DataLoader* loader = data_loader_ != nullptr ? data_loader_.get() : opened.get();
    auto program = Program::load(loader, verification);
    ET_CHECK_OK_OR_RETURN_ERROR(program.error());
    ET_CHECK_OK_OR_RETURN_ERROR(load_data_maps());
    auto owned = std::make_shared<OwnedProgram>(
        opened != nullptr ? std::move(opened) : std::move(data_loader_), std::move(*program));
    program_ = std::shared_ptr<Program>(owned, &owned->program);
  }
  return load_data_maps();
}

Error Module::load(const LoadBackendOptionsMap& backend_options,
                   const Program::Verification verification) {
  ET_CHECK_OK_OR_RETURN_ERROR(load(verification));
  // In this order: `backend_options` may be the module's own.
  std::vector<std::vector<runtime::BackendOption>> lists;
  LoadBackendOptionsMap copy;
  for (size_t i = 0; i < backend_options.size(); ++i) {
    ET_ASSIGN_OR_RETURN(entry, backend_options.entry_at(i));
    lists.emplace_back(entry.options.begin(), entry.options.end());
    ET_CHECK_OK_OR_RETURN_ERROR(
        copy.set_options(entry.backend_id, {lists.back().data(), lists.back().size()}));
  }
  backend_option_lists_ = std::move(lists);
  backend_options_ = copy;
  return Error::Ok;
}

bool Module::is_loaded() const {
  return program_ != nullptr;
}

Result<size_t> Module::num_methods() {
  ET_CHECK_OK_OR_RETURN_ERROR(load());
  return program_->num_methods();
}

Result<std::unordered_set<std::string>> Module::method_names() {
  ET_CHECK_OK_OR_RETURN_ERROR(load());
  std::unordered_set<std::string> names;
  for (size_t i = 0; i < program_->num_methods(); ++i) {
    ET_ASSIGN_OR_RETURN(name, program_->get_method_name(i));
    names.emplace(name);
  }
  return names;
}

Error Module::load_method(const std::string& method_name, HierarchicalAllocator* planned_memory,
                          EventTracer* event_tracer, const LoadBackendOptionsMap* backend_options,
                          std::vector<runtime::Kernel> kernels) {
  if (is_method_loaded(method_name)) {
    return Error::Ok;
  }
  ET_CHECK_OK_OR_RETURN_ERROR(load());
  LoadedMethodOptions options;
  if (share_memory_arenas_ && planned_memory == nullptr) {
    if (!shared_buffers_) {
      ET_ASSIGN_OR_RETURN(buffers, PlannedBuffers::allocate(planned_buffer_sizes(*program_)));
      shared_buffers_.emplace(std::move(buffers));
    }
    options.shared_buffers = &*shared_buffers_;
    options.first_shared_buffer = 0;
  }
  options.named_data_map = data_map_;
  options.planned_memory = planned_memory;
  options.method_allocator = memory_allocator_.get();
  options.temp_allocator = temp_allocator_.get();
  options.event_tracer = event_tracer != nullptr ? event_tracer : event_tracer_.get();
  options.backend_options = backend_options != nullptr ? backend_options : &backend_options_;
  options.kernels = std::move(kernels);
  ET_ASSIGN_OR_RETURN(loaded,
                      LoadedMethod::load(*program_, method_name.c_str(), std::move(options)));
  methods_.emplace(method_name, std::move(loaded));
  return Error::Ok;
}

Result<Method*> Module::loaded_method(const std::string& method_name) {
  auto found = methods_.find(method_name);
  if (ET_UNLIKELY(found == methods_.end())) {
    ET_CHECK_OK_OR_RETURN_ERROR(load_method(method_name));
    found = methods_.find(method_name);
    ET_CHECK_OR_RETURN_ERROR(found != methods_.end(), InvalidState, "'%s' has not been loaded",
                             method_name.c_str());
  }
  return &**found->second;
}

Result<Method*> Module::method(const std::string& method_name) {
  return loaded_method(method_name);
}

Result<MethodMeta> Module::method_meta(const std::string& method_name) {
  ET_CHECK_OK_OR_RETURN_ERROR(load());
  return program_->method_meta(method_name.c_str());
}

Result<std::vector<EValue>> Module::execute(const std::string& method_name,
                                            const std::vector<EValue>& input_values) {
  ET_ASSIGN_OR_RETURN(method, loaded_method(method_name));
  for (size_t i = 0; i < input_values.size(); ++i) {
    ET_CHECK_OK_OR_RETURN_ERROR(method->set_input(input_values[i], i));
  }
  ET_CHECK_OK_OR_RETURN_ERROR(method->execute());
  return outputs_of(*method);
}

Result<EValue> Module::get(const std::string& method_name,
                           const std::vector<EValue>& input_values) {
  ET_ASSIGN_OR_RETURN(outputs, execute(method_name, input_values));
  ET_CHECK_OR_RETURN_ERROR(!outputs.empty(), InvalidArgument, "'%s' has no output",
                           method_name.c_str());
  return outputs.front();
}

Error Module::set_input(const std::string& method_name, const EValue& input_value,
                        size_t input_index) {
  ET_ASSIGN_OR_RETURN(method, loaded_method(method_name));
  return method->set_input(input_value, input_index);
}

Error Module::set_inputs(const std::string& method_name, const std::vector<EValue>& input_values) {
  ET_ASSIGN_OR_RETURN(method, loaded_method(method_name));
  return method->set_inputs(aten::ArrayRef<EValue>(input_values.data(), input_values.size()));
}

Error Module::set_output(const std::string& method_name, EValue output_value, size_t output_index) {
  ET_ASSIGN_OR_RETURN(method, loaded_method(method_name));
  ET_CHECK_OR_RETURN_ERROR(output_value.isTensor(), InvalidArgument,
                           "output %zu of '%s' can only be set to a tensor", output_index,
                           method_name.c_str());
  const aten::Tensor& tensor = output_value.toTensor();
  ET_ASSIGN_OR_RETURN(info, method->method_meta().output_tensor_meta(output_index));
  ET_CHECK_OR_RETURN_ERROR(tensor.scalar_type() == info.scalar_type(), InvalidArgument,
                           "output %zu of '%s' has elements of type %s, but the tensor has %s",
                           output_index, method_name.c_str(), runtime::toString(info.scalar_type()),
                           runtime::toString(tensor.scalar_type()));
  return method->set_output_data_ptr(tensor.mutable_data_ptr(), tensor.nbytes(), output_index);
}

Error Module::set_outputs(const std::string& method_name,
                          const std::vector<EValue>& output_values) {
  ET_ASSIGN_OR_RETURN(method, loaded_method(method_name));
  ET_CHECK_OR_RETURN_ERROR(output_values.size() == method->outputs_size(), InvalidArgument,
                           "'%s' has %zu outputs, but %zu were given", method_name.c_str(),
                           method->outputs_size(), output_values.size());
  for (size_t i = 0; i < output_values.size(); ++i) {
    ET_CHECK_OK_OR_RETURN_ERROR(set_output(method_name, output_values[i], i));
  }
  return Error::Ok;
}

Result<std::vector<EValue>> Module::get_outputs(const std::string& method_name) {
  ET_ASSIGN_OR_RETURN(method, loaded_method(method_name));
  return outputs_of(*method);
}

Result<EValue> Module::get_output(const std::string& method_name, size_t output_index) {
  ET_ASSIGN_OR_RETURN(method, loaded_method(method_name));
  ET_CHECK_OR_RETURN_ERROR(output_index < method->outputs_size(), InvalidArgument,
                           "'%s' has %zu outputs; number %zu was asked for", method_name.c_str(),
                           method->outputs_size(), output_index);
  return method->get_output(output_index);
}

}  // namespace ET_MODULE_NAMESPACE
}  // namespace extension
}  // namespace executorch
