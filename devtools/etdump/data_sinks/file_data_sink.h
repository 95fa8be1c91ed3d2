// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdio>
#include <memory>

#include <executorch/devtools/etdump/data_sinks/data_sink_base.h>

namespace executorch {
namespace etdump {

/// Writes tensors to a file, one after the other, without padding.
class FileDataSink : public DataSinkBase {
 public:
  /// Creates or empties the file; AccessFailed if that is not possible.
  static runtime::Result<FileDataSink> create(const char* file_path);

  FileDataSink(FileDataSink&&) = default;
  FileDataSink& operator=(FileDataSink&&) = default;

  /// AccessFailed if the file is closed or not everything could be written.
  runtime::Result<size_t> write(const void* ptr, size_t length) override;
  size_t get_used_bytes() const override { return used_; }

  /// Flushes and closes the file, as the destructor does. Harmless when it is closed.
  void close() { file_.reset(); }

 private:
  struct Close {
    void operator()(FILE* file) const { std::fclose(file); }
  };

  explicit FileDataSink(FILE* file) : file_(file) {}

  std::unique_ptr<FILE, Close> file_;
  size_t used_ = 0;
};

}  // namespace etdump
}  // namespace executorch
