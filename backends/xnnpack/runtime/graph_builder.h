// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * From a payload to an XNNPACK subgraph.
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <xnnpack.h>

#include <executorch/backends/xnnpack/runtime/payload.h>
#include <executorch/backends/xnnpack/runtime/shape.h>
#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/freeable_buffer.h>
#include <executorch/runtime/core/named_data_map.h>
#include <executorch/runtime/core/result.h>

namespace executorch::backends::xnnpack {

/// An input or output of the delegate call.
struct External {
  /// Position among the arguments of the call, and the library's value id.
  uint32_t id;
  xnn_datatype datatype;
  /// As the file says: upper bounds where a dimension may vary.
  Shape bound;
};

/// Bytes of a constant, and the text by which the same bytes are found in a cache of packed weights
/// ("" if none).
struct Constant {
  const void* data = nullptr;
  size_t size = 0;
  std::string key;
};

/// A payload, checked and described to the library.
struct Graph {
  std::unique_ptr<xnn_subgraph, xnn_status (*)(xnn_subgraph_t)> subgraph{nullptr,
                                                                         xnn_delete_subgraph};
  std::vector<External> inputs;
  std::vector<External> outputs;
  /// One per node, in the order of execution.
  std::vector<ShapeRule> shape_rules;
  /// What the rules start from, and what they last derived.
  Shapes shapes;
  /// Constants that the library reads whenever it runs.
  std::vector<std::unique_ptr<uint8_t[]>> resident_constants;
  /// Constants that the library copies while it creates the runtime: to be dropped after that.
  std::vector<runtime::FreeableBuffer> packed_constants;
  /// Those constants, for a cache of packed weights.
  std::vector<Constant> cacheable;
  /// debug_handle of each node of the subgraph, in the order of definition.
  std::vector<uint32_t> debug_handles;

  /**
   * Checks every node and value of the payload, with the shapes that it declares, and defines them.
   * @param named_data where constants that have a key are; may be null.
   * Errors name the node or value and what is wrong with it.
   */
  static runtime::Result<Graph> build(const Payload& payload,
                                      const runtime::NamedDataMap* named_data);

  /// Applies shape_rules to the shapes of the inputs.
  runtime::Error infer_shapes();
};

}  // namespace executorch::backends::xnnpack
