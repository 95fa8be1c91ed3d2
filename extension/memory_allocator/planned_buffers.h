// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include <executorch/runtime/core/result.h>
#include <executorch/runtime/core/span.h>
#include <executorch/runtime/executor/method_meta.h>
#include <executorch/runtime/executor/program.h>

namespace executorch {
namespace extension {

/// Buffers from the heap for memory plans. All bytes are zero at first, which is what a mutable
/// tensor without an initial value starts from.
class PlannedBuffers final {
 public:
  /// Of each buffer, in bytes: a cache line, and enough for any vector instruction.
  static constexpr size_t kAlignment = 64;

  /// One buffer per size, in bytes. MemoryAllocationFailed if there is not so much memory.
  static runtime::Result<PlannedBuffers> allocate(const std::vector<size_t>& sizes) {
    PlannedBuffers buffers;
    for (const size_t size : sizes) {
      // calloc() rather than aligned memory and memset(): pages that are never used cost nothing.
      const bool fits = size <= std::numeric_limits<size_t>::max() - kAlignment;
      void* memory = fits ? std::calloc(size + kAlignment, 1) : nullptr;
      ET_CHECK_OR_RETURN_ERROR(memory != nullptr, MemoryAllocationFailed,
                               "no memory for planned buffer %zu of %zu bytes",
                               buffers.spans_.size(), size);
      buffers.owners_.emplace_back(memory);
      size_t space = size + kAlignment;
      void* aligned = std::align(kAlignment, size, memory, space);
      buffers.spans_.emplace_back(static_cast<uint8_t*>(aligned), size);
    }
    return buffers;
  }

  PlannedBuffers() = default;

  size_t size() const { return spans_.size(); }
  runtime::Span<uint8_t> operator[](size_t index) const { return spans_[index]; }

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };

  std::vector<std::unique_ptr<void, Free>> owners_;
  std::vector<runtime::Span<uint8_t>> spans_;
};

/// Bytes of each buffer that a method's memory plan asks for. NotSupported if one is to be in the
/// memory of a device; InvalidProgram if a size is negative.
inline runtime::Result<std::vector<size_t>> planned_buffer_sizes(const runtime::MethodMeta& meta) {
  std::vector<size_t> sizes;
  for (size_t i = 0; i < meta.num_memory_planned_buffers(); ++i) {
    ET_ASSIGN_OR_RETURN(device, meta.memory_planned_buffer_device(i));
    ET_CHECK_OR_RETURN_ERROR(device.is_cpu(), NotSupported,
                             "method '%s' wants planned buffer %zu in the memory of a device",
                             meta.name(), i);
    ET_ASSIGN_OR_RETURN(size, meta.memory_planned_buffer_size(i));
    ET_CHECK_OR_RETURN_ERROR(size >= 0, InvalidProgram,
                             "planned buffer %zu of '%s' has a negative size", i, meta.name());
    sizes.push_back(static_cast<size_t>(size));
  }
  return sizes;
}

/// The same for buffers that fit every method of a program. A method that is damaged, and hence
/// cannot be loaded either, does not count.
inline std::vector<size_t> planned_buffer_sizes(const runtime::Program& program) {
  std::vector<size_t> largest;
  for (size_t method = 0; method < program.num_methods(); ++method) {
    const auto name = program.get_method_name(method);
    if (!name.ok()) {
      continue;
    }
    const auto meta = program.method_meta(*name);
    if (!meta.ok()) {
      continue;
    }
    const auto sizes = planned_buffer_sizes(*meta);
    if (!sizes.ok()) {
      continue;
    }
    largest.resize(std::max(largest.size(), sizes->size()));
    for (size_t i = 0; i < sizes->size(); ++i) {
      largest[i] = std::max(largest[i], (*sizes)[i]);
    }
  }
  return largest;
}

}  // namespace extension
}  // namespace executorch
