// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <string>

namespace executorch {
namespace extension {
namespace testing {

/// A file with the given content; deleted with the object.
class TempFile final {
 public:
  explicit TempFile(const std::string& content)
      : path_(::testing::TempDir() + "/executorch-XXXXXX") {
    const int descriptor = ::mkstemp(path_.data());
    EXPECT_EQ(::write(descriptor, content.data(), content.size()),
              static_cast<ssize_t>(content.size()));
    ::close(descriptor);
  }
  ~TempFile() { ::unlink(path_.c_str()); }

  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;

  const char* path() const { return path_.c_str(); }
  void truncate(size_t size) const { EXPECT_EQ(::truncate(path(), static_cast<off_t>(size)), 0); }

 private:
  std::string path_;
};

}  // namespace testing
}  // namespace extension
}  // namespace executorch
