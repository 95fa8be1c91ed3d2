// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/data_loader/posix_file.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <executorch/runtime/core/checked_math.h>

namespace executorch {
namespace extension {
namespace internal {

using runtime::Error;
using runtime::FreeableBuffer;
using runtime::Result;

namespace {
// Linux transfers at most 2^31 - 4096 bytes per call, macOS refuses more than 2^31 - 1.
constexpr size_t kMaxBytesPerRead = size_t{1} << 30;
}  // namespace

Error check_alignment(size_t alignment) {
  ET_CHECK_OR_RETURN_ERROR(alignment != 0 && (alignment & (alignment - 1)) == 0, InvalidArgument,
                           "alignment %zu is not a power of two", alignment);
  return Error::Ok;
}

Result<PosixFile> PosixFile::open(const char* path) {
  ET_CHECK_OR_RETURN_ERROR(path != nullptr, InvalidArgument, "the path of the file is null");
  // O_NONBLOCK: a named pipe without a writer must not hang.
  const int descriptor = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  ET_CHECK_OR_RETURN_ERROR(descriptor >= 0, AccessFailed, "cannot open '%s': %s", path,
                           std::strerror(errno));
  auto file = adopt(descriptor, path);
  if (!file.ok()) {
    ::close(descriptor);
  }
  return file;
}

Result<PosixFile> PosixFile::adopt(int descriptor, const char* name) {
  struct stat status;
  ET_CHECK_OR_RETURN_ERROR(::fstat(descriptor, &status) == 0, AccessFailed, "cannot stat '%s': %s",
                           name, std::strerror(errno));
  ET_CHECK_OR_RETURN_ERROR(!S_ISDIR(status.st_mode), AccessFailed,
                           "cannot read '%s': it is a directory", name);
  ET_CHECK_OR_RETURN_ERROR(S_ISREG(status.st_mode), AccessFailed,
                           "cannot read '%s': it is not a regular file", name);
  return PosixFile(descriptor, static_cast<size_t>(status.st_size), name);
}

PosixFile::PosixFile(PosixFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      size_(std::exchange(other.size_, 0)),
      path_(std::move(other.path_)) {}

PosixFile::~PosixFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

Error PosixFile::check_range(size_t offset, size_t size) const {
  ET_CHECK_OR_RETURN_ERROR(descriptor_ >= 0, InvalidState, "the data loader was moved from");
  ET_CHECK_OR_RETURN_ERROR(runtime::range_fits(offset, size, size_), InvalidArgument,
                           "cannot read %zu bytes at offset %zu of '%s': it has %zu bytes", size,
                           offset, path(), size_);
  return Error::Ok;
}

Error PosixFile::read(size_t offset, size_t size, void* buffer) const {
  ET_CHECK_OK_OR_RETURN_ERROR(check_range(offset, size));
  ET_CHECK_OR_RETURN_ERROR(buffer != nullptr || size == 0, InvalidArgument,
                           "the buffer for %zu bytes of '%s' is null", size, path());
  auto* destination = static_cast<char*>(buffer);
  while (size > 0) {
    const ssize_t count = ::pread(descriptor_, destination, std::min(size, kMaxBytesPerRead),
                                  static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) {
      continue;
    }
    ET_CHECK_OR_RETURN_ERROR(count >= 0, AccessFailed, "cannot read '%s' at offset %zu: %s", path(),
                             offset, std::strerror(errno));
    ET_CHECK_OR_RETURN_ERROR(count > 0, AccessFailed,
                             "'%s' ends at offset %zu, but had %zu bytes when it was opened",
                             path(), offset, size_);
    destination += count;
    offset += static_cast<size_t>(count);
    size -= static_cast<size_t>(count);
  }
  return Error::Ok;
}

Result<FreeableBuffer> PosixFile::read_buffer(size_t offset, size_t size, size_t alignment) const {
  // Before the allocation, so that a size out of a broken file cannot exhaust the memory.
  ET_CHECK_OK_OR_RETURN_ERROR(check_range(offset, size));
  if (size == 0) {
    return FreeableBuffer();
  }
  void* data = nullptr;
  // posix_memalign() does not take lower alignments than that of a pointer.
  ET_CHECK_OR_RETURN_ERROR(
      ::posix_memalign(&data, std::max(alignment, alignof(std::max_align_t)), size) == 0,
      MemoryAllocationFailed, "no memory for %zu bytes of '%s'", size, path());
  FreeableBuffer buffer(data, size, [](void*, void* memory, size_t) { std::free(memory); });
  ET_CHECK_OK_OR_RETURN_ERROR(read(offset, size, data));
  return buffer;
}

}  // namespace internal
}  // namespace extension
}  // namespace executorch
