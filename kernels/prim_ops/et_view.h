// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/span.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>

namespace torch::executor::function {

/// executorch_prim::et_view.default(Tensor self, int[] size) -> Tensor
///
/// stack: self, size, out. Gives `out` the shape `size`, in which one entry may be -1, and makes it
/// refer to the bytes of `self`; nothing is copied. The tensors have the same element type, `self`
/// is contiguous (or of the same shape and dim order as `out`), and `out` can never grow beyond the
/// memory of `self`.
void et_view(::executorch::runtime::KernelRuntimeContext& context,
             ::executorch::runtime::Span<::executorch::runtime::EValue*> stack);

}  // namespace torch::executor::function
