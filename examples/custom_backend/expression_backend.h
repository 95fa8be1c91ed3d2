// SPDX-License-Identifier: BSD-3-Clause

/**
 * @file
 * A backend in a hundred lines: runs what expression_backend.py compiled.
 */
#pragma once

#include <executorch/runtime/backend/interface.h>

namespace example {

/// Evaluates elementwise arithmetic; see expression_backend.py for the format of its payload.
class ExpressionBackend final : public executorch::runtime::BackendInterface {
 public:
  bool is_available() const override { return true; }

  executorch::runtime::Result<executorch::runtime::DelegateHandle*> init(
      executorch::runtime::BackendInitContext& context,
      executorch::runtime::FreeableBuffer* processed,
      executorch::runtime::ArrayRef<executorch::runtime::CompileSpec> compile_specs) const override;

  executorch::runtime::Error execute(
      executorch::runtime::BackendExecutionContext& context,
      executorch::runtime::DelegateHandle* handle,
      executorch::runtime::Span<executorch::runtime::EValue*> args) const override;

  void destroy(executorch::runtime::DelegateHandle* handle) const override;
};

}  // namespace example
