// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/data_loader/file_data_loader.h>

#include <algorithm>
#include <cstdlib>

namespace executorch {
namespace extension {

using runtime::Error;
using runtime::FreeableBuffer;
using runtime::Result;

Result<FileDataLoader> FileDataLoader::from(const char* file_name, size_t alignment) {
  ET_CHECK_OR_RETURN_ERROR(alignment != 0 && (alignment & (alignment - 1)) == 0, InvalidArgument,
                           "alignment %zu is not a power of two", alignment);
  ET_ASSIGN_OR_RETURN(file, internal::PosixFile::open(file_name));
  // posix_memalign() does not take lower ones than that of a pointer.
  return FileDataLoader(std::move(file), std::max(alignment, alignof(std::max_align_t)));
}

Result<FreeableBuffer> FileDataLoader::load(size_t offset, size_t size, const SegmentInfo&) const {
  // Before the allocation, so that a size out of a broken file cannot exhaust the memory.
  ET_CHECK_OK_OR_RETURN_ERROR(file_.check_range(offset, size));
  if (size == 0) {
    return FreeableBuffer();
  }
  void* data = nullptr;
  ET_CHECK_OR_RETURN_ERROR(::posix_memalign(&data, alignment_, size) == 0, MemoryAllocationFailed,
                           "no memory for %zu bytes of '%s'", size, file_.path());
  FreeableBuffer buffer(data, size, [](void*, void* memory, size_t) { std::free(memory); });
  ET_CHECK_OK_OR_RETURN_ERROR(file_.read(offset, size, data));
  return buffer;
}

Error FileDataLoader::load_into(size_t offset, size_t size, const SegmentInfo&,
                                void* buffer) const {
  return file_.read(offset, size, buffer);
}

Result<size_t> FileDataLoader::size() const {
  ET_CHECK_OK_OR_RETURN_ERROR(file_.check_range(0, 0));
  return file_.size();
}

}  // namespace extension
}  // namespace executorch
