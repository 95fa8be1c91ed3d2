// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// Comparisons: kernels that differ in std::equal_to, std::less and the like only.

#include <functional>

#include <executorch/kernels/portable/cpu/util/elementwise_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch {
namespace executor {
namespace native {
namespace internal {

/// Comparison<T>()(a, b) in the common type of the inputs, which are broadcast. `op_name`
/// identifies the instantiation.
template <template <typename> class Comparison, const char* op_name>
Tensor& comparison_tensor_out(KernelRuntimeContext& ctx, const Tensor& a, const Tensor& b,
                              Tensor& out) {
  return utils::compare(ctx, a, b, out,
                        [](auto x, auto y) { return Comparison<decltype(x)>()(x, y); });
}

template <template <typename> class Comparison, const char* op_name>
Tensor& comparison_scalar_out(KernelRuntimeContext& ctx, const Tensor& a, const Scalar& b,
                              Tensor& out) {
  return utils::compare(ctx, a, b, out,
                        [](auto x, auto y) { return Comparison<decltype(x)>()(x, y); });
}

}  // namespace internal
}  // namespace native
}  // namespace executor
}  // namespace torch
