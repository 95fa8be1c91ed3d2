// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>
#include <vector>

#include <executorch/runtime/core/memory_allocator.h>

namespace executorch {
namespace extension {

/// Takes every allocation from the heap and frees them all in reset() or in the destructor.
class MallocMemoryAllocator final : public runtime::MemoryAllocator {
 public:
  MallocMemoryAllocator() : MemoryAllocator(0, nullptr) {}
  ~MallocMemoryAllocator() override { reset(); }

  MallocMemoryAllocator(const MallocMemoryAllocator&) = delete;
  MallocMemoryAllocator& operator=(const MallocMemoryAllocator&) = delete;

  void* allocate(size_t size, size_t alignment = kDefaultAlignment) override {
    if (!isPowerOf2(alignment)) {
      ET_REPORT_ERROR("alignment %zu is not a power of two", alignment);
      return nullptr;
    }
    const std::align_val_t align{std::max(alignment, alignof(std::max_align_t))};
    void* memory = ::operator new(size, align, std::nothrow);
    if (memory == nullptr) {
      ET_REPORT_ERROR("out of memory: %zu bytes (aligned to %zu)", size, alignment);
      return nullptr;
    }
    allocations_.emplace_back(memory, align);
    return memory;
  }

  void reset() override {
    for (const auto& [memory, align] : allocations_) {
      ::operator delete(memory, align);
    }
    allocations_.clear();
  }

 private:
  std::vector<std::pair<void*, std::align_val_t>> allocations_;
};

}  // namespace extension
}  // namespace executorch

namespace torch {
namespace executor {
namespace util {
using ::executorch::extension::MallocMemoryAllocator;
}  // namespace util
}  // namespace executor
}  // namespace torch
