// SPDX-License-Identifier: BSD-3-Clause
#include <executorch/kernels/portable/NativeFunctions.h>
#include <executorch/kernels/portable/cpu/util/pool_nd_util.h>

namespace torch::executor::native {

Tensor& avg_pool1d_out(KernelRuntimeContext& ctx, const Tensor& in, IntArrayRef kernel_size,
                       IntArrayRef stride, IntArrayRef padding, bool ceil_mode,
                       bool count_include_pad, Tensor& out) {
  utils::Pooling pooling(1);
  const int64_t no_dilation[] = {1};
  ET_KERNEL_CHECK(
      ctx, pooling.init(in, kernel_size, stride, padding, IntArrayRef(no_dilation), ceil_mode),
      InvalidArgument, out);
  return utils::average_windows(ctx, pooling, in, count_include_pad, nullopt, out);
}

}  // namespace torch::executor::native
