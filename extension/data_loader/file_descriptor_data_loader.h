// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <utility>

#include <executorch/extension/data_loader/posix_file.h>
#include <executorch/runtime/core/data_loader.h>

namespace executorch {
namespace extension {

/// Reads the pieces of a file that is open already, named "fd:///N", into memory of their own. What
/// was loaded may outlive the loader.
class FileDescriptorDataLoader final : public runtime::DataLoader {
 public:
  /**
   * Takes over the file descriptor N, which is closed with the loader.
   * @param file_descriptor_uri "fd:///N", else InvalidArgument.
   * @param alignment of the loaded data, in bytes; a power of two, else InvalidArgument.
   * AccessFailed if the descriptor is not that of a readable regular file.
   */
  static runtime::Result<FileDescriptorDataLoader> fromFileDescriptorUri(
      const char* file_descriptor_uri, size_t alignment = alignof(std::max_align_t));

  ET_NODISCARD runtime::Result<runtime::FreeableBuffer> load(
      size_t offset, size_t size, const SegmentInfo& segment_info) const override;
  ET_NODISCARD runtime::Error load_into(size_t offset, size_t size, const SegmentInfo& segment_info,
                                        void* buffer) const override;
  ET_NODISCARD runtime::Result<size_t> size() const override;

 private:
  FileDescriptorDataLoader(internal::PosixFile file, size_t alignment)
      : file_(std::move(file)), alignment_(alignment) {}

  internal::PosixFile file_;
  size_t alignment_;
};

}  // namespace extension
}  // namespace executorch

namespace torch {
namespace executor {
namespace util {
using ::executorch::extension::FileDescriptorDataLoader;
}  // namespace util
}  // namespace executor
}  // namespace torch
