// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * The smallest useful program: load the file named on the command line and execute each of its
 * methods once, with zeros as inputs. Its size is what an application pays for the runtime without
 * kernels.
 */

#include <executorch/extension/data_loader/file_data_loader.h>
#include <executorch/runtime/executor/memory_manager.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/platform/runtime.h>

using executorch::aten::DimOrderType;
using executorch::aten::SizesType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::extension::FileDataLoader;
using executorch::runtime::Error;
using executorch::runtime::HierarchicalAllocator;
using executorch::runtime::MemoryAllocator;
using executorch::runtime::MemoryManager;
using executorch::runtime::Method;
using executorch::runtime::MethodMeta;
using executorch::runtime::Program;
using executorch::runtime::Result;
using executorch::runtime::Span;
using executorch::runtime::TensorInfo;

namespace {

constexpr size_t kMaxPlannedBuffers = 4;

// All memory is on the stack, so that what is static is the runtime's.
constexpr size_t kPoolSize = 64 * 1024;

// `zeros` are the bytes of every tensor; they are used until the method has been executed.
Error set_inputs(Method& method, Span<uint8_t> zeros) {
  const MethodMeta meta = method.method_meta();
  for (size_t i = 0; i < meta.num_inputs(); ++i) {
    Result<TensorInfo> info = meta.input_tensor_meta(i);
    if (!info.ok()) {
      return info.error();
    }
    if (info->nbytes() > zeros.size()) {
      return Error::MemoryAllocationFailed;
    }
    TensorImpl input(info->scalar_type(), static_cast<ssize_t>(info->sizes().size()),
                     const_cast<SizesType*>(info->sizes().data()), zeros.data(),
                     const_cast<DimOrderType*>(info->dim_order().data()));
    const Error error = method.set_input(Tensor(&input), i);
    if (error != Error::Ok) {
      return error;
    }
  }
  return Error::Ok;
}

Error run_method(const Program& program, const char* name) {
  Result<MethodMeta> meta = program.method_meta(name);
  if (!meta.ok()) {
    return meta.error();
  }
  alignas(16) uint8_t method_pool[kPoolSize];
  alignas(16) uint8_t planned_pool[kPoolSize];
  MemoryAllocator method_allocator(sizeof(method_pool), method_pool);
  MemoryAllocator planned_allocator(sizeof(planned_pool), planned_pool);
  Span<uint8_t> buffers[kMaxPlannedBuffers];
  const size_t num_buffers = meta->num_memory_planned_buffers();
  if (num_buffers > kMaxPlannedBuffers) {
    return Error::MemoryAllocationFailed;
  }
  for (size_t i = 0; i < num_buffers; ++i) {
    const size_t size = static_cast<size_t>(meta->memory_planned_buffer_size(i).get());
    auto* buffer = static_cast<uint8_t*>(planned_allocator.allocate(size));
    if (buffer == nullptr) {
      return Error::MemoryAllocationFailed;
    }
    buffers[i] = {buffer, size};
  }
  HierarchicalAllocator planned_memory({buffers, num_buffers});
  MemoryManager memory_manager(&method_allocator, &planned_memory);
  Result<Method> method = program.load_method(name, &memory_manager);
  if (!method.ok()) {
    return method.error();
  }
  alignas(16) uint8_t zeros[4 * 1024] = {};
  const Error error = set_inputs(*method, zeros);
  return error == Error::Ok ? method->execute() : error;
}

}  // namespace

// Exit status: 0, or the Error that stopped it.
int main(int argc, char** argv) {
  executorch::runtime::runtime_init();
  if (argc != 2) {
    return static_cast<int>(Error::InvalidArgument);
  }
  Result<FileDataLoader> loader = FileDataLoader::from(argv[1]);
  if (!loader.ok()) {
    return static_cast<int>(loader.error());
  }
  Result<Program> program =
      Program::load(&loader.get(), Program::Verification::InternalConsistency);
  if (!program.ok()) {
    return static_cast<int>(program.error());
  }
  for (size_t i = 0; i < program->num_methods(); ++i) {
    Result<const char*> name = program->get_method_name(i);
    const Error error = name.ok() ? run_method(*program, *name) : name.error();
    if (error != Error::Ok) {
      return static_cast<int>(error);
    }
  }
  return 0;
}
