// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/runner_util/loaded_method.h>

namespace executorch {
namespace extension {

using runtime::Error;
using runtime::MethodMeta;
using runtime::Result;
using runtime::Span;
using runtime::Tag;

Result<std::unique_ptr<LoadedMethod>> LoadedMethod::load(const runtime::Program& program,
                                                         const char* method_name,
                                                         LoadedMethodOptions options) {
  ET_ASSIGN_OR_RETURN(meta, program.method_meta(method_name));
  std::unique_ptr<LoadedMethod> loaded(new LoadedMethod(std::move(options)));
  const LoadedMethodOptions& given = loaded->options_;
  if (given.planned_memory == nullptr) {
    ET_CHECK_OK_OR_RETURN_ERROR(loaded->plan_memory(meta));
  }
  loaded->memory_manager_.emplace(
      given.method_allocator != nullptr ? given.method_allocator : &loaded->method_allocator_,
      given.planned_memory != nullptr ? given.planned_memory : &*loaded->planned_memory_,
      given.temp_allocator);
  ET_ASSIGN_OR_RETURN(
      method,
      program.load_method(method_name, &*loaded->memory_manager_, given.event_tracer,
                          given.named_data_map, given.backend_options,
                          Span<const runtime::Kernel>(given.kernels.data(), given.kernels.size())));
  loaded->method_.emplace(std::move(method));
  ET_CHECK_OK_OR_RETURN_ERROR(loaded->allocate_outputs());
  return loaded;
}

Error LoadedMethod::plan_memory(const MethodMeta& meta) {
  ET_ASSIGN_OR_RETURN(sizes, planned_buffer_sizes(meta));
  const PlannedBuffers* shared = options_.shared_buffers;
  const auto is_shared = [&](size_t i) {
    return shared != nullptr && i >= options_.first_shared_buffer;
  };
  std::vector<size_t> own_sizes = sizes;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (is_shared(i)) {
      ET_CHECK_OR_RETURN_ERROR(
          i < shared->size() && sizes[i] <= (*shared)[i].size(), InvalidArgument,
          "the shared buffers are too small for planned buffer %zu of '%s'", i, meta.name());
      own_sizes[i] = 0;
    }
  }
  ET_ASSIGN_OR_RETURN(own_buffers, PlannedBuffers::allocate(own_sizes));
  own_buffers_ = std::move(own_buffers);
  for (size_t i = 0; i < sizes.size(); ++i) {
    buffers_.push_back(is_shared(i) ? (*shared)[i] : own_buffers_[i]);
  }
  planned_memory_.emplace(Span<Span<uint8_t>>(buffers_.data(), buffers_.size()));
  return Error::Ok;
}

Error LoadedMethod::allocate_outputs() {
  const MethodMeta meta = method_->method_meta();
  for (size_t i = 0; i < meta.num_outputs(); ++i) {
    ET_ASSIGN_OR_RETURN(tag, meta.output_tag(i));
    if (tag != Tag::Tensor) {
      continue;
    }
    ET_ASSIGN_OR_RETURN(info, meta.output_tensor_meta(i));
    if (info.is_memory_planned()) {
      continue;
    }
    void* buffer = output_allocator_.allocate(info.nbytes());
    ET_CHECK_OR_RETURN_ERROR(buffer != nullptr, MemoryAllocationFailed,
                             "no memory for the %zu bytes of output %zu", info.nbytes(), i);
    ET_CHECK_OK_OR_RETURN_ERROR(method_->set_output_data_ptr(buffer, info.nbytes(), i));
  }
  return Error::Ok;
}

}  // namespace extension
}  // namespace executorch
