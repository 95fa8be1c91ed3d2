// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <utility>

#include <executorch/extension/data_loader/posix_file.h>
#include <executorch/runtime/core/data_loader.h>

namespace executorch {
namespace extension {

/// Reads the pieces of a file into memory of their own. What was loaded may outlive the loader.
class FileDataLoader final : public runtime::DataLoader {
 public:
  /**
   * Opens a file, which stays open for the life of the loader.
   * @param alignment of the loaded data, in bytes; a power of two, else InvalidArgument.
   * AccessFailed if the file cannot be read.
   */
  static runtime::Result<FileDataLoader> from(const char* file_name,
                                              size_t alignment = alignof(std::max_align_t));

  ET_DEPRECATED static runtime::Result<FileDataLoader> From(
      const char* file_name, size_t alignment = alignof(std::max_align_t)) {
    return from(file_name, alignment);
  }

  ET_NODISCARD runtime::Result<runtime::FreeableBuffer> load(
      size_t offset, size_t size, const SegmentInfo& segment_info) const override;
  ET_NODISCARD runtime::Error load_into(size_t offset, size_t size, const SegmentInfo& segment_info,
                                        void* buffer) const override;
  ET_NODISCARD runtime::Result<size_t> size() const override;

 private:
  FileDataLoader(internal::PosixFile file, size_t alignment)
      : file_(std::move(file)), alignment_(alignment) {}

  internal::PosixFile file_;
  size_t alignment_;
};

}  // namespace extension
}  // namespace executorch

namespace torch {
namespace executor {
namespace util {
using ::executorch::extension::FileDataLoader;
}  // namespace util
}  // namespace executor
}  // namespace torch
