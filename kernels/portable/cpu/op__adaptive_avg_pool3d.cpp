// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/pool_nd_util.h>

namespace torch::executor::native {

Tensor& _adaptive_avg_pool3d_out(KernelRuntimeContext& ctx, const Tensor& in,
                                 IntArrayRef output_size, Tensor& out) {
  utils::Pooling pooling(3);
  ET_KERNEL_CHECK(ctx, tensor_is_floating_type(in) && pooling.init_adaptive(in, output_size),
                  InvalidArgument, out);
  return utils::average_windows(ctx, pooling, in, true, nullopt, out);
}

}  // namespace torch::executor::native
