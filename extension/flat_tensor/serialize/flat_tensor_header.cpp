// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/extension/flat_tensor/serialize/flat_tensor_header.h>

#include <cinttypes>
#include <cstring>

namespace executorch {
namespace extension {

using runtime::Result;

namespace {

// Little-endian, whatever the machine is.
uint64_t read_number(const uint8_t* bytes, size_t size) {
  uint64_t value = 0;
  for (size_t i = size; i-- > 0;) {
    value = value << 8 | bytes[i];
  }
  return value;
}

}  // namespace

Result<FlatTensorHeader> FlatTensorHeader::Parse(const void* data, size_t size) {
  ET_CHECK_OR_RETURN_ERROR(data != nullptr && size >= kNumHeadBytes, InvalidArgument,
                           "not a .ptd file: it has only %zu bytes", size);
  const uint8_t* header = static_cast<const uint8_t*>(data) + kHeaderOffset;
  ET_CHECK_OR_RETURN_ERROR(std::memcmp(header, kMagic, kMagicSize) == 0, NotFound,
                           "not a .ptd file: it has no %s header", kMagic);
  const uint64_t length = read_number(header + kMagicSize, 4);
  ET_CHECK_OR_RETURN_ERROR(length >= kHeaderExpectedLength, InvalidExternalData,
                           "the header of the .ptd file has %" PRIu64 " bytes, but %zu are needed",
                           length, kHeaderExpectedLength);
  const uint8_t* fields = header + kMagicSize + 4;
  FlatTensorHeader result;
  result.flatbuffer_offset = read_number(fields, 8);
  result.flatbuffer_size = read_number(fields + 8, 8);
  result.segment_base_offset = read_number(fields + 16, 8);
  result.segment_data_size = read_number(fields + 24, 8);
  return result;
}

}  // namespace extension
}  // namespace executorch
