// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

Tensor& full_out(KernelRuntimeContext& ctx, IntArrayRef size, const Scalar& fill_value,
                 Tensor& out) {
  return utils::resize_or_fail(ctx, size, out) ? utils::fill_elements(ctx, fill_value, out) : out;
}

}  // namespace torch::executor::native
