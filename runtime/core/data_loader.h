// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cstddef>

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/freeable_buffer.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/platform/compiler.h>

namespace executorch {
namespace runtime {

/**
 * The source of a program's bytes: a file, a mapped file, flash memory, a network. Implementations
 * must allow calls from several threads at once.
 */
class DataLoader {
 public:
  /// What the bytes will be used for; a loader may place them accordingly.
  struct SegmentInfo {
    enum class Type {
      /// The flatbuffer of a program.
      Program,
      /// Constant tensors.
      Constant,
      /// The payload of a delegate; `descriptor` is the backend's name.
      Backend,
      /// Initial values of mutable tensors.
      Mutable,
      /// Data that is not in the program file.
      External,
    };

    SegmentInfo() = default;
    explicit SegmentInfo(Type type, size_t segment_index = 0, const char* descriptor = nullptr)
        : segment_type(type), segment_index(segment_index), descriptor(descriptor) {}

    Type segment_type = Type::Program;
    /// Position in the program's list of segments. Meaningless for Type::Program.
    size_t segment_index = 0;
    /// See Type; valid only during the call. May be null.
    const char* descriptor = nullptr;
  };

  virtual ~DataLoader() = default;

  /**
   * Loads bytes [offset, offset + size). The result has exactly `size` bytes, aligned for any basic
   * type or better, and may outlive the loader only if the loader says so.
   */
  ET_NODISCARD virtual Result<FreeableBuffer> load(size_t offset, size_t size,
                                                   const SegmentInfo& segment_info) const = 0;

  /// Loads bytes [offset, offset + size) into `buffer`. Optional: NotImplemented by default.
  ET_NODISCARD virtual Error load_into(size_t offset, size_t size, const SegmentInfo& segment_info,
                                       void* buffer) const {
    (void)offset;
    (void)size;
    (void)segment_info;
    (void)buffer;
    ET_REPORT_ERROR("this DataLoader does not implement load_into()");
    return Error::NotImplemented;
  }

  /// The length of the source in bytes.
  ET_NODISCARD virtual Result<size_t> size() const = 0;
};

}  // namespace runtime
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::runtime::DataLoader;
}  // namespace executor
}  // namespace torch
