// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <executorch/extension/memory_allocator/malloc_memory_allocator.h>
#include <executorch/extension/memory_allocator/planned_buffers.h>
#include <executorch/runtime/backend/backend_options_map.h>
#include <executorch/runtime/core/event_tracer.h>
#include <executorch/runtime/core/hierarchical_allocator.h>
#include <executorch/runtime/core/memory_allocator.h>
#include <executorch/runtime/core/named_data_map.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/executor/memory_manager.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/kernel/operator_registry.h>

namespace executorch {
namespace extension {

/// What LoadedMethod::load() may be told. Everything that a pointer points to must outlive the
/// method, except the options; null stands for what the comment says.
struct LoadedMethodOptions {
  /// Data beside the program. Null: none.
  const runtime::NamedDataMap* named_data_map = nullptr;
  /// Used for planned buffers from number `first_shared_buffer` on, of the sizes of
  /// planned_buffer_sizes(program). Null: every buffer belongs to the method. The second and later
  /// ones are those that methods of one program can share state in.
  const PlannedBuffers* shared_buffers = nullptr;
  size_t first_shared_buffer = 1;
  /// All planned buffers. Null: from the heap.
  runtime::HierarchicalAllocator* planned_memory = nullptr;
  /// For the structures of the method. Null: the heap.
  runtime::MemoryAllocator* method_allocator = nullptr;
  /// Scratch memory of kernels and backends, reset after every instruction. Null: the platform's.
  runtime::MemoryAllocator* temp_allocator = nullptr;
  runtime::EventTracer* event_tracer = nullptr;
  const runtime::LoadBackendOptionsMap* backend_options = nullptr;
  /// Searched before the global registry.
  std::vector<runtime::Kernel> kernels = {};
};

/**
 * A method together with all the memory that it needs, exactly as much as the program asks for:
 * structures, planned buffers, and outputs that are not memory planned.
 *
 *   auto method = LoadedMethod::load(*program, "forward");
 *   (*method)->set_input(...);
 *   (*method)->execute();
 */
class LoadedMethod final {
 public:
  /**
   * Loads a method; see Program::load_method() for the errors.
   * @param program must outlive the result.
   */
  static runtime::Result<std::unique_ptr<LoadedMethod>> load(const runtime::Program& program,
                                                             const char* method_name,
                                                             LoadedMethodOptions options = {});

  LoadedMethod(const LoadedMethod&) = delete;
  LoadedMethod& operator=(const LoadedMethod&) = delete;

  runtime::Method& operator*() { return *method_; }
  runtime::Method* operator->() { return &*method_; }

 private:
  explicit LoadedMethod(LoadedMethodOptions options) : options_(std::move(options)) {}

  runtime::Error plan_memory(const runtime::MethodMeta& meta);
  runtime::Error allocate_outputs();

  const LoadedMethodOptions options_;
  PlannedBuffers own_buffers_;
  std::vector<runtime::Span<uint8_t>> buffers_;
  std::optional<runtime::HierarchicalAllocator> planned_memory_;
  MallocMemoryAllocator method_allocator_;
  std::optional<runtime::MemoryManager> memory_manager_;
  MallocMemoryAllocator output_allocator_;
  // Declared last: it uses everything above.
  std::optional<runtime::Method> method_;
};

}  // namespace extension
}  // namespace executorch
