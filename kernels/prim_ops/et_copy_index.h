// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/span.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>

namespace torch::executor::function {

/// executorch_prim::et_copy_index.tensor(Tensor(a!) copy_to, Tensor copy_from, int index)
///
/// stack: copy_to, copy_from, index. Sets copy_to[index] = copy_from. A dynamic `copy_to` first
/// takes the shape [index + 1, *copy_from.shape], within its upper bound: a loop that stacks its
/// results grows it step by step. A static one has room for the index already. The tensors have the
/// same element type; the first dimension of `copy_to` is the outermost, and the others are laid
/// out as those of `copy_from`.
void et_copy_index(::executorch::runtime::KernelRuntimeContext& context,
                   ::executorch::runtime::Span<::executorch::runtime::EValue*> stack);

}  // namespace torch::executor::function
