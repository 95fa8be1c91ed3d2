// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Logical kernels.

#include <functional>

#include <executorch/kernels/portable/cpu/util/elementwise_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {
namespace native {
namespace internal {

/// fn(a, b) on the truth values of the inputs, which are broadcast; e.g. bool fn(bool, bool).
/// `op_name` identifies the instantiation.
template <const char* op_name>
Tensor& logical_tensor_out(bool (*fn)(bool, bool), KernelRuntimeContext& ctx, const Tensor& a,
                           const Tensor& b, Tensor& out) {
  return utils::map_bools(ctx, a, b, out, [fn](bool x, bool y) { return fn(x, y); });
}

}  // namespace internal
}  // namespace native
}  // namespace executor
}  // namespace torch
