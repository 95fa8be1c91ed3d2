// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/span.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>

namespace torch::executor::function {

/// Whether the stack holds what `kinds` says, one letter per value: 't' tensor, 'i' int, 'b' bool,
/// 'n' number (int, double or bool), 'l' list of ints, '*' anything. Otherwise fails the context:
/// InvalidProgram for another number of values, InvalidType for a value of another kind.
bool stack_holds(::executorch::runtime::KernelRuntimeContext& context,
                 ::executorch::runtime::Span<::executorch::runtime::EValue*> stack,
                 const char* kinds);

}  // namespace torch::executor::function
