// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/pool_nd_util.h>

namespace torch::executor::native {

Tensor& adaptive_max_pool3d_backward_grad_input(KernelRuntimeContext& ctx,
                                                const Tensor& grad_output, const Tensor& in,
                                                const Tensor& indices, Tensor& grad_input) {
  return utils::maximum_of_windows_backward(ctx, 3, grad_output, in, indices, grad_input);
}

}  // namespace torch::executor::native
