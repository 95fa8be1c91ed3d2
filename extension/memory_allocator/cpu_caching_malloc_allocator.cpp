// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/memory_allocator/cpu_caching_malloc_allocator.h>

#include <algorithm>
#include <new>

namespace executorch {
namespace extension {

CPUCachingAllocator::CPUCachingAllocator(uint32_t max_size)
    : MemoryAllocator(0, nullptr), max_size_(max_size) {}

CPUCachingAllocator::~CPUCachingAllocator() {
  reset();
  free_kept();
}

void* CPUCachingAllocator::allocate(size_t size, size_t alignment) {
  if (!isPowerOf2(alignment)) {
    ET_REPORT_ERROR("alignment %zu is not a power of two", alignment);
    return nullptr;
  }
  alignment = std::max(alignment, kAlignment);
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto kept = kept_.find(size);
  if (kept != kept_.end()) {
    auto& blocks = kept->second;
    const auto block = std::find_if(blocks.begin(), blocks.end(), [&](const Block& candidate) {
      return candidate.alignment >= alignment;
    });
    if (block != blocks.end()) {
      in_use_.push_back(*block);
      blocks.erase(block);
      kept_size_ -= size;
      return in_use_.back().memory;
    }
  }
  void* memory = ::operator new (size, std::align_val_t{alignment}, std::nothrow);
  if (memory == nullptr) {
    ET_REPORT_ERROR("out of memory: %zu bytes (aligned to %zu)", size, alignment);
    return nullptr;
  }
  in_use_.push_back({memory, size, alignment});
  return memory;
}

void CPUCachingAllocator::reset() {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const Block& block : in_use_) {
    kept_[block.size].push_back(block);
    kept_size_ += block.size;
  }
  in_use_.clear();
  if (kept_size_ > max_size_) {
    free_kept();
  }
}

void CPUCachingAllocator::free_kept() {
  for (const auto& [size, blocks] : kept_) {
    for (const Block& block : blocks) {
      ::operator delete (block.memory, std::align_val_t{block.alignment});
    }
  }
  kept_.clear();
  kept_size_ = 0;
}

}  // namespace extension
}  // namespace executorch
