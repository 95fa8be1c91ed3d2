// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

Tensor& zeros_out(KernelRuntimeContext& ctx, IntArrayRef size, Tensor& out) {
  return utils::resize_or_fail(ctx, size, out) ? utils::fill_elements(ctx, Scalar(0), out) : out;
}

}  // namespace torch::executor::native
