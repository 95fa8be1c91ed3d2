// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/data_loader/file_descriptor_data_loader.h>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace executorch {
namespace extension {

using runtime::Error;
using runtime::FreeableBuffer;
using runtime::Result;

namespace {

constexpr std::string_view kPrefix = "fd:///";

Result<int> parse_uri(const char* text) {
  ET_CHECK_OR_RETURN_ERROR(text != nullptr, InvalidArgument, "the URI is null");
  const std::string_view uri(text);
  int descriptor = -1;
  if (uri.substr(0, kPrefix.size()) == kPrefix) {
    const char* end = uri.data() + uri.size();
    const auto parsed = std::from_chars(uri.data() + kPrefix.size(), end, descriptor);
    if (parsed.ec != std::errc() || parsed.ptr != end) {
      descriptor = -1;
    }
  }
  ET_CHECK_OR_RETURN_ERROR(descriptor >= 0, InvalidArgument, "'%s' is not of the form fd:///N",
                           text);
  return descriptor;
}

}  // namespace

Result<FileDescriptorDataLoader> FileDescriptorDataLoader::fromFileDescriptorUri(
    const char* file_descriptor_uri, size_t alignment) {
  ET_CHECK_OK_OR_RETURN_ERROR(internal::check_alignment(alignment));
  ET_ASSIGN_OR_RETURN(descriptor, parse_uri(file_descriptor_uri));
  ET_ASSIGN_OR_RETURN(file, internal::PosixFile::adopt(descriptor, file_descriptor_uri));
  return FileDescriptorDataLoader(std::move(file), alignment);
}

Result<FreeableBuffer> FileDescriptorDataLoader::load(size_t offset, size_t size,
                                                      const SegmentInfo&) const {
  return file_.read_buffer(offset, size, alignment_);
}

Error FileDescriptorDataLoader::load_into(size_t offset, size_t size, const SegmentInfo&,
                                          void* buffer) const {
  return file_.read(offset, size, buffer);
}

Result<size_t> FileDescriptorDataLoader::size() const {
  ET_CHECK_OK_OR_RETURN_ERROR(file_.check_range(0, 0));
  return file_.size();
}

}  // namespace extension
}  // namespace executorch
