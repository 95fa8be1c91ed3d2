// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * The bytes that the exporter stored for one delegate: a flatbuffer, and perhaps a region of
 * constants behind it.
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <executorch/backends/xnnpack/serialization/schema_generated.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/core/span.h>

namespace executorch::backends::xnnpack {

/// A verified graph. Points into the bytes that it was parsed from.
struct Payload {
  const fb_xnnpack::XNNGraph* graph;
  /// What the offsets in constant_data count from; empty in payloads without a header.
  runtime::Span<const uint8_t> constants;
  /// The flatbuffer, if the original lies at an address that is not aligned.
  std::vector<uint64_t> aligned_copy;

  /**
   * Finds the parts of `size` bytes at `data` and verifies the flatbuffer.
   * InvalidArgument: the header does not fit the bytes. DelegateInvalidCompatibility: not an
   * XNNPACK graph, or damaged. InvalidProgram: a part of the graph is missing.
   */
  static runtime::Result<Payload> parse(const void* data, size_t size);
};

}  // namespace executorch::backends::xnnpack
