// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/result.h>

namespace executorch {
namespace extension {

/// The header at byte 8 of a .ptd file.
struct FlatTensorHeader {
  /// Bytes of the head of a file that Parse() needs.
  static constexpr size_t kNumHeadBytes = 64;

  /// Position and text of the magic.
  static constexpr size_t kHeaderOffset = 8;
  static constexpr size_t kMagicSize = 4;
  static constexpr char kMagic[kMagicSize + 1] = "FH01";

  /// Bytes from the magic to the end of the last field.
  static constexpr size_t kHeaderExpectedLength = 40;

  /**
   * Reads the header; what it says is not compared with the size of the file.
   * @param data the first `size` bytes of the file.
   * @returns NotFound if there is no header, InvalidArgument if `data` is null or `size` is below
   * kNumHeadBytes, InvalidExternalData if the header is damaged.
   */
  static runtime::Result<FlatTensorHeader> Parse(const void* data, size_t size);

  /// Bytes that the header takes up with its padding; the flatbuffer ends at the sum of this and
  /// flatbuffer_size.
  uint64_t flatbuffer_offset;

  /// Bytes of the flatbuffer without the header.
  uint64_t flatbuffer_size;

  /// Where the segments begin.
  uint64_t segment_base_offset;

  /// Bytes from there to the end of the last segment.
  uint64_t segment_data_size;
};

}  // namespace extension
}  // namespace executorch
