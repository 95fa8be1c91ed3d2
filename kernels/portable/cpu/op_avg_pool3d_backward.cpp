// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/pool_nd_util.h>

namespace torch::executor::native {

Tensor& avg_pool3d_backward_grad_input(KernelRuntimeContext& ctx, const Tensor& grad_output,
                                       const Tensor& in, IntArrayRef kernel_size,
                                       IntArrayRef stride, IntArrayRef padding, bool ceil_mode,
                                       bool count_include_pad, optional<int64_t> divisor_override,
                                       Tensor& grad_input) {
  utils::Pooling pooling(3);
  const int64_t no_dilation[] = {1};
  ET_KERNEL_CHECK(
      ctx, pooling.init(in, kernel_size, stride, padding, IntArrayRef(no_dilation), ceil_mode),
      InvalidArgument, grad_input);
  return utils::average_windows_backward(ctx, pooling, grad_output, in, count_include_pad,
                                         divisor_override, grad_input);
}

}  // namespace torch::executor::native
