// SPDX-License-Identifier: BSD-3-Clause

#pragma once

/// Finds in payloads what fused_nodes.h has in one piece.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include <executorch/backends/xnnpack/runtime/payload.h>
#include <executorch/runtime/core/span.h>

namespace executorch::backends::xnnpack {

constexpr uint32_t kNoFileId = UINT32_MAX;

/// Nodes that together normalize the last dimension of a value. Ids are those of the file.
struct NormalizationPattern {
  /// Positions in the payload, ascending. What they read has been written before the last of them,
  /// and nothing else reads what they write, but for the output.
  std::vector<uint32_t> nodes;
  uint32_t input = kNoFileId;
  uint32_t output = kNoFileId;
  uint32_t scale = kNoFileId;
  uint32_t shift = kNoFileId;
  float epsilon = 0;
  bool centered = false;
  size_t length = 0;
};

/// The elements of a constant of floats by its id; none where there is no such constant.
using FindFloats = std::function<runtime::Span<const float>(uint32_t file_id)>;

/// No node belongs to two of them.
std::vector<NormalizationPattern> find_normalizations(const fb_xnnpack::XNNGraph& graph,
                                                      const FindFloats& floats);

/// Ids that a node reads, kNoFileId among them where something optional is missing. Filters and
/// biases of FullyConnected and convolution nodes are not listed.
std::vector<uint32_t> activations(const fb_xnnpack::XNode& node);

}  // namespace executorch::backends::xnnpack
