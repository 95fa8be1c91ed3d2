// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/runner_util/loaded_method.h>

namespace executorch {
namespace extension {

using runtime::Error;
using runtime::MethodMeta;
using runtime::Result;
using runtime::Span;
using runtime::Tag;

Result<std::unique_ptr<LoadedMethod>> LoadedMethod::load(
    const runtime::Program& program, const char* method_name,
    const runtime::NamedDataMap* named_data_map, const PlannedBuffers* shared_buffers) {
  ET_ASSIGN_OR_RETURN(meta, program.method_meta(method_name));
  ET_ASSIGN_OR_RETURN(sizes, planned_buffer_sizes(meta));
  const auto is_shared = [&](size_t i) { return shared_buffers != nullptr && i > 0; };
  std::vector<size_t> own_sizes = sizes;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (is_shared(i)) {
      ET_CHECK_OR_RETURN_ERROR(
          i < shared_buffers->size() && sizes[i] <= (*shared_buffers)[i].size(), InvalidArgument,
          "the shared buffers are too small for planned buffer %zu of '%s'", i, method_name);
      own_sizes[i] = 0;
    }
  }
  ET_ASSIGN_OR_RETURN(own_buffers, PlannedBuffers::allocate(own_sizes));
  std::vector<Span<uint8_t>> buffers;
  for (size_t i = 0; i < sizes.size(); ++i) {
    buffers.push_back(is_shared(i) ? (*shared_buffers)[i] : own_buffers[i]);
  }
  std::unique_ptr<LoadedMethod> loaded(
      new LoadedMethod(std::move(own_buffers), std::move(buffers)));
  ET_ASSIGN_OR_RETURN(method, program.load_method(method_name, &loaded->memory_manager_,
                                                  /*event_tracer=*/nullptr, named_data_map));
  loaded->method_.emplace(std::move(method));
  ET_CHECK_OK_OR_RETURN_ERROR(loaded->allocate_outputs());
  return loaded;
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
