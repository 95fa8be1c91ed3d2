// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <pthreadpool.h>
#include <xnnpack.h>

#include <executorch/backends/xnnpack/runtime/graph_builder.h>
#include <executorch/backends/xnnpack/runtime/packed_weights.h>
#include <executorch/backends/xnnpack/runtime/workspace.h>
#include <executorch/runtime/backend/backend_execution_context.h>
#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/result.h>
#include <executorch/runtime/core/span.h>

namespace executorch::backends::xnnpack {

/// One delegate that is ready to run. Calls of execute() on the same object must not overlap.
class Delegate {
 public:
  /**
   * @param pool what runs the loops; null: the calling thread.
   * @param packed_weights a cache for the weights; may be null.
   * @param profile whether the time of each operator is measured, for the tracer of execute().
   */
  static runtime::Result<std::unique_ptr<Delegate>> create(
      Graph graph, std::shared_ptr<Workspace> workspace,
      std::unique_ptr<PackedWeights> packed_weights, pthreadpool_t pool, bool profile);
  ~Delegate();
  Delegate(const Delegate&) = delete;
  Delegate& operator=(const Delegate&) = delete;

  /**
   * Runs the graph on the tensors among `args`, resizing those of the outputs.
   * @param pool as in create().
   * InvalidArgument: a tensor of another type, or shapes that a node cannot take.
   */
  runtime::Error execute(runtime::BackendExecutionContext& context,
                         runtime::Span<runtime::EValue*> args, pthreadpool_t pool);

 private:
  Delegate() = default;
  runtime::Error check_tensors(runtime::Span<runtime::EValue*> args);
  runtime::Error reshape(runtime::Span<runtime::EValue*> args, pthreadpool_t pool);
  runtime::Error resize_outputs(runtime::Span<runtime::EValue*> args);
  void log_profile(runtime::EventTracer* tracer);

  Graph graph_;
  std::shared_ptr<Workspace> workspace_;
  std::unique_ptr<PackedWeights> packed_weights_;
  xnn_runtime_t runtime_ = nullptr;
  pthreadpool_t pool_ = nullptr;
  /// Whether the runtime has been reshaped to graph_.shapes.
  bool is_reshaped_ = false;
  /// Whether the runtime has been set up with pointers_.
  bool is_set_up_ = false;
  bool has_empty_value_ = false;
  std::vector<xnn_external_value> pointers_;
  std::vector<std::string> operator_names_;
};

}  // namespace executorch::backends::xnnpack
