// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/module/bundled_module.h>

#include <utility>

#include <executorch/devtools/bundled_program/bundled_program.h>
#include <executorch/devtools/bundled_program/schema/bundled_program_schema_generated.h>
#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/extension/data_loader/file_data_loader.h>

namespace executorch {
namespace extension {
namespace ET_BUNDLED_MODULE_NAMESPACE {

using runtime::DataLoader;
using runtime::Error;
using runtime::EValue;
using runtime::EventTracer;
using runtime::MemoryAllocator;
using runtime::Result;

namespace {

// The program inside. Loading it fails if there is none.
std::unique_ptr<DataLoader> program_loader(const void* bundled_program) {
  if (bundled_program == nullptr ||
      !bundled_program_flatbuffer::BundledProgramBufferHasIdentifier(bundled_program)) {
    return std::make_unique<BufferDataLoader>(nullptr, 0);
  }
  const auto* program = bundled_program_flatbuffer::GetBundledProgram(bundled_program)->program();
  return program == nullptr ? std::make_unique<BufferDataLoader>(nullptr, 0)
                            : std::make_unique<BufferDataLoader>(program->data(), program->size());
}

}  // namespace

BundledModule::BundledModule(const void* bundled_program_ptr,
                             std::unique_ptr<MemoryAllocator> memory_allocator,
                             std::unique_ptr<MemoryAllocator> temp_allocator,
                             std::unique_ptr<EventTracer> event_tracer,
                             std::unique_ptr<DataLoader> data_map_loader)
    : Module(program_loader(bundled_program_ptr), std::move(memory_allocator),
             std::move(temp_allocator), std::move(event_tracer), std::move(data_map_loader)),
      bundled_program_ptr_(bundled_program_ptr) {}

BundledModule::~BundledModule() {
  methods_.clear();  // They may refer to the inputs in file_.
}

Result<std::unique_ptr<BundledModule>> BundledModule::from_file(
    const std::string& file_path, std::unique_ptr<MemoryAllocator> memory_allocator,
    std::unique_ptr<MemoryAllocator> temp_allocator, std::unique_ptr<EventTracer> event_tracer,
    std::unique_ptr<DataLoader> data_map_loader) {
  ET_ASSIGN_OR_RETURN(loader, FileDataLoader::from(file_path.c_str()));
  ET_ASSIGN_OR_RETURN(size, loader.size());
  std::unique_ptr<std::max_align_t[]> file(
      new std::max_align_t[size / sizeof(std::max_align_t) + 1]);
  ET_CHECK_OK_OR_RETURN_ERROR(
      loader.load_into(0, size, DataLoader::SegmentInfo(), static_cast<void*>(file.get())));
  ET_CHECK_OR_RETURN_ERROR(bundled_program::is_bundled_program(file.get(), size), NotSupported,
                           "'%s' is no bundled program", file_path.c_str());
  const void* program = nullptr;
  size_t program_size = 0;
  ET_CHECK_OK_OR_RETURN_ERROR(
      bundled_program::get_program_data(file.get(), size, &program, &program_size));
  auto module = std::make_unique<BundledModule>(file.get(), std::move(memory_allocator),
                                                std::move(temp_allocator), std::move(event_tracer),
                                                std::move(data_map_loader));
  module->file_ = std::move(file);
  return module;
}

Result<std::vector<EValue>> BundledModule::execute(const std::string& method_name,
                                                   const size_t testset_idx) {
  ET_CHECK_OK_OR_RETURN_ERROR(load_method(method_name));
  runtime::Method& method = **methods_.at(method_name);
  ET_CHECK_OK_OR_RETURN_ERROR(
      bundled_program::load_bundled_input(method, bundled_program_ptr_, testset_idx));
  ET_CHECK_OK_OR_RETURN_ERROR(method.execute());
  return get_outputs(method_name);
}

Error BundledModule::verify_method_outputs(const std::string& method_name, const size_t testset_idx,
                                           double rtol, double atol) {
  ET_CHECK_OK_OR_RETURN_ERROR(load_method(method_name));
  return bundled_program::verify_method_outputs(**methods_.at(method_name), bundled_program_ptr_,
                                                testset_idx, rtol, atol);
}

}  // namespace ET_BUNDLED_MODULE_NAMESPACE
}  // namespace extension
}  // namespace executorch
