// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/pool_nd_util.h>

namespace torch::executor::native {

Tensor& max_pool3d_with_indices_backward_grad_input(KernelRuntimeContext& ctx,
                                                    const Tensor& grad_output, const Tensor& in,
                                                    IntArrayRef kernel_size, IntArrayRef stride,
                                                    IntArrayRef padding, IntArrayRef dilation,
                                                    bool ceil_mode, const Tensor& indices,
                                                    Tensor& grad_input) {
  utils::Pooling pooling(3);
  // The output of the pooling has the shape of its gradient.
  ET_KERNEL_CHECK(ctx,
                  pooling.init(in, kernel_size, stride, padding, dilation, ceil_mode) &&
                      pooling.resize_out(in, grad_output),
                  InvalidArgument, grad_input);
  return utils::maximum_of_windows_backward(ctx, 3, grad_output, in, indices, grad_input);
}

}  // namespace torch::executor::native
