// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/result.h>
#include <executorch/runtime/platform/assert.h>

namespace executorch {
namespace runtime {

/**
 * Read-only bytes together with the way to give them back. They are given back by Free() or by the
 * destructor, whichever comes first. The bytes are at a pointer or, for memory that the CPU cannot
 * address, are identified by a 64-bit number.
 */
class FreeableBuffer final {
 public:
  /// Gives the memory back; `context` is what the constructor was told.
  using FreeFn = void (*)(void* context, void* data, size_t size);
  using FreeUInt64Fn = void (*)(void* context, uint64_t data, size_t size);

  /// No bytes.
  FreeableBuffer() : FreeableBuffer(static_cast<const void*>(nullptr), 0, nullptr) {}

  /// @param free_fn called once; nullptr if there is nothing to give back.
  FreeableBuffer(const void* data, size_t size, FreeFn free_fn, void* free_fn_context = nullptr)
      : kind_(Kind::Pointer), size_(size), context_(free_fn_context) {
    memory_.pointer = {data, free_fn};
  }

  FreeableBuffer(uint64_t data, size_t size, FreeUInt64Fn free_fn, void* free_fn_context = nullptr)
      : kind_(Kind::Number), size_(size), context_(free_fn_context) {
    memory_.number = {data, free_fn};
  }

  FreeableBuffer(FreeableBuffer&& other) noexcept
      : kind_(other.kind_), size_(other.size_), context_(other.context_), memory_(other.memory_) {
    other.forget();
  }

  FreeableBuffer(const FreeableBuffer&) = delete;
  FreeableBuffer& operator=(const FreeableBuffer&) = delete;
  FreeableBuffer& operator=(FreeableBuffer&&) = delete;

  ~FreeableBuffer() { Free(); }

  /// Gives the bytes back now. Does nothing the second time.
  void Free() {
    if (kind_ == Kind::Pointer) {
      if (memory_.pointer.free != nullptr && memory_.pointer.data != nullptr) {
        memory_.pointer.free(context_, const_cast<void*>(memory_.pointer.data), size_);
      }
    } else if (memory_.number.free != nullptr) {
      memory_.number.free(context_, memory_.number.data, size_);
    }
    forget();
  }

  /// Number of bytes; 0 after Free().
  size_t size() const { return size_; }

  /// The bytes; nullptr after Free(). Ends the process if they are not at a pointer.
  const void* data() const {
    ET_CHECK_MSG(kind_ == Kind::Pointer, "the buffer is not addressable by the CPU");
    return memory_.pointer.data;
  }

  /// The bytes; InvalidType if they are not at a pointer.
  Result<const void*> data_safe() const {
    ET_CHECK_OR_RETURN_ERROR(kind_ == Kind::Pointer, InvalidType,
                             "the buffer is not addressable by the CPU");
    return memory_.pointer.data;
  }

  /// The number that identifies the bytes; InvalidType if they are at a pointer.
  Result<uint64_t> data_uint64_type() const {
    ET_CHECK_OR_RETURN_ERROR(kind_ == Kind::Number, InvalidType,
                             "the buffer is identified by a pointer, not by a number");
    return memory_.number.data;
  }

 private:
  enum class Kind : uint8_t { Pointer, Number };

  // Keeps the kind, so that data() still answers nullptr after Free().
  void forget() {
    size_ = 0;
    if (kind_ == Kind::Pointer) {
      memory_.pointer = {nullptr, nullptr};
    } else {
      memory_.number = {0, nullptr};
    }
  }

  Kind kind_;
  size_t size_;
  void* context_;
  union {
    struct {
      const void* data;
      FreeFn free;
    } pointer;
    struct {
      uint64_t data;
      FreeUInt64Fn free;
    } number;
  } memory_;
};

}  // namespace runtime
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::runtime::FreeableBuffer;
}  // namespace executor
}  // namespace torch
