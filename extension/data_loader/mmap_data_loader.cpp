// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/data_loader/mmap_data_loader.h>

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

namespace executorch {
namespace extension {

using runtime::Error;
using runtime::FreeableBuffer;
using runtime::Result;

namespace {

// Bytes between the start of the page and `position`.
size_t offset_in_page(size_t position) {
  return position & (static_cast<size_t>(::sysconf(_SC_PAGESIZE)) - 1);
}

// A mapping starts at a page, the data somewhere in it. Unmapping also unlocks.
void unmap(void*, void* data, size_t size) {
  const size_t before = offset_in_page(reinterpret_cast<uintptr_t>(data));
  ::munmap(static_cast<char*>(data) - before, before + size);
}

}  // namespace

Result<MmapDataLoader> MmapDataLoader::from(const char* file_name, MlockConfig mlock_config) {
  ET_ASSIGN_OR_RETURN(file, internal::PosixFile::open(file_name));
  return MmapDataLoader(std::move(file), mlock_config);
}

Result<FreeableBuffer> MmapDataLoader::load(size_t offset, size_t size, const SegmentInfo&) const {
  ET_CHECK_OK_OR_RETURN_ERROR(file_.check_range(offset, size));
  if (size == 0) {
    return FreeableBuffer();
  }
  const size_t before = offset_in_page(offset);
  const size_t length = before + size;
  void* pages = ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, file_.descriptor(),
                       static_cast<off_t>(offset - before));
  ET_CHECK_OR_RETURN_ERROR(pages != MAP_FAILED, AccessFailed,
                           "cannot map %zu bytes at offset %zu of '%s': %s", size, offset,
                           file_.path(), std::strerror(errno));
  FreeableBuffer buffer(static_cast<char*>(pages) + before, size, unmap);

  if (mlock_config_ == MlockConfig::UseMadvise) {
    if (::madvise(pages, length, MADV_WILLNEED) != 0) {
      ET_LOG(Info, "madvise of %zu bytes of '%s': %s", size, file_.path(), std::strerror(errno));
    }
  } else if (mlock_config_ != MlockConfig::NoMlock && ::mlock(pages, length) != 0) {
    const int reason = errno;
    ET_CHECK_OR_RETURN_ERROR(mlock_config_ == MlockConfig::UseMlockIgnoreErrors, NotSupported,
                             "cannot lock %zu bytes of '%s' in memory: %s", size, file_.path(),
                             std::strerror(reason));
    ET_LOG(Info, "mlock of %zu bytes of '%s': %s", size, file_.path(), std::strerror(reason));
  }
  return buffer;
}

Error MmapDataLoader::load_into(size_t offset, size_t size, const SegmentInfo&,
                                void* buffer) const {
  return file_.read(offset, size, buffer);
}

Result<size_t> MmapDataLoader::size() const {
  ET_CHECK_OK_OR_RETURN_ERROR(file_.check_range(0, 0));
  return file_.size();
}

}  // namespace extension
}  // namespace executorch
