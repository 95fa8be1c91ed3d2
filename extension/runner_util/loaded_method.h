// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <executorch/extension/memory_allocator/malloc_memory_allocator.h>
#include <executorch/extension/memory_allocator/planned_buffers.h>
#include <executorch/runtime/core/hierarchical_allocator.h>
#include <executorch/runtime/core/named_data_map.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/executor/memory_manager.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/program.h>

namespace executorch {
namespace extension {

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
   * @param named_data_map data beside the program, may be null; must outlive the result.
   * @param shared_buffers used for every planned buffer but the first, if given: the second and
   * later ones are those that methods of one program can share state in. Of the sizes of
   * planned_buffer_sizes(program); must outlive the result.
   */
  static runtime::Result<std::unique_ptr<LoadedMethod>> load(
      const runtime::Program& program, const char* method_name,
      const runtime::NamedDataMap* named_data_map = nullptr,
      const PlannedBuffers* shared_buffers = nullptr);

  LoadedMethod(const LoadedMethod&) = delete;
  LoadedMethod& operator=(const LoadedMethod&) = delete;

  runtime::Method& operator*() { return *method_; }
  runtime::Method* operator->() { return &*method_; }

 private:
  LoadedMethod(PlannedBuffers own_buffers, std::vector<runtime::Span<uint8_t>> buffers)
      : own_buffers_(std::move(own_buffers)),
        buffers_(std::move(buffers)),
        planned_memory_({buffers_.data(), buffers_.size()}),
        memory_manager_(&method_allocator_, &planned_memory_) {}

  runtime::Error allocate_outputs();

  PlannedBuffers own_buffers_;
  std::vector<runtime::Span<uint8_t>> buffers_;
  runtime::HierarchicalAllocator planned_memory_;
  MallocMemoryAllocator method_allocator_;
  runtime::MemoryManager memory_manager_;
  MallocMemoryAllocator output_allocator_;
  // Declared last: it uses everything above.
  std::optional<runtime::Method> method_;
};

}  // namespace extension
}  // namespace executorch
