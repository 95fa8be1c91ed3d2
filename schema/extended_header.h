// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/result.h>

namespace executorch {
namespace runtime {

/**
 * The optional header at byte 8 of a .pte file, which says where the flatbuffer ends and where the
 * segments begin. All offsets count from the start of the file.
 */
struct ExtendedHeader {
  /// Bytes of the head of a file that Parse() needs.
  static constexpr size_t kNumHeadBytes = 64;

  /// Where the header is, and the text that it begins with.
  static constexpr size_t kHeaderOffset = 8;
  static constexpr size_t kMagicSize = 4;
  static constexpr char kMagic[kMagicSize + 1] = "eh00";

  /**
   * Reads the header.
   * @param data the first `size` bytes of the file.
   * @returns NotFound if there is no header, InvalidArgument if `size` is below kNumHeadBytes,
   *     InvalidProgram if the header is damaged.
   */
  static Result<ExtendedHeader> Parse(const void* data, size_t size);

  /// Bytes of the flatbuffer, this header included.
  uint64_t program_size;

  /// Where the segments begin; 0 if there are none.
  uint64_t segment_base_offset;

  /// Bytes from the base to the end of the last segment; 0 if the file is too old to say.
  uint64_t segment_data_size;
};

}  // namespace runtime
}  // namespace executorch

namespace torch {
namespace executor {
using ::executorch::runtime::ExtendedHeader;
}  // namespace executor
}  // namespace torch
