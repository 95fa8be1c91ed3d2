// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/elementwise_ops_util.h>

namespace torch::executor::native {

Tensor& scalar_tensor_out(KernelRuntimeContext& ctx, const Scalar& s, Tensor& out) {
  return utils::resize_or_fail(ctx, IntArrayRef(), out) ? utils::fill_elements(ctx, s, out) : out;
}

}  // namespace torch::executor::native
