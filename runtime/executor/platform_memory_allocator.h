// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/checked_math.h>
#include <executorch/runtime/core/memory_allocator.h>
#include <executorch/runtime/platform/platform.h>

namespace executorch {
namespace runtime {
namespace internal {

/// An allocator without a buffer of its own: each piece comes from et_pal_allocate(); reset() and
/// the destructor give all of them back.
class PlatformMemoryAllocator final : public MemoryAllocator {
 public:
  PlatformMemoryAllocator() : MemoryAllocator(0, nullptr) {}
  ~PlatformMemoryAllocator() override { free_all(); }

  PlatformMemoryAllocator(const PlatformMemoryAllocator&) = delete;
  PlatformMemoryAllocator& operator=(const PlatformMemoryAllocator&) = delete;

  void* allocate(size_t size, size_t alignment = kDefaultAlignment) override {
    size_t bytes = 0;
    if (!isPowerOf2(alignment) || add_overflows(size, sizeof(Block) + alignment, &bytes)) {
      ET_REPORT_ERROR("cannot allocate %" ET_PRIsize_t " bytes aligned to %" ET_PRIsize_t, size,
                      alignment);
      return nullptr;
    }
    Block* block = static_cast<Block*>(pal_allocate(bytes));
    if (block == nullptr) {
      ET_REPORT_ERROR("the platform has no memory for %" ET_PRIsize_t " bytes", bytes);
      return nullptr;
    }
    block->next = blocks_;
    blocks_ = block;
    return alignPointer(block + 1, alignment);
  }

  void reset() override { free_all(); }

 private:
  // Heads each piece.
  struct Block {
    Block* next;
  };

  void free_all() {
    while (blocks_ != nullptr) {
      Block* next = blocks_->next;
      pal_free(blocks_);
      blocks_ = next;
    }
  }

  Block* blocks_ = nullptr;
};

}  // namespace internal
}  // namespace runtime
}  // namespace executorch
