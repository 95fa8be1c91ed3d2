// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/pool_nd_util.h>

namespace torch::executor::native {

Tensor& _adaptive_avg_pool2d_backward_out(KernelRuntimeContext& ctx, const Tensor& grad_output,
                                          const Tensor& in, Tensor& out) {
  utils::Pooling pooling(2);
  ET_KERNEL_CHECK_MSG(ctx, grad_output.dim() == in.dim() && in.dim() >= 2, InvalidArgument, out,
                      "grad_output has rank %zd and the input %zd", grad_output.dim(), in.dim());
  int64_t output_size[2];
  for (ssize_t i = 0; i < 2; ++i) {
    output_size[i] = grad_output.size(in.dim() - 2 + i);
  }
  ET_KERNEL_CHECK(ctx, pooling.init_adaptive(in, IntArrayRef(output_size)), InvalidArgument, out);
  return utils::average_windows_backward(ctx, pooling, grad_output, in, true, nullopt, out);
}

}  // namespace torch::executor::native
