// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

#include <executorch/runtime/core/memory_allocator.h>

namespace executorch {
namespace extension {

/**
 * Takes memory from the heap and keeps what reset() gives back, for the next allocation of the same
 * size: for scratch memory, where every execution asks for the same sizes again.
 *
 *   Module module("model.pte", Module::LoadMode::Mmap, nullptr, nullptr,
 *                 std::make_unique<CPUCachingAllocator>(64 << 20));
 *
 * Unlike other allocators, several threads may use it.
 */
class CPUCachingAllocator final : public runtime::MemoryAllocator {
 public:
  /// Of every allocation, in bytes.
  static constexpr size_t kAlignment = 64;

  /// @param max_size bytes that are kept at most while nobody uses them.
  explicit CPUCachingAllocator(uint32_t max_size);
  ~CPUCachingAllocator() override;

  CPUCachingAllocator(const CPUCachingAllocator&) = delete;
  CPUCachingAllocator& operator=(const CPUCachingAllocator&) = delete;

  /// nullptr if there is no memory, or `alignment` is not a power of two.
  void* allocate(size_t size, size_t alignment = kDefaultAlignment) override;

  /// Takes back all that was allocated. Frees the kept memory when it exceeds the limit.
  void reset() override;

 private:
  struct Block {
    void* memory;
    size_t size;
    size_t alignment;
  };

  void free_kept();

  const size_t max_size_;
  std::mutex mutex_;
  std::vector<Block> in_use_;
  /// By size.
  std::unordered_map<size_t, std::vector<Block>> kept_;
  size_t kept_size_ = 0;
};

}  // namespace extension
}  // namespace executorch

namespace torch {
namespace executor {
namespace util {
using ::executorch::extension::CPUCachingAllocator;
}  // namespace util
}  // namespace executor
}  // namespace torch
