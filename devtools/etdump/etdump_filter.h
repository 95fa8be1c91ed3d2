// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include <executorch/runtime/core/event_tracer.h>
#include <executorch/runtime/core/exec_aten/exec_aten.h>

namespace executorch {
namespace etdump {

/**
 * Chooses the operations of backends whose outputs are logged: those whose name matches one of the
 * patterns as a whole, or whose number is in the range. Without patterns and range, none.
 */
class ETDumpFilter : public runtime::EventTracerFilterBase {
 public:
  ETDumpFilter();
  ~ETDumpFilter() override;

  /// Adds an ECMAScript regular expression; InvalidArgument if it is none.
  runtime::Result<bool> add_regex(executorch::aten::string_view pattern);

  /// Sets the numbers in [start, end); InvalidArgument if `start` is not below `end`, or one of
  /// them does not fit a DelegateDebugIntId.
  runtime::Result<bool> set_debug_handle_range(size_t start, size_t end);

  /// InvalidArgument unless exactly one of the two identifies the operation.
  runtime::Result<bool> filter(char* name,
                               runtime::DelegateDebugIntId delegate_debug_index) override;

  size_t get_n_regex() const;

 private:
  struct Patterns;

  std::unique_ptr<Patterns> patterns_;
  size_t range_start_ = 0;
  size_t range_end_ = 0;
};

}  // namespace etdump
}  // namespace executorch
