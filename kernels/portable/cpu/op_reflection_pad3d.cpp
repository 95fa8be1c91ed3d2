// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/cpu/util/padding_util.h>
#include <executorch/runtime/kernel/kernel_includes.h>

namespace torch::executor::native {

Tensor& reflection_pad3d_out(KernelRuntimeContext& ctx, const Tensor& in, ArrayRef<int64_t> padding,
                             Tensor& out) {
  return utils::pad(ctx, 3, utils::Padding::Reflection, in, padding, out);
}

}  // namespace torch::executor::native
