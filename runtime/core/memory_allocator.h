// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cinttypes>
#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/checked_math.h>
#include <executorch/runtime/core/error.h>
#include <executorch/runtime/platform/compiler.h>

namespace executorch {
namespace runtime {

/**
 * Hands out pieces of a caller's buffer, front to back; they are given back all at once by reset().
 *
 *   uint8_t pool[1024];
 *   MemoryAllocator allocator(sizeof(pool), pool);
 *   int32_t* numbers = allocator.allocateList<int32_t>(10);  // nullptr if it does not fit
 *
 * Subclasses may take the memory from elsewhere. No method is thread safe.
 */
class MemoryAllocator {
 public:
  static constexpr size_t kDefaultAlignment = alignof(void*);

  /// @param base_address `size` bytes that must outlive the allocator.
  MemoryAllocator(uint32_t size, uint8_t* base_address)
      : begin_(base_address), size_(base_address == nullptr ? 0 : size), used_(0) {}

  virtual ~MemoryAllocator() = default;

  /**
   * Returns `size` bytes, uninitialised, or nullptr if they do not fit or if `alignment` is not a
   * power of two. They stay valid until reset() or until the buffer dies.
   */
  virtual void* allocate(size_t size, size_t alignment = kDefaultAlignment) {
    if (!isPowerOf2(alignment)) {
      ET_REPORT_ERROR("alignment %" ET_PRIsize_t " is not a power of two", alignment);
      return nullptr;
    }
    const size_t padding =
        static_cast<size_t>(-(reinterpret_cast<uintptr_t>(begin_) + used_)) & (alignment - 1);
    size_t needed = 0;
    if (add_overflows(padding, size, &needed) || needed > free_size()) {
      ET_REPORT_ERROR("out of memory: %" ET_PRIsize_t " bytes (aligned to %" ET_PRIsize_t
                      ") do not fit in the %" PRIu32 " of %" PRIu32 " bytes that are left",
                      size, alignment, free_size(), this->size());
      return nullptr;
    }
    uint8_t* result = begin_ + used_ + padding;
    used_ += static_cast<uint32_t>(needed);
    return result;
  }

  /// Memory for one T; the caller constructs it.
  template <typename T>
  T* allocateInstance(size_t alignment = alignof(T)) {
    return static_cast<T*>(allocate(sizeof(T), alignment));
  }

  /// Memory for `n` consecutive T; the caller constructs them. nullptr if n * sizeof(T) overflows.
  template <typename T>
  T* allocateList(size_t n, size_t alignment = alignof(T)) {
    size_t bytes = 0;
    if (mul_overflows(n, sizeof(T), &bytes)) {
      ET_REPORT_ERROR("out of memory: %" ET_PRIsize_t " elements of %" ET_PRIsize_t " bytes", n,
                      sizeof(T));
      return nullptr;
    }
    return static_cast<T*>(allocate(bytes, alignment));
  }

  /// Start of the buffer.
  virtual uint8_t* base_address() const { return begin_; }

  /// Bytes in all.
  virtual uint32_t size() const { return size_; }

  /// Bytes handed out, with padding.
  virtual uint32_t used_size() const { return used_; }

  /// Bytes left, before padding.
  virtual uint32_t free_size() const { return size_ - used_; }

  /// Takes back everything that was handed out.
  virtual void reset() { used_ = 0; }

  /// Kept for source compatibility: allocations are tracked by the event tracer.
  void enable_profiling(ET_UNUSED const char* name) {}

 protected:
  /// Identifies the allocator to a profiler; -1 if there is none.
  int32_t prof_id() const { return -1; }

  static bool isPowerOf2(size_t value) { return value != 0 && (value & (value - 1)) == 0; }

  /// The first address at or after `ptr` that is a multiple of `alignment`, a power of two.
  static uint8_t* alignPointer(void* ptr, size_t alignment) {
    const uintptr_t address = reinterpret_cast<uintptr_t>(ptr);
    return static_cast<uint8_t*>(ptr) + (static_cast<size_t>(-address) & (alignment - 1));
  }

 private:
  uint8_t* const begin_;
  const uint32_t size_;
  uint32_t used_;
};

}  // namespace runtime
}  // namespace executorch

// ET_TRY_ALLOCATE_*_OR(allocator, ..., statements): a pointer from `allocator`; runs the
// statements, which must leave the enclosing scope, if there is no memory. They need GNU statement
// expressions.

#define ET_TRY_ALLOCATE_OR(_allocator, _nbytes, ...)      \
  ({                                                      \
    void* et_allocated = (_allocator)->allocate(_nbytes); \
    if (et_allocated == nullptr && (_nbytes) > 0) {       \
      __VA_ARGS__                                         \
      ET_UNREACHABLE();                                   \
    }                                                     \
    et_allocated;                                         \
  })

#define ET_TRY_ALLOCATE_INSTANCE_OR(_allocator, _type, ...)                 \
  ({                                                                        \
    _type* et_allocated = (_allocator)->template allocateInstance<_type>(); \
    if (et_allocated == nullptr) {                                          \
      __VA_ARGS__                                                           \
      ET_UNREACHABLE();                                                     \
    }                                                                       \
    et_allocated;                                                           \
  })

#define ET_TRY_ALLOCATE_LIST_OR(_allocator, _type, _nelem, ...)               \
  ({                                                                          \
    _type* et_allocated = (_allocator)->template allocateList<_type>(_nelem); \
    if (et_allocated == nullptr && (_nelem) > 0) {                            \
      __VA_ARGS__                                                             \
      ET_UNREACHABLE();                                                       \
    }                                                                         \
    et_allocated;                                                             \
  })

#define ET_ALLOCATE_OR_RETURN_ERROR(_allocator, _nbytes) \
  ET_TRY_ALLOCATE_OR(_allocator, _nbytes,                \
                     return ::executorch::runtime::Error::MemoryAllocationFailed;)

#define ET_ALLOCATE_INSTANCE_OR_RETURN_ERROR(_allocator, _type) \
  ET_TRY_ALLOCATE_INSTANCE_OR(_allocator, _type,                \
                              return ::executorch::runtime::Error::MemoryAllocationFailed;)

#define ET_ALLOCATE_LIST_OR_RETURN_ERROR(_allocator, _type, _nelem) \
  ET_TRY_ALLOCATE_LIST_OR(_allocator, _type, _nelem,                \
                          return ::executorch::runtime::Error::MemoryAllocationFailed;)

namespace torch {
namespace executor {
using ::executorch::runtime::MemoryAllocator;
}  // namespace executor
}  // namespace torch
