// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Bitwise kernels, which differ in std::bit_and and the like only.

#include <functional>

#include <executorch/kernels/portable/cpu/util/elementwise_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {
namespace native {
namespace internal {

/// BitOp<T>()(a, b) on integers or Bool, in the common type of the inputs, which are broadcast.
/// `op_name` identifies the instantiation.
template <template <typename> class BitOp, const char* op_name>
Tensor& bitwise_tensor_out(KernelRuntimeContext& ctx, const Tensor& a, const Tensor& b,
                           Tensor& out) {
  return utils::map_integers(ctx, a, b, out,
                             [](int64_t x, int64_t y) { return BitOp<int64_t>()(x, y); });
}

template <template <typename> class BitOp, const char* op_name>
Tensor& bitwise_scalar_out(KernelRuntimeContext& ctx, const Tensor& a, const Scalar& b,
                           Tensor& out) {
  return utils::map_integers(ctx, a, b, out,
                             [](int64_t x, int64_t y) { return BitOp<int64_t>()(x, y); });
}

}  // namespace internal
}  // namespace native
}  // namespace executor
}  // namespace torch
