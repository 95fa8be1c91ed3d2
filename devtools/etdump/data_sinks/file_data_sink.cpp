// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/devtools/etdump/data_sinks/file_data_sink.h>

#include <cerrno>
#include <cstring>

namespace executorch {
namespace etdump {

using runtime::Error;
using runtime::Result;

Result<FileDataSink> FileDataSink::create(const char* file_path) {
  ET_CHECK_OR_RETURN_ERROR(file_path != nullptr, InvalidArgument, "FileDataSink: no path");
  FILE* file = std::fopen(file_path, "wb");
  ET_CHECK_OR_RETURN_ERROR(file != nullptr, AccessFailed, "FileDataSink: cannot write %s: %s",
                           file_path, std::strerror(errno));
  return FileDataSink(file);
}

Result<size_t> FileDataSink::write(const void* ptr, size_t length) {
  ET_CHECK_OR_RETURN_ERROR(file_ != nullptr, AccessFailed, "FileDataSink: the file is closed");
  const size_t offset = used_;
  if (length > 0) {
    const size_t written = std::fwrite(ptr, 1, length, file_.get());
    used_ += written;
    ET_CHECK_OR_RETURN_ERROR(written == length, AccessFailed,
                             "FileDataSink: wrote %zu of %zu bytes: %s", written, length,
                             std::strerror(errno));
  }
  return offset;
}

}  // namespace etdump
}  // namespace executorch
