// SPDX-License-Identifier: BSD-3-Clause

#include <executorch/schema/extended_header.h>

#include <cinttypes>
#include <cstring>

namespace executorch {
namespace runtime {
namespace {

constexpr size_t kLengthOffset = 12;
constexpr size_t kProgramSizeOffset = 16;
constexpr size_t kSegmentBaseOffset = 24;
constexpr size_t kSegmentDataSizeOffset = 32;

// Lengths count from the magic. The first version ends before segment_data_size.
constexpr uint32_t kMinLength = kSegmentDataSizeOffset - ExtendedHeader::kHeaderOffset;
constexpr uint32_t kLengthWithDataSize = kMinLength + sizeof(uint64_t);

// The format is little endian whatever the host is.
template <typename T>
T read_le(const uint8_t* bytes) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    value |= static_cast<T>(bytes[i]) << (8 * i);
  }
  return value;
}

}  // namespace

Result<ExtendedHeader> ExtendedHeader::Parse(const void* data, size_t size) {
  ET_CHECK_OR_RETURN_ERROR(data != nullptr && size >= kNumHeadBytes, InvalidArgument,
                           "the head of a program needs %" ET_PRIsize_t
                           " bytes, got %" ET_PRIsize_t,
                           kNumHeadBytes, size);
  const uint8_t* head = static_cast<const uint8_t*>(data);
  if (memcmp(head + kHeaderOffset, kMagic, kMagicSize) != 0) {
    return Error::NotFound;  // Not a failure: programs without segments have no header.
  }
  const uint32_t length = read_le<uint32_t>(head + kLengthOffset);
  ET_CHECK_OR_RETURN_ERROR(length >= kMinLength, InvalidProgram,
                           "extended header has length %" PRIu32 ", expected at least %" PRIu32,
                           length, kMinLength);
  ExtendedHeader header;
  header.program_size = read_le<uint64_t>(head + kProgramSizeOffset);
  header.segment_base_offset = read_le<uint64_t>(head + kSegmentBaseOffset);
  header.segment_data_size =
      length >= kLengthWithDataSize ? read_le<uint64_t>(head + kSegmentDataSizeOffset) : 0;
  return header;
}

}  // namespace runtime
}  // namespace executorch
