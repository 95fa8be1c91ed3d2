// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/data_loader/file_data_loader.h>

namespace executorch {
namespace extension {

using runtime::Error;
using runtime::FreeableBuffer;
using runtime::Result;

Result<FileDataLoader> FileDataLoader::from(const char* file_name, size_t alignment) {
  ET_CHECK_OK_OR_RETURN_ERROR(internal::check_alignment(alignment));
  ET_ASSIGN_OR_RETURN(file, internal::PosixFile::open(file_name));
  return FileDataLoader(std::move(file), alignment);
}

Result<FreeableBuffer> FileDataLoader::load(size_t offset, size_t size, const SegmentInfo&) const {
  return file_.read_buffer(offset, size, alignment_);
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
