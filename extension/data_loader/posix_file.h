// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <string>

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/freeable_buffer.h>
#include <executorch/runtime/core/result.h>

namespace executorch {
namespace extension {
namespace internal {

/// InvalidArgument unless `alignment` is a power of two.
ET_NODISCARD runtime::Error check_alignment(size_t alignment);

/// A regular file that is open for reading; closed by the destructor. Movable.
class PosixFile final {
 public:
  /// AccessFailed, naming the path and the system's reason, if it is not a readable regular file.
  static runtime::Result<PosixFile> open(const char* path);

  /// The same for a file that is open; `name` is what failures call it. The descriptor belongs to
  /// the result, and stays the caller's where there is none.
  static runtime::Result<PosixFile> adopt(int descriptor, const char* name);

  PosixFile(PosixFile&& other) noexcept;
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;
  PosixFile& operator=(PosixFile&&) = delete;
  ~PosixFile();

  const char* path() const { return path_.c_str(); }
  int descriptor() const { return descriptor_; }
  /// Bytes in the file when it was opened.
  size_t size() const { return size_; }

  /// InvalidArgument unless bytes [offset, offset + size) are in the file; InvalidState if this
  /// object was moved from.
  ET_NODISCARD runtime::Error check_range(size_t offset, size_t size) const;

  /// Copies bytes [offset, offset + size) to `buffer`. AccessFailed if not all can be read.
  ET_NODISCARD runtime::Error read(size_t offset, size_t size, void* buffer) const;

  /// The same into new memory, aligned to `alignment` bytes or better. MemoryAllocationFailed if
  /// there is none.
  ET_NODISCARD runtime::Result<runtime::FreeableBuffer> read_buffer(size_t offset, size_t size,
                                                                    size_t alignment) const;

 private:
  PosixFile(int descriptor, size_t size, std::string path)
      : descriptor_(descriptor), size_(size), path_(std::move(path)) {}

  int descriptor_;
  size_t size_;
  std::string path_;
};

}  // namespace internal
}  // namespace extension
}  // namespace executorch
