// SPDX-License-Identifier: BSD-3-Clause

#pragma once

/// Nodes that the library has not, for its graphs. Payloads spell them as many small nodes.

#include <cstdint>

#include <xnnpack.h>

namespace executorch::backends::xnnpack {

/// A layer norm or, not centered, an RMS norm over the last dimension, of float values:
/// (x - mean) / sqrt(variance + epsilon) * scale + shift.
struct Normalization {
  uint32_t input;
  uint32_t output;  // of the input's shape
  /// One-dimensional values of the length of the last dimension, or XNN_INVALID_VALUE_ID.
  uint32_t scale;
  uint32_t shift;
  float epsilon;
  bool centered;
};

/// Appends it to a graph. All values must be defined.
xnn_status define_normalization(xnn_subgraph_t subgraph, const Normalization& normalization);

}  // namespace executorch::backends::xnnpack
