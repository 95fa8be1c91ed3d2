// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <utility>

#include <executorch/extension/data_loader/posix_file.h>
#include <executorch/runtime/core/data_loader.h>

namespace executorch {
namespace extension {

/**
 * Maps the pieces of a file read-only into memory, so that they are read when they are first
 * touched and can be dropped under memory pressure. What was loaded may outlive the loader. An
 * address is as aligned as its offset in the file, up to the size of a page. The file must not
 * shrink while it is mapped.
 */
class MmapDataLoader final : public runtime::DataLoader {
 public:
  /// Whether the system is told to keep, or to prepare, the mapped pages.
  enum class MlockConfig {
    /// Pages are read on demand.
    NoMlock,
    /// Pages are read and locked in memory; load() fails with NotSupported if that is refused.
    UseMlock,
    /// As UseMlock, but a refusal is only logged.
    UseMlockIgnoreErrors,
    /// The system is asked to read the pages ahead; a refusal is only logged.
    UseMadvise,
  };

  /// Opens a file, which stays open for the life of the loader. AccessFailed if it cannot be read.
  static runtime::Result<MmapDataLoader> from(const char* file_name,
                                              MlockConfig mlock_config = MlockConfig::UseMlock);

  ET_DEPRECATED static runtime::Result<MmapDataLoader> From(
      const char* file_name, MlockConfig mlock_config = MlockConfig::UseMlock) {
    return from(file_name, mlock_config);
  }

  ET_NODISCARD runtime::Result<runtime::FreeableBuffer> load(
      size_t offset, size_t size, const SegmentInfo& segment_info) const override;
  ET_NODISCARD runtime::Error load_into(size_t offset, size_t size, const SegmentInfo& segment_info,
                                        void* buffer) const override;
  ET_NODISCARD runtime::Result<size_t> size() const override;

 private:
  MmapDataLoader(internal::PosixFile file, MlockConfig mlock_config)
      : file_(std::move(file)), mlock_config_(mlock_config) {}

  internal::PosixFile file_;
  MlockConfig mlock_config_;
};

}  // namespace extension
}  // namespace executorch

namespace torch {
namespace executor {
namespace util {
using ::executorch::extension::MmapDataLoader;
}  // namespace util
}  // namespace executor
}  // namespace torch
